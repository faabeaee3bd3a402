"""A talk with one node that outlives its connections."""

import time
from collections.abc import Callable, Iterator

from toolkit.model.cache import Cache
from toolkit.model.errors import NodeError, ToolkitError
from toolkit.model.vault import Vault
from toolkit.model.vocabulary import Vocabulary, read
from toolkit.operations import connect
from toolkit.operations.connect import Target
from toolkit.transport.textshell import TIMEOUT, TextShell

PATIENCE = 120.0  # seconds of silence while a person waits, who can end it
RETURN_TIMEOUT = 3.0  # seconds of silence while we try whether a node is back
PAUSES = (0.3, 0.5, 1.0, 2.0, 4.0, 8.0)  # between two tries; the last again and again
LEARNING = 3.0  # seconds spent on learning what can be typed
MODULES = 60  # whose help is asked for


class Conversation:
    """Lines to one node, one connection after another; a line is never sent twice."""

    def __init__(self, target: Target, cache: Cache, vault: Vault) -> None:
        self._target = target
        self._cache = cache
        self._vault = vault
        self._shell = TextShell(target.address, target.port)
        self.vocabulary = Vocabulary()
        self._learned = False

    @property
    def name(self) -> str:
        """The node's name."""
        return self._shell.name or self._target.where

    @property
    def uid(self) -> str:
        """The node's uid."""
        return self._shell.uid

    @property
    def prompt(self) -> str:
        """The prompt, as the node shows it."""
        return f"{'[configure] ' if self.configuring else ''}{self.name} $ "

    @property
    def configuring(self) -> bool:
        """Whether the node takes settings instead of commands."""
        return self._shell.configuring and not self._shell.closed

    @property
    def locked(self) -> bool:
        """Whether the node still wants a password."""
        return self._shell.locked

    @property
    def closed(self) -> bool:
        """Whether there is no connection."""
        return self._shell.closed

    def open(self, *, kept: bool = True, timeout: float = TIMEOUT) -> None:
        """Connect; log in with the kept password, or leave that to a person."""
        self.close()
        place = self._target
        if kept:
            self._shell = connect.enter(place, self._cache, self._vault, timeout)
        else:
            self._shell = TextShell(place.address, place.port, uid=place.uid, timeout=timeout)
            self._shell.open()
        # From now on nobody else is talked to, whatever answers there after a reboot.
        self._target = Target(place.address, place.port, self._shell.uid)

    def login(self, password: str) -> None:
        """Give a password that a person typed, and keep it when it was right."""
        self._shell.login(self.uid, password)
        self._vault.put(self.uid, password)

    def close(self) -> None:
        """Hang up."""
        self._shell.close()

    def alive(self) -> bool:
        """Whether the connection still stands: an idle one may have been closed meanwhile."""
        return self._shell.alive()

    def ask(self, line: str) -> str:
        """The node's answer; a password that it now has is kept."""
        was_configuring = self.configuring
        answer = self._shell.command(line, PATIENCE)
        key, _, value = line.strip().partition(" ")
        if was_configuring and key == "appwd" and value.strip() and answer.startswith("Saved"):
            self._vault.put(self.uid, value.strip())
        return answer

    def tries(self, sleep: Callable[[float], None] = time.sleep) -> Iterator[ToolkitError]:
        """Connect again, with growing pauses; yields why each try failed."""
        number = 0
        while True:
            sleep(PAUSES[min(number, len(PAUSES) - 1)])
            try:
                self.open(timeout=RETURN_TIMEOUT)
            except NodeError as error:
                number += 1
                yield error
            else:
                self._learned = False  # it may have come back with other modules
                return

    def learn(self) -> None:
        """Find out what can be typed; what takes too long is left out."""
        end = time.monotonic() + LEARNING
        if self.configuring:
            if not self.vocabulary.settings:
                self.vocabulary = self.vocabulary.with_settings(self._shell.command("dump"))
            return
        if self._learned or self.locked:
            return
        self._learned = True
        known = read(self._shell.command("help", RETURN_TIMEOUT))
        for name in [name for name, inside in known.modules.items() if not inside][:MODULES]:
            if time.monotonic() > end:
                break
            known = known.with_module(name, self._shell.command(f"help {name}", RETURN_TIMEOUT))
        self.vocabulary = known
