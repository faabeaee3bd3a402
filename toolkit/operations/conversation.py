"""A talk with one node that outlives its connections."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from toolkit.model.cache import Cache
from toolkit.model.errors import InputError, NodeError, ToolkitError, WrongPassword
from toolkit.model.node_status import span
from toolkit.model.text import sentence
from toolkit.model.toolbar import Bar
from toolkit.model.vault import FEWEST, ROUNDS, Vault, secret_of
from toolkit.model.vocabulary import Candidate, Vocabulary, candidates, marked, read
from toolkit.operations import others
from toolkit.operations.connect import mode
from toolkit.operations.enter import Shell, Target, admitted, enter
from toolkit.operations.status import parse
from toolkit.transport.linkshell import LinkShell
from toolkit.transport.textshell import TIMEOUT, TextShell

PATIENCE = 120.0  # seconds of silence while a person waits, who can end it
RETURN_TIMEOUT = 3.0  # seconds of silence while we try whether a node is back
PAUSES = (0.3, 0.5, 1.0, 2.0, 4.0, 8.0)  # between two tries; the last again and again
LEARNING = 3.0  # seconds spent on learning what can be typed
MODULES = 60  # whose help is asked for
LOOKING = 60.0  # seconds between two questions how the node is
_IDLE = "the node had closed the idle connection, and has not started anew"


class Conversation:
    """Lines to one node, one connection after another; a line is never sent twice."""

    def __init__(self, target: Target, cache: Cache, vault: Vault) -> None:
        self._target = target
        self._cache = cache
        self._vault = vault
        self._shell: Shell = TextShell(target.address, target.port)
        self._penalty = 0.0  # until when the node takes no password
        self.vocabulary = Vocabulary()
        self._learned = False
        self._version = ""
        self._memory: int | None = None
        self._next_look = 0.0
        self._uptime: int | None = None  # seconds, when it was asked last
        self._reset = ""
        self._heard = time.monotonic()  # when the node was last known to be there
        self._boot = ""  # names this start of it, where there is a login
        self._left = (self._boot, self._heard)  # the same of the connection before

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
        return f"{mode(self._shell)}{self.name} $ "

    @property
    def configuring(self) -> bool:
        """Whether the node takes settings instead of commands."""
        return self._shell.configuring  # also when that connection has ended: see renew

    @property
    def locked(self) -> bool:
        """Whether the node still wants a password."""
        return self._shell.locked

    @property
    def closed(self) -> bool:
        """Whether there is no connection."""
        return self._shell.closed

    @property
    def bar(self) -> Bar:
        """What stands below the prompt; asks nobody."""
        return Bar(self.name, self._state(), self._target.where, self._version, self._memory)

    def _state(self) -> str:
        if self.closed:
            return "not connected"
        if not isinstance(self._shell, LinkShell):
            return "text, password owed" if self.locked else "text"
        if self._shell.as_text:
            return "link, as text"
        if self.locked:
            return "link, password owed"
        return "link, signed" if self._shell.rounds else "link, no password"

    def open(self, *, kept: bool = True, timeout: float = TIMEOUT) -> None:
        """Connect; log in with the kept password, or leave that to a person."""
        self.close()
        place = self._target
        self._shell = enter(place, self._cache, self._vault, timeout, kept=kept)
        # From now on nobody else is talked to, whatever answers there after a reboot.
        self._target = replace(place, uid=self._shell.uid)
        self._next_look, self._uptime = 0.0, None
        self._left = (self._boot, self._heard)
        self._boot = self._shell.boot if isinstance(self._shell, LinkShell) else ""

    def renew(self) -> str:
        """Connect again, in the same mode; what became of the node meanwhile, if that is known."""
        was_configuring = self.configuring
        self.open()
        self.look()
        happened = self._happened()
        if was_configuring:
            self.ask("conf")
        return "the connection had ended" if happened is None else happened or _IDLE

    def returned(self) -> str:
        """Learn what can be typed now; that the node has started again, if that is known."""
        self.learn()
        self.look()
        return self._happened() or ""

    def _happened(self) -> str | None:
        """That it has started again since it was heard, and why; empty: it has not; None: maybe."""
        boot, heard = self._left
        if boot and self._boot:
            again = boot != self._boot
        elif self._uptime is None:
            return None
        else:
            again = self._uptime < time.monotonic() - heard
        ago = "" if self._uptime is None else f", {span(self._uptime)} ago"
        why = f" ({self._reset})" if self._reset else ""
        return f"the node had started again{why}{ago}" if again else ""

    @property
    def in_clear(self) -> bool:
        """Whether a password would be sent as it is: to a node that speaks text alone."""
        return isinstance(self._shell, TextShell)

    def login(self, password: str) -> None:
        """Give a password that a person typed, and keep it when it was right."""
        time.sleep(max(0.0, self._penalty - time.monotonic()))
        try:
            self._login(password)
        except WrongPassword as wrong:
            self._penalty = time.monotonic() + min(wrong.wait, PAUSES[-1])
            raise

    def _login(self, password: str) -> None:
        if isinstance(self._shell, TextShell):
            self._shell.login(self.uid, password)
            self._vault.put(self.uid, password, FEWEST)
        elif isinstance(self._shell, LinkShell):
            secret = secret_of(self.uid, password, FEWEST)
            self._shell.login(self.uid, secret)
            admitted(self._shell, secret, self._vault)

    def close(self) -> None:
        """Hang up."""
        self._shell.close()

    def alive(self) -> bool:
        """Whether the connection still stands: an idle one may have been closed meanwhile."""
        return self._shell.alive()

    def ask(self, line: str) -> str:
        """The node's answer; a password that it now has is kept, and those of its Wi-Fi."""
        try:
            return self._asked(line)
        finally:
            if not self.closed:
                self._heard = time.monotonic()

    def _asked(self, line: str) -> str:
        key, _, value = line.strip().partition(" ")
        password = value.strip() if self.configuring and key == "appwd" else ""
        if not password:
            answer = self._shell.command(line, PATIENCE)
            if self.configuring and key == "stapwd" and answer.startswith("Saved"):
                self._vault.wifi(self.uid, value.strip())
            return answer
        linked = isinstance(self._shell, LinkShell)
        before = self._vault.get(self.uid)
        self._vault.offer(self.uid, password)  # it may get there although we are not told
        answer = self._shell.command(line, PATIENCE)
        if answer.startswith("Saved"):
            self._vault.put(self.uid, password, ROUNDS if linked else FEWEST)
        elif before:
            self._vault.put(self.uid, before.appwd, before.i)
        return answer

    def aside(self, aside: others.Aside) -> Iterator[others.Said]:
        """Give a line to other nodes; to this one, if it is among them, as ever."""
        if self.configuring:
            raise InputError("a line for others is a command: leave config mode first (noconf)")
        here = others.Here(self.uid, self._among, self.close)
        return others.say(aside, here, self._cache, self._vault)

    def _among(self, line: str) -> str:
        if not self.alive():
            self.open()
        return self._shell.command(line, others.BOUND)

    def offered(self, line: str) -> list[Candidate]:
        """What the end of this line may become."""
        rest = others.split(line)[1]
        first = others.offered(line, self._cache.nodes()) if line[:1] in (">", "@") else []
        return first or candidates(rest, self.vocabulary, self.configuring)

    def marked(self, line: str) -> tuple[str, str, str]:
        """The usage of what stands in this line: before the argument at hand, that, the rest."""
        return marked(others.split(line)[1], self.vocabulary, self.configuring)

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

    def look(self) -> None:
        """Ask now and then how the node is, between two lines of the person; `bar` shows it."""
        now = time.monotonic()
        if self.closed or self.locked or self.configuring or now < self._next_look:
            return
        self._next_look = now + LOOKING
        facts = parse(self._shell.command("status >json", RETURN_TIMEOUT))
        if facts is None:
            self._next_look = float("inf")  # it has no such word
            return
        self._heard = time.monotonic()
        version, free = facts.get("version"), facts.get("mem_free")
        uptime, reset = facts.get("uptime"), facts.get("reset")
        self._uptime = uptime if isinstance(uptime, int) else None
        self._reset = sentence(reset, 32) if isinstance(reset, str) else ""
        self._version = sentence(version, 32) if isinstance(version, str) else ""
        self._memory = free if isinstance(free, int) else None
