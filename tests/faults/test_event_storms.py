"""Storms of edges: the last one is never lost, and the shell goes on meanwhile."""

import json
import random
import select
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest
from benchmarks.memory import CONFIGURING
from benchmarks.nodes import Node, Session, Trouble, Workshop
from tests.faults.peers import PATIENCE, Peer
from tests.support.boards import eventually
from tests.support.sweep import rounds
from toolkit.virtual import fleet

INTERPRETERS = ("cpython",)

STORMS, SLICE, SEED = 200, 24, 5
_CALLS = 60  # that move one thing
_FAILURES = 12  # of a pin in a storm
_ANSWERS, _EDGES = 60, 3_000  # before a long storm ends
_HEAP = {"esp8266": 120_000}  # bytes: the module of these tests is compiled on the board
_PINS = {"esp32": (19, 23, 34), "esp8266": (14, 13, 0)}  # irq1, irq2, the meter
_SETTINGS = {
    "irq1": "true",
    "irq1_cbf": "bell ring",
    "irq1_trig": "both",
    "irq1_debounce": "20",
    "irq2": "true",
    "irq2_cbf": "bell ring door; bell count; bell broken door",
    "irq2_debounce": "20",
    "timirq": "true",
    "timirqcbf": "bell count; bell broken timer",
    "timirqseq": "20",
}


@pytest.fixture(scope="module", params=["esp32", "esp8266"])
def node(workshop: Workshop, request: pytest.FixtureRequest) -> Iterator[Node]:
    """A node of each family with events on its pins."""
    found = workshop.node(request.param, heap=_HEAP.get(request.param, 0))
    with found.session() as session:
        session.say("conf", CONFIGURING)
        for name, value in _SETTINGS.items():
            assert session.say(f"{name} {value}", CONFIGURING) == "Saved"
    found.control.press_reset()
    eventually(lambda: _begun(found), "its events")
    yield found
    workshop.stop(found)


def _begun(node: Node) -> bool:
    try:
        with node.session() as session:
            return "irq2" in session.say("task list")
    except (OSError, Trouble):
        return False


class Storm:
    """Edges on one pin, as fast as they can be driven; the world's meter numbers them."""

    def __init__(self, node: Node, pin: int = 0) -> None:
        self._control = fleet.control(node.board)
        *pins, self._meter = _PINS[node.board.chip]
        self._pin = pins[pin]
        self.edges, self.level = 0, 1
        self._control.drive(self._pin, 1)
        self.over = threading.Event()

    def blow(self, edges: int) -> None:
        """So many edges."""
        for _ in range(edges):
            self.edges += 1
            self.level = 1 - self.level
            self._control.adc(self._meter, self.edges % 65536)
            self._control.drive(self._pin, self.level)

    def blow_on(self) -> None:
        """Until it is over."""
        while not self.over.is_set():
            self.blow(1)

    def close(self) -> None:
        self._control.close()


def _shown(session: Session) -> int:
    """The number of the last edge that the commands have seen."""
    return int(session.say("bell shown").strip("[]").split(",")[0])


def test_the_last_edge_of_a_storm_is_never_lost(node: Node) -> None:
    count, chance, lost = rounds(STORMS, SLICE), random.Random(SEED), 0
    storm = Storm(node)
    with node.session() as session:
        for _ in range(count):
            storm.blow(chance.choice((1, 2, 3, 10, 100, 400)) + chance.randrange(2))
            time.sleep(chance.choice((0, 0.005, 0.02, 0.05)))  # the next may come in the debounce
            storm.blow(chance.randrange(1, 4))
            before = storm.edges % 65536
            try:
                eventually(lambda n=before: _shown(session) == n, "the last edge")
            except AssertionError:
                lost += 1
        runs = int(session.say("bell count"))
    storm.close()
    print(f"storms: {count}, edges: {storm.edges}, runs: {runs}, last edges lost: {lost}")
    assert lost == 0
    assert count <= runs < storm.edges


