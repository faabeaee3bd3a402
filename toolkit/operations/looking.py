"""Looks around behind whoever shows it: boards that come and go, nodes that answer or do not."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from threading import Event, Lock, Thread

from toolkit.model.cache import Cache
from toolkit.model.errors import ToolkitError
from toolkit.model.node import PORT
from toolkit.model.node_status import Row
from toolkit.model.surroundings import Board, Seen, Surroundings
from toolkit.model.vault import Vault
from toolkit.operations import scan
from toolkit.operations.status import asked

_BOARDS = 1.0  # seconds between two looks at what is plugged in
_SOON = 2.0  # seconds between two questions to the nodes, while one is awaited
_LATER = 15.0  # the same, while nothing is

_BUG = "this list is not kept up to date any more, by a bug of the toolkit: leave, and begin anew"

Change = Callable[[Surroundings], Surroundings]


class Looking:
    """What is around, kept up to date by threads of its own until `stop`.

    `changed` is called from them after each change, and must not wait. What they meet that goes
    wrong is a sentence in `now.problem`. Nobody has to wait for them: they end by themselves.
    """

    def __init__(
        self,
        now: Surroundings,
        sources: tuple[Cache, Vault, Callable[[], Sequence[Board]]],
        changed: Callable[[], None],
    ) -> None:
        self.now = now
        self._cache, self._vault, self._boards = sources
        self._changed = changed
        self._threads: list[Thread] = []
        self._problems: dict[Callable[[], None], str] = {}
        self._lock = Lock()
        self._over = Event()
        self._search, self._ask, self._there = Event(), Event(), Event()

    def start(self) -> None:
        """Begin to look, and to search the network once."""
        self.again()
        for work in (self._watch_boards, self._search_nodes, self._ask_nodes):
            thread = Thread(target=self._guarded, args=(work,), daemon=True)
            self._threads.append(thread)
            thread.start()

    @property
    def alive(self) -> bool:
        """Whether anything still looks."""
        return any(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Look no more; what is under way is left, and nobody is told of it any more."""
        with self._lock:  # whoever is being told just now has heard it when we return
            self._over.set()
        self._search.set()
        self._ask.set()

    def again(self) -> None:
        """Search the network anew."""
        self._search.set()
        self._ask.set()

    def wait(self, seconds: float) -> None:
        """Until the boards and the known nodes are there, no longer than that."""
        self._there.wait(seconds)

    def _guarded(self, work: Callable[[], None]) -> None:
        """Again and again; a sentence of its own stands there while it does not succeed."""
        try:
            while not self._over.is_set():
                try:
                    work()
                    self._problem(work, "")
                except (ToolkitError, OSError) as error:
                    self._problem(work, str(error))
                    self._over.wait(_LATER)
        finally:
            if not self._over.is_set():  # what nobody expected ends this thread, and no other
                self._problem(work, _BUG)

    def _problem(self, work: Callable[[], None], problem: str) -> None:
        with self._lock:
            self._problems[work] = problem
            told = next(filter(None, self._problems.values()), "")
        self._set(lambda now: replace(now, problem=told))

    def _set(self, change: Change) -> None:
        with self._lock:
            before = self.now
            self.now = change(before)
            if self.now != before and not self._over.is_set():
                self._changed()

    def _watch_boards(self) -> None:
        found = list(self._boards())
        before = self.now.boards
        self._set(lambda now: now.with_boards(found))
        if before is not None and {it.name: it.running for it in before} != {
            it.name: it.running for it in found
        }:
            self._ask.set()
        self._there.set()
        self._over.wait(_BOARDS)

    def _search_nodes(self) -> None:
        self._search.wait()
        self._search.clear()
        if self._over.is_set():
            return
        self._set(lambda now: replace(now, looking=True))
        running = [(it.address, PORT) for it in self.now.at_hand if it.running and it.address]
        try:
            with closing(scan.search(self._cache, boards=running)) as progress:
                for _ in progress:
                    if self._over.is_set():
                        return
        finally:
            self._set(lambda now: replace(now, looking=False))
            self._ask.set()

    def _ask_nodes(self) -> None:
        self._ask.clear()
        if self._over.is_set():  # it comes first, so what was cleared was not its last call
            return
        nodes = self._cache.nodes()
        self._set(lambda now: now.with_nodes(nodes))
        with closing(asked(nodes, self._vault)) as rows:
            for row in rows:
                seen = _seen(row)
                self._set(lambda now, seen=seen: now.with_told(seen))
                if self._over.is_set():
                    return
        self._pause(_SOON if self._awaited() else _LATER)

    def _awaited(self) -> bool:
        """Whether a node is not there whose board runs: it is starting, or another has it."""
        gone = {it.node.uid for it in self.now.nodes if it.online is False}
        return any(it.running and it.uid in gone for it in self.now.at_hand)

    def _pause(self, seconds: float) -> None:
        """So long, or until there is a reason to ask; never twice in a moment."""
        begun = time.monotonic()
        self._ask.wait(seconds)
        self._over.wait(max(0.0, min(seconds, 1.0) - (time.monotonic() - begun)))


def _seen(row: Row) -> Seen:
    return Seen(row.node, row.online, row.version or "", row.note if row.online else "")
