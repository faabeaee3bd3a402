"""Update many nodes: so many at once, canaries first, and a verdict for each of them.

A node that is dead or stalls holds its own place until its own limits end it, and delays nobody
else. What has been done costs nothing when it is repeated: an interrupted push is begun again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass

from toolkit.model.errors import NodeError, PartError, PortError, RefusedError, ToolkitError
from toolkit.model.node import Node
from toolkit.model.outcome import GOOD, Outcome, Verdict, ended, tally
from toolkit.model.package import Package, package
from toolkit.model.patience import patient
from toolkit.model.progress import Progress, finished
from toolkit.model.rollout import Candidate, Rollout
from toolkit.model.select import Term, meets
from toolkit.operations import at_work, build, modules
from toolkit.operations.air import Dial, Tell, driven
from toolkit.operations.alone import Alone, give
from toolkit.operations.facts import Facts, facts
from toolkit.operations.ota import Before, Order, update
from toolkit.transport.answers import MEMORY

LOOKS = 64  # nodes asked at once who they are
LOOK = patient(25.0)  # seconds for that, in all
PAUSES = (1.0, 2.0, 4.0)  # seconds before a node that cannot be reached is tried again
AT_ONCE = 50  # nodes updated at once

Treat = Callable[[Candidate, Tell], Awaitable[Outcome]]


@dataclass(frozen=True)
class Limits:
    """How careful a push is: see `Rollout`; `at_once` nodes are busy at the same time."""

    canary: int = 1
    stop_after: int = 1
    at_once: int = AT_ONCE

    @classmethod
    def of(cls, canary: int | None, stop_after: int | None, at_once: int | None) -> "Limits":
        """As somebody says them; what is None stays as it is without a word."""
        given = {"canary": canary, "stop_after": stop_after, "at_once": at_once}
        return cls(**{name: number for name, number in given.items() if number is not None})


@dataclass(frozen=True)
class Push:
    """How it went: an outcome for each node that was meant, and why it was stopped, if it was."""

    outcomes: tuple[Outcome, ...]
    stopped: str = ""

    @property
    def summary(self) -> str:
        """One line for people."""
        return "; ".join(filter(None, (tally(self.outcomes), self.stopped)))

    def check(self) -> None:
        """PartError where a node needs a look."""
        bad = [it for it in self.outcomes if it.verdict not in GOOD]
        if bad:
            whole = len(self.outcomes)
            raise PartError(f"{len(bad)} of {whole} nodes need a look: {self.summary}")


def push(
    dial: Dial,
    nodes: Sequence[Node],
    terms: Sequence[Term],
    limits: Limits,
    *,
    force: bool = False,
    unattended: bool = False,
    alone: Alone | None = None,
    before: Before | None = None,
) -> Generator[Progress, None, Push]:
    """Give this release, or what is wanted `alone`, to all nodes that meet the terms."""
    met, lost = yield from found(dial, nodes, terms)
    boards = {candidate.board for candidate in met}
    if alone:
        contents = modules.compiled_for(boards, alone.sources)

        async def treat(candidate: Candidate, tell: Tell) -> Outcome:
            return await give(dial, candidate, alone, contents[candidate.board], tell)
    else:
        packages = yield from packaged(boards)

        async def treat(candidate: Candidate, tell: Tell) -> Outcome:
            order = Order(packages[candidate.board], force, unattended, before)
            return await update(dial, candidate.node, order, tell)

    return (yield from treated(met, lost, treat, limits))


def found(
    dial: Dial, nodes: Sequence[Node], terms: Sequence[Term]
) -> Generator[Progress, None, tuple[list[Candidate], list[Outcome]]]:
    """Ask all nodes who they are: those that are meant, and those that did not tell."""

    async def work(tell: Tell) -> tuple[list[Candidate], list[Outcome]]:
        return await look(dial, nodes, terms, tell)

    return (yield from driven(work))


def packaged(boards: Iterable[str]) -> Generator[Progress, None, Mapping[str, Package]]:
    """Compile for each board; InputError when there is none of that name."""
    packages: dict[str, Package] = {}
    for board in sorted(boards):
        packages[board] = package((yield from build.build(board)))
    return packages


def treated(
    met: Sequence[Candidate], lost: Sequence[Outcome], treat: Treat, limits: Limits
) -> Generator[Progress, None, Push]:
    """Do it to one node after the other, as canaries and limits allow.

    A node that somebody works on over its cable is left alone.
    """

    async def kept(candidate: Candidate, tell: Tell) -> Outcome:
        try:
            with at_work.by_air(candidate.node):
                return await treat(candidate, tell)
        except PortError as error:
            note = str(error)
            return Outcome(candidate.node, Verdict.REFUSED, note, board=candidate.board)

    async def work(tell: Tell) -> Push:
        return await rolled_out(met, lost, kept, limits, tell)

    return (yield from driven(work))


async def look(
    dial: Dial, nodes: Sequence[Node], terms: Sequence[Term], tell: Tell
) -> tuple[list[Candidate], list[Outcome]]:
    """Ask all nodes at once, each within its own time."""
    room = asyncio.Semaphore(LOOKS)
    app = any(term.fact == "app" for term in terms)
    asked = 0

    async def one(node: Node) -> Facts | Outcome:
        nonlocal asked
        async with room:
            answer = await _facts(dial, node, app)
        asked += 1
        tell(Progress("look", asked, len(nodes), "nodes"))
        return answer

    answers = await asyncio.gather(*map(one, nodes))
    met: list[Candidate] = []
    lost: list[Outcome] = []
    for node, answer in zip(nodes, answers, strict=True):
        if isinstance(answer, Outcome):
            lost.append(answer)
        elif meets(terms, _plain(node, answer)):
            met.append(Candidate(node, answer.board))
    return met, lost


async def rolled_out(
    met: Sequence[Candidate],
    lost: Sequence[Outcome],
    treat: Treat,
    limits: Limits,
    tell: Tell,
) -> Push:
    """Begin whoever may be begun, wait for whoever ends, until nobody is left."""
    rollout = Rollout(met, canary=limits.canary, stop_after=limits.stop_after)
    outcomes = list(lost)
    running: set[asyncio.Future[Outcome]] = set()
    total = len(met) + len(lost)
    while True:
        while len(running) < limits.at_once and (candidate := rollout.next()):
            running.add(asyncio.ensure_future(treat(candidate, _quiet)))
        tell(Progress("push", len(outcomes), total, "nodes", tally(outcomes)))
        if not running:
            break
        done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            outcome = task.result()
            outcomes.append(outcome)
            rollout.ended(outcome.node.uid, outcome.verdict)
    left = rollout.not_tried()
    outcomes += [Outcome(it.node, Verdict.NOT_TRIED, board=it.board) for it in left]
    if left:
        tell(finished("push", tally(outcomes)))
    places = {it.node.uid: place for place, it in enumerate([*met, *lost])}
    outcomes.sort(key=lambda outcome: places[outcome.node.uid])
    return Push(tuple(outcomes), rollout.stopped)


async def _facts(dial: Dial, node: Node, app: bool) -> Facts | Outcome:
    try:
        async with asyncio.timeout(LOOK):
            return await _patient_facts(dial, node, app)
    except TimeoutError:
        return Outcome(node, Verdict.UNREACHABLE, f"did not tell who it is within {LOOK:.0f} s")
    except ToolkitError as error:
        return ended(node, error)


async def _patient_facts(dial: Dial, node: Node, app: bool) -> Facts:
    """Ask more than once: it may be starting just now."""
    for pause in PAUSES:
        try:
            return await _once(dial, node, app)
        except NodeError:
            pass
        except RefusedError as refusal:
            if MEMORY not in str(refusal):
                raise
        await asyncio.sleep(pause)
    return await _once(dial, node, app)


async def _once(dial: Dial, node: Node, app: bool) -> Facts:
    async with dial(node) as link:
        return await facts(link, app=app)


def _quiet(_: Progress) -> None:
    """The steps of many nodes at once would drown each other: only what became of them is told."""


def _plain(node: Node, answer: Facts) -> Mapping[str, str]:
    return {
        "name": node.name,
        "uid": node.uid,
        "address": node.address,
        "board": answer.board,
        "version": answer.version,
        "app": answer.app,
    }
