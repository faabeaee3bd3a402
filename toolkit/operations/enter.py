"""Come in at a node: over the link, logged in with what is kept; by text at an older one."""

from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Protocol

from toolkit.model.cache import Cache
from toolkit.model.errors import (
    FaultError,
    LoginError,
    NodeError,
    NoLink,
    RefusedError,
)
from toolkit.model.node import Node, endpoint
from toolkit.model.vault import ROUNDS, Secret, Vault
from toolkit.transport.door import Keys
from toolkit.transport.link import Link
from toolkit.transport.linkshell import LinkShell
from toolkit.transport.textshell import TIMEOUT, TextShell


@dataclass(frozen=True)
class Target:
    """Where to connect, and who must be there; uid None: whoever it is.

    `by` is what leads there where that is no network: where the node lives is another matter.
    """

    address: str
    port: int
    uid: str | None = None
    by: str = ""

    @property
    def where(self) -> str:
        """As a person writes it."""
        return self.by or endpoint(self.address, self.port)


class Shell(Protocol):
    """What takes lines for a node: the link, or the text shell of an older node."""

    @property
    def name(self) -> str: ...
    @property
    def uid(self) -> str: ...
    @property
    def locked(self) -> bool: ...
    @property
    def configuring(self) -> bool: ...
    @property
    def closed(self) -> bool: ...
    def command(self, line: str, timeout: float | None = None) -> str: ...
    def alive(self) -> bool: ...
    def close(self) -> None: ...


def enter(
    target: Target, cache: Cache, vault: Vault, timeout: float = TIMEOUT, *, kept: bool = True
) -> Shell:
    """Connect and log in with what is kept; the node may be `locked` still. Close it.

    No password is ever sent: a node that speaks text alone stays locked.
    """
    try:
        shell: Shell = _linked(target, vault if kept else None, timeout)
    except NoLink:
        shell = TextShell(target.address, target.port, uid=target.uid, timeout=timeout)
        shell.open()
    with ExitStack() as unless_introduced:
        unless_introduced.callback(shell.close)
        _not_for_less(shell, target, vault)
        if not target.by:
            _introduce(shell, target, cache)
        unless_introduced.pop_all()
    return shell


def _not_for_less(shell: Shell, target: Target, vault: Vault) -> None:
    """Where a key is kept, a login is owed: whoever pretends to need none is told nothing."""
    if isinstance(shell, TextShell) and not shell.locked and vault.get(shell.uid):
        raise LoginError(
            f"at {target.where} somebody says to be {shell.name} ({shell.uid}), by text and "
            f"without a login, where one is owed: nothing was sent to it. If it is yours, it has "
            f"an older release: install it anew over USB (-m)"
        )


def admitted(shell: LinkShell, secret: Secret, vault: Vault) -> None:
    """A node has logged us in: keep what it knows, and give it a key of many rounds."""
    rounds = shell.rounds
    if rounds < ROUNDS:
        with suppress(RefusedError, FaultError, NodeError):  # it has one that is good enough
            shell.rekey(secret.appwd)
            rounds = ROUNDS
    if secret.i != rounds or len(vault.secrets(shell.uid)) != 1:
        vault.put(shell.uid, secret.appwd, rounds)


def _linked(target: Target, vault: Vault | None, timeout: float) -> LinkShell:
    """Log in; where a password was just being changed, with the one before as well."""
    used: list[Secret] = []

    def keys(uid: str) -> list[Secret]:
        used[:] = vault.secrets(uid) if vault else []
        return used

    def link(keys: Keys) -> Link:
        return Link(target.address, target.port, uid=target.uid, secret=keys, timeout=timeout)

    with ExitStack() as unless_open:
        shell = LinkShell(link, keys)
        unless_open.callback(shell.close)
        shell.open()
        if vault and used and shell.rounds:
            admitted(shell, used[shell.older], vault)
        unless_open.pop_all()
    return shell


def _introduce(shell: Shell, target: Target, cache: Cache) -> None:
    """Remember where the node is: when it has proved who it is, or was expected there."""
    before = {node.uid: node for node in cache.nodes()}.get(shell.uid)
    here = Node(shell.uid, shell.name, target.address, target.port)
    proven = isinstance(shell, LinkShell) and shell.rounds
    if before != here and (target.uid or proven or not before):
        cache.remember(here)
