"""Talk to one node: find it by name, uid or address, and give it commands."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from difflib import get_close_matches

from toolkit.model.cache import Cache
from toolkit.model.errors import (
    FaultError,
    InputError,
    LoginError,
    RefusedError,
    ToolkitError,
    UsageError,
)
from toolkit.model.node import LOCAL, PORT, Node, is_local
from toolkit.model.secrecy import masked, sets_a_secret
from toolkit.model.vault import Vault
from toolkit.operations.enter import Shell, Target, enter
from toolkit.operations.transcript import Transcript
from toolkit.transport.textshell import FREE, TIMEOUT

SEPARATOR = "<a>"  # between two commands of a line; ours, no node knows it
_AND = re.compile(rf"(?:^|(?<=\s)){SEPARATOR}(?=\s|$)")
_CHOSEN = "?"  # instead of a name
_TOLD = 5  # lines that were not sent; how many more there are is told
_DEV = re.compile(r"\s*--dev(?:\s+|=)(\S+)(?:\s+(.*))?", re.DOTALL)
_ENDPOINT = re.compile(r"(?P<host>[A-Za-z0-9._-]+)(?::(?P<port>\d{1,5}))?")

# What an answer begins with when it is none; the later entries are words of older nodes.
_VERDICTS: tuple[tuple[str, type[ToolkitError]], ...] = (
    ("refused: ", RefusedError),
    ("fault: ", FaultError),
    ("Invalid key", RefusedError),
    ("Failed to save", RefusedError),
    ("Core error: ", FaultError),
    ("execute_LM_function ", FaultError),
)


@dataclass(frozen=True)
class Request:
    """What `-p` asks for: commands for a node; without a name the only one, or one to choose."""

    wanted: str | None
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """What a node said to one line."""

    line: str
    text: str


def parse(text: str) -> Request:
    """Read `--dev node01 conf <a> dump`; `--dev ?` names no node: a person is to choose.

    A secret is refused here: everybody on this computer can read a command line.
    """
    found = _DEV.fullmatch(text)
    wanted, rest = (found[1], found[2] or "") if found else (None, text)
    if wanted is None and text.lstrip().startswith("--"):
        raise UsageError(f"-p: expected '--dev <name> <command>', got {text.split()[0]!r}")
    wanted = None if wanted == _CHOSEN else wanted
    lines = separated(rest)
    for line in lines:
        name = sets_a_secret(line)
        if name:
            raise InputError(
                f"{name} is a secret and does not belong in a command line, where others can "
                f"read it: open the shell (-c) and type it there"
            )
    return Request(wanted, lines)


def separated(text: str) -> tuple[str, ...]:
    """The commands of a line, each without blanks around it."""
    return tuple(it.strip() for it in _AND.split(text) if it.strip())


def resolve(wanted: str | None, nodes: Sequence[Node]) -> Target:
    """Find a node by uid, name or address; InputError names what is known.

    The address may be a name still: `names.place` asks for it.
    """
    if wanted is None:
        return _only(nodes)
    known = [node for node in nodes if node.uid.lower() == wanted.lower()] or [
        node for node in nodes if node.name == wanted
    ]
    if known:
        node = _one(wanted, known)
        return Target(node.address, node.port, node.uid)
    there = _endpoint(wanted)
    if there is None:
        raise InputError(f"no node {wanted!r} is known{_known(wanted, nodes)}")
    if is_local(there[0]):
        return _local(wanted, there, nodes)
    # Whoever is known to be there must be there; the node seen last comes last.
    uids = [node.uid for node in nodes if (node.address, node.port) == there]
    return Target(*there, uids[-1] if uids else None)


def _one(wanted: str, known: Sequence[Node]) -> Node:
    if len(known) > 1:
        who = ", ".join(f"{node.uid} at {node.endpoint}" for node in known)
        raise InputError(f"several nodes are called {wanted}: {who}; say which by its uid")
    return known[0]


def _local(wanted: str, there: tuple[str, int], nodes: Sequence[Node]) -> Target:
    """A name to be asked for around: who is known by it must be there, wherever that is."""
    host, port = there
    name = host.rstrip(".")[: -len(LOCAL)].lower()
    known = [node for node in nodes if node.name.lower() == name]
    if not known:
        return Target(host, port)
    node = _one(wanted, known)
    return Target(host, port if ":" in wanted else node.port, node.uid)


def run(
    target: Target, lines: Iterable[str], cache: Cache, vault: Vault, timeout: float = TIMEOUT
) -> Iterator[Answer]:
    """Give a node several lines, one after the other, until one is refused or fails."""
    return said(target, lines, cache, vault, Transcript(None), timeout)


def said(
    target: Target,
    lines: Iterable[str],
    cache: Cache,
    vault: Vault,
    record: Transcript,
    timeout: float = TIMEOUT,
) -> Iterator[Answer]:
    """The same, and all of it goes into a transcript."""
    left, name, tell = list(lines), "", record.note
    try:
        with closing(enter(target, cache, vault, timeout)) as shell:
            name = shell.name
            record.begin(f"{name} ({shell.uid})")
            if shell.locked and not FREE.issuperset(left):
                raise LoginError(_wants(shell, vault))
            tell = record.answer
            while left:
                line = left.pop(0)
                record.line(f"{mode(shell)}{name} $ ", line)
                text = shell.command(line)
                kind = verdict(text)
                if kind:
                    raise kind(f"{name}: {text}{unsent(left)}")
                record.answer(text)
                yield Answer(line, text)
    except ToolkitError as error:
        tell(str(error).removeprefix(f"{name}: "))
        raise


def unsent(lines: Sequence[str]) -> str:
    """The end of a refusal: what is not said any more because of it."""
    if not lines:
        return ""
    more = f", and {len(lines) - _TOLD} more" if len(lines) > _TOLD else ""
    return f" (not sent any more: {', '.join(map(masked, lines[:_TOLD]))}{more})"


def mode(shell: Shell) -> str:
    """What its prompt begins with where it takes settings instead of commands."""
    return "[configure] " if shell.configuring else ""


def verdict(text: str) -> type[ToolkitError] | None:
    """The error that an answer is, or ends with, None for an answer."""
    ends = (text, text.rpartition("\n")[2])
    return next((kind for start, kind in _VERDICTS for it in ends if it.startswith(start)), None)


def _wants(shell: Shell, vault: Vault) -> str:
    if vault.get(shell.uid):
        return (
            f"{shell.name} speaks text alone, and its password is not sent for all to read: "
            f"update it, or open its shell (-c) and type the password"
        )
    return (
        f"{shell.name} wants a password and none is kept for {shell.uid}: "
        f"open its shell (-c) to type it once"
    )


def _only(nodes: Sequence[Node]) -> Target:
    if len(nodes) == 1:
        return Target(nodes[0].address, nodes[0].port, nodes[0].uid)
    raise InputError(f"which node? say --dev <name>{_known('', nodes)}")


def _endpoint(text: str) -> tuple[str, int] | None:
    """An address or a host name with a dot, with or without a port."""
    found = _ENDPOINT.fullmatch(text)
    if not found or ("." not in found["host"] and not found["port"]):
        return None
    port = int(found["port"] or PORT)
    return (found["host"], port) if 0 < port < 65536 else None


def _known(wanted: str, nodes: Sequence[Node]) -> str:
    if not nodes:
        return "; no node is known at all yet: search the network (-s)"
    names = sorted({node.name for node in nodes})
    near = get_close_matches(wanted, names, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    shown = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    return f"{hint} (known: {shown}; a search, -s, finds more)"
