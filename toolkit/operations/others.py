"""A line for other nodes than the one at hand: `>>name line` for one, `@all line` for every one."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import closing, suppress
from dataclasses import dataclass
from math import ceil
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread

from toolkit.model.cache import Cache
from toolkit.model.errors import InputError, NodeError, ToolkitError
from toolkit.model.node import Node
from toolkit.model.patience import patient
from toolkit.model.secrecy import may_carry_a_secret, sets_a_secret
from toolkit.model.vault import Vault
from toolkit.model.vocabulary import Candidate
from toolkit.operations.connect import SEPARATOR, run, separated, unsent, verdict
from toolkit.operations.enter import Target
from toolkit.operations.names import place

BOUND = patient(20.0)  # seconds in which a node answers, or is told to have not
SILENCE = patient(5.0)  # seconds without a word
AT_ONCE = 32
_LATE = "has not answered in time; whether it acted is not known"
# Words that change what later lines mean, and those that end such a mode or the shell.
_MODES = ("conf", "configure", "config")
_ENDS = ("noconf", "noconfigure", "exit")

_ONE = re.compile(r">>\s*(?P<name>\S+)(?:\s+(?P<line>.*))?")
_BEGUN = re.compile(r"(>>\s*\S+|@all)\s+")
_EVERY = re.compile(r"@all(?:\s+(?P<line>.*))?")


@dataclass(frozen=True)
class Said:
    """What became of a line at one node; `lost` is its uid, where it was not reached."""

    node: str
    text: str
    lost: str = ""

    @property
    def shown(self) -> str:
        """As a person reads it: several lines below the name, one beside it."""
        if "\n" in self.text:
            return f"{self.node}:\n  " + self.text.replace("\n", "\n  ")
        return f"{self.node}: {self.text}" if self.text else f"{self.node}:"


@dataclass(frozen=True)
class Here:
    """The node at hand, which is asked over the connection that there is.

    `ask` is called in another thread; `drop` hangs up, where it still waits for an answer.
    """

    uid: str
    ask: Callable[[str], str]
    drop: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Aside:
    """A line for other nodes; no name means every known one."""

    name: str | None
    lines: tuple[str, ...]


def read(line: str) -> Aside | None:
    """Whether a line is for others; InputError when it says nothing, or a secret."""
    found = _ONE.fullmatch(line) or _EVERY.fullmatch(line)
    if found is None and line != ">>":
        return None
    rest = found["line"] or "" if found else ""
    lines = separated(rest)
    if not found or not lines:
        raise InputError(f"expected {line.split()[0]} and a command, as in: @all system memfree")
    if sets_a_secret(rest) or may_carry_a_secret(rest):
        raise InputError("a secret is said to one node, in its own shell: it was not sent")
    if lines[-1] in _MODES or (len(lines) == 1 and lines[0] in _ENDS):
        raise InputError(
            f"expected a command, got {lines[-1]!r}, which changes only what the lines behind it "
            f"mean: say those in the same line, as in: @all conf {SEPARATOR} gmttime"
        )
    return Aside(found.groupdict().get("name"), lines)


def say(aside: Aside, here: Here, cache: Cache, vault: Vault) -> Iterator[Said]:
    """Give the lines to whom they are for; what each says comes as soon as it is there."""
    nodes = cache.nodes()
    if aside.name is None:
        targets = [Target(node.address, node.port, node.uid) for node in nodes]
    else:
        targets = [place(aside.name, nodes)]
    names = {target: _name(target, nodes) for target in targets}
    own = next((target for target in targets if target.uid == here.uid), None)

    def ask(target: Target, wanted: Callable[[], bool]) -> Iterator[str]:
        if target == own:
            return _here(here, aside.lines, wanted)
        return (it.text for it in run(target, aside.lines, cache, vault, SILENCE))

    with closing(_Asked(targets, ask)) as asked:
        for target, texts, late in asked.answers():
            if late and target == own:
                here.drop()  # else its answer would be taken for that to the next line
            told = [text.removeprefix(f"{names[target]}: ") for text in texts]
            lost = target.uid or "" if asked.lost(target) else ""
            yield Said(names[target], "\n".join([*told, *([_LATE] if late else [])]), lost)


def _here(here: Here, lines: Sequence[str], wanted: Callable[[], bool]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if not wanted():  # the person has left, or nobody waits any more
            return
        text = here.ask(line)
        refused = verdict(text)
        yield text + (unsent(lines[number:]) if refused else "")
        if refused:
            break
    if any(line in _MODES for line in lines):
        here.ask(_ENDS[0])  # the shell goes on as it was, as those of the others do


def _name(target: Target, nodes: Sequence[Node]) -> str:
    """The name of a node; where several have it, its uid as well."""
    name = next((node.name for node in nodes if node.uid == target.uid), target.where)
    several = sum(node.name == name for node in nodes) > 1
    return f"{name} ({target.uid})" if several else name


# Asks a node; while the second says so, somebody waits for what it says.
_Ask = Callable[[Target, Callable[[], bool]], Iterator[str]]


class _Asked:
    """Nodes that are asked at the same time; who is late is told so, and left alone."""

    def __init__(self, targets: Sequence[Target], ask: _Ask) -> None:
        self._ask = ask
        self._ended: SimpleQueue[Target] = SimpleQueue()
        self._heard: dict[Target, list[str]] = {target: [] for target in targets}
        self._lost: set[Target] = set()
        self._room = BoundedSemaphore(AT_ONCE)
        self._waited = list(targets)
        self._end = time.monotonic() + BOUND * ceil(len(targets) / AT_ONCE)
        self._over = False
        for target in targets:  # threads, since nothing waits for a daemon's end
            Thread(target=self._one, args=(target,), daemon=True).start()

    def close(self) -> None:
        """Begin with no other node."""
        self._over = True

    def lost(self, target: Target) -> bool:
        """Whether it said nothing, because it was not reached."""
        return target in self._lost

    def answers(self) -> Iterator[tuple[Target, list[str], bool]]:
        """What each says, in the order in which they end; then who is late, with what it said."""
        with suppress(Empty):
            while self._waited:
                target = self._ended.get(timeout=max(0.001, self._end - time.monotonic()))
                self._waited.remove(target)
                yield target, self._heard[target], False
        self._over = True
        for target in self._waited:
            yield target, self._heard[target].copy(), True

    def _one(self, target: Target) -> None:
        with self._room:
            if not self._over:
                self._listen(target)
                self._ended.put(target)

    def _listen(self, target: Target) -> None:
        """Keep what it says, line by line; at last why it says no more, where that is so."""
        heard = self._heard[target]
        try:
            for text in self._ask(target, lambda: not self._over):
                if text:
                    heard.append(text)
        except (ToolkitError, OSError, CancelledError) as error:
            if isinstance(error, NodeError) and not heard:
                self._lost.add(target)
            heard.append(str(error))


def split(line: str) -> tuple[str, str]:
    """What says for whom a line is, and the rest of it; the former is empty in others."""
    found = _BEGUN.match(line)
    return (found[0], line[found.end() :]) if found else ("", line)


def offered(line: str, nodes: Sequence[Node]) -> list[Candidate]:
    """For whom a line may be that begins like one for others."""
    names = ("@all", *(f">>{node.name}" for node in nodes)) if line[:1] in (">", "@") else ()
    found = {name for name in names if name.startswith(line)}
    return [Candidate(name, len(line)) for name in sorted(found)] if found != {line} else []