def test_the_shell_answers_while_a_storm_blows_and_other_pins_are_heard(node: Node) -> None:
    storm, door = Storm(node), _PINS[node.board.chip][1]
    blowing = threading.Thread(target=storm.blow_on)
    slowest, answers, presses = 0.0, 0, 0
    with node.session() as session:
        before = int(session.say("bell count door"))
        blowing.start()
        try:
            while answers < _ANSWERS or storm.edges < _EDGES:
                answers += 1
                began = time.perf_counter()
                assert session.say("hello").startswith("hello:node01:")
                slowest = max(slowest, time.perf_counter() - began)
                if answers % 20 == 0:
                    presses += 1
                    _press(node, door)
                    eventually(_at_least(session, before + 2 * presses), "the door bell")
        finally:
            storm.over.set()
            blowing.join()
        eventually(lambda: _shown(session) == storm.edges % 65536, "the last edge")
        told = session.say("task show irq1")
    storm.close()
    edges = storm.edges
    print(f"answers in a storm of {edges} edges: {answers}, slowest {slowest * 1000:.1f} ms")
    print(f"presses of another pin: {presses}, lost: 0; {told}")
    assert node.starts <= 2


def _press(node: Node, pin: int) -> None:
    node.control.drive(pin, 0)
    time.sleep(0.1)
    node.control.drive(pin, 1)


def _at_least(session: Session, number: int) -> Callable[[], bool]:
    return lambda: int(session.say("bell count door")) >= number


def test_a_storm_of_edges_whose_commands_fail_starves_nobody_and_fills_no_log(node: Node) -> None:
    storm = Storm(node, 1)
    blowing = threading.Thread(target=storm.blow_on)
    with node.session() as session:
        before, logged = _failures(session.say("task show irq2")), _logged(session)
        timers = _failures(session.say("task show timirq"))
        blowing.start()
        try:
            answers = 0
            while answers < _ANSWERS or storm.edges < _EDGES:
                assert session.say("hello").startswith("hello:node01:")
                answers += 1
            eventually(
                lambda: _failures(session.say("task show irq2")) >= before + _FAILURES, "failures"
            )
        finally:
            storm.over.set()
            blowing.join()
        failures, errors = _failures(session.say("task show irq2")) - before, _logged(session)
        timers = _failures(session.say("task show timirq")) - timers
        rung = int(session.say("bell count door"))
        _press(node, _PINS[node.board.chip][1])
        eventually(_at_least(session, rung + 1), "the door bell, at once")
    storm.close()
    print(f"failing runs in a storm of {storm.edges} edges: {failures}, answers: {answers}")
    print(f"errors logged meanwhile: {errors - logged}, {timers} of them by the timer")
    assert errors - logged - timers <= 3 < failures  # once a minute


def _logged(session: Session) -> int:
    """How many errors the log has taken, kept or not."""
    return int(json.loads(session.say("status >json"))["log_errors"])


def test_commands_that_fail_are_counted_and_come_more_rarely(node: Node) -> None:
    """The timer's would run 50 times a second; its pauses grow to a minute."""
    with node.session() as session:
        eventually(lambda: _failures(session.say("task show timirq")) >= 6, "the timer's failures")
        told = session.say("task show timirq")
        calls, failures = int(session.say("bell count timer")), _failures(told)
        assert "ValueError: on purpose" in told
        assert calls >= failures
        log = session.say("log error")
    print(f"runs that failed: {failures}, on the way: {told}")
    assert len(log) <= 4096


def _failures(told: str) -> int:
    return int(told.partition("the last ")[2].split(" ")[0] or 0)


def test_of_many_calls_that_move_one_thing_each_ends_before_the_next(node: Node) -> None:
    peers = [Peer(node.address).logged_in() for _ in range(2)]
    told: list[str] = []
    for peer in peers:
        peer.send(b"bell swing\n")
    for _ in range(_CALLS):
        peer = _answered(peers)
        told.append(peer.answer())
        peer.send(b"bell swing\n")
    idle = _answered(peers)  # the other one moves it now
    told.append(idle.answer())
    eventually(lambda: idle.say("bell count now") == "1", "the newest call")
    most = int(idle.say("bell count most"))
    for peer in peers:
        peer.socket.close()
    count = _CALLS + 2
    print(f"calls that move one thing: {count}, at a time: {most}, told of a newer: {len(told)}")
    assert set(told) == {"refused: bell: a newer call took over"}
    assert most == 1


def _answered(peers: Sequence[Peer]) -> Peer:
    """Who has an answer; of calls that came together nobody knows which was first."""
    ready, _, _ = select.select([peer.socket for peer in peers], [], [], PATIENCE)
    assert ready, "a newer call must end the older one"
    return next(peer for peer in peers if peer.socket in ready)
