"""Starts that go wrong: boot hooks, resets of every kind, garbage in memory that outlives them."""

import ast
import random
from collections.abc import Callable, Iterator

import pytest
from benchmarks.nodes import PROMPT, Trouble, Workshop
from tests.faults.frozen import ARMED, Frozen, armed
from tests.support.boards import eventually
from tests.support.sweep import rounds

INTERPRETERS = ("cpython",)

_QUIET = 2_000  # ms after power-on in which nothing is written
_WELL = 600_000  # ms after which a start has been a good one


@pytest.fixture
def node(workshop: Workshop) -> Iterator[Frozen]:
    """A new node."""
    with armed(workshop) as found:
        yield found


def _counts(node: Frozen) -> list[int]:
    """Failures, those in safe mode, planned, turns."""
    return ast.literal_eval(node.say("hurt counts"))


def test_a_hook_that_raises_or_asks_for_nonsense_is_logged_and_the_node_serves(
    node: Frozen,
) -> None:
    hooks = {
        "hurt fail; light on": "ValueError: on purpose",
        "nosuch thing; light on": "no module 'nosuch'",
        "hurt fail(1); light on": "TypeError: fail() takes 0 positional arguments but 1 were given",
        "light x": "light has no function 'x'",
    }
    for hook, error in hooks.items():
        node.set(boothook=hook)
        node.reset_by(lambda: node.send("reboot"))
        logged = node.say("log error")
        assert "ERROR boothook: " in logged
        assert error in logged
        # what stands behind it in the hook was done, and what comes later is
        assert ("on: True" in node.say("light status")) == hook.endswith("; light on")
        assert "on: False" in node.say("light off")
        assert _counts(node) == [0, 0, 0, 0]
    print(f"hooks that raise: {len(hooks)}, nodes lost: 0")


def test_a_hook_that_never_comes_back_is_waited_for_five_seconds(node: Frozen) -> None:
    node.set(boothook="hurt wait")
    node.reset_by(lambda: node.send("reboot"))
    assert "still running after 5 s" in node.say("log warn")
    assert "running   boothook" in node.say("task list")
    assert node.starts == 3
    print("hooks that wait: 1, nodes lost: 0")


def test_a_hook_that_holds_the_loop_is_held_after_the_second_reset(node: Frozen) -> None:
    node.set(boothook="hurt block 3600; light on")
    starts, since = node.starts, len(node.control.console())
    node.send("reboot")
    node.until(lambda: node.starts == starts + 3, 500)
    node.serving(since)
    assert node.starts == starts + 3
    told = node.say("log crash")
    assert told.count("stage boot hook, command 'hurt block'") == 2
    assert "'task free hurt' lets it go" in node.say("hurt load")
    assert "on: True" in node.say("light status")  # the rest of the hook was done
    node.say("task free hurt")
    assert _counts(node) == [0, 0, 0, 0]
    print("hooks that hold the loop: 1, resets: 2, then served")


@pytest.mark.parametrize("piece", [16, 1024, 8192])
def test_a_hook_that_eats_all_memory_does_not_cost_the_node(workshop: Workshop, piece: int) -> None:
    """On the real clock: the frozen one needs memory of its own to move."""
    node = workshop.node("esp32")
    with node.session() as session:
        session.say("conf", b"[configure] " + PROMPT)
        session.say(f"boothook hurt eat {piece}", b"[configure] " + PROMPT)
        starts = node.starts
        node.control.press_reset()
    eventually(lambda: node.starts > starts)

    def served() -> str:
        try:
            with node.session() as session:
                return session.say("status")
        except (OSError, Trouble):
            return ""

    status = eventually(served, "the node", 120)  # three starts may fail first
    print(
        f"a hook eats all memory in pieces of {piece} B: served after {node.starts - starts} starts"
    )
    assert "safe mode" in status or node.starts - starts < 4
    workshop.stop(node)


class Model:
    """What the rules make of each reset: the failures a node must have counted."""

    def __init__(self) -> None:
        self.failures = 0
        self.named: list[bool] = []  # whether each of the last four records names the module

    def crashed(self, named: bool = False) -> bool:
        """A reset that nobody planned; whether the module is held now."""
        self.failures += 1
        self.named = [*self.named, named][-4:]
        held = named and sum(self.named) > 1
        if held:
            self.named = [False] * len(self.named)
            self.failures = max(self.failures - 2, 0)
        return held

    def forgotten(self) -> bool:
        """Power, a person, or a start that went well."""
        self.failures = 0
        return False


def crash(node: Frozen) -> None:
    starts = node.starts
    node.control.crash()
    eventually(lambda: node.starts > starts)  # half a second, on no clock of the board


def _ten_good_minutes(node: Frozen) -> None:
    node.hang_up()
    for _ in range(_WELL // 30_000 + 1):
        assert node.control.advance(30_000)


def test_resets_of_every_kind_in_random_order_are_counted_right(node: Frozen) -> None:
    model, chance = Model(), random.Random(7)
    kinds: dict[str, tuple[Callable[[], object], Callable[[], bool]]] = {
        "crash": (lambda: crash(node), model.crashed),
        "watchdog": (lambda: node.send("hurt block 3600"), lambda: model.crashed(named=True)),
        "power": (node.control.power_cycle, model.forgotten),
        "button": (node.control.press_reset, model.forgotten),
        "reboot": (lambda: node.send("reboot"), model.forgotten),
        "well": (lambda: _ten_good_minutes(node), model.forgotten),
    }
    count = rounds(100, 16)
    done = dict.fromkeys(kinds, 0)
    for number in range(count):
        kind = chance.choice(list(kinds)) if model.failures < 2 else "reboot"  # no safe mode here
        act, rule = kinds[kind]
        if kind == "well":
            act()
            node.serving(0)
        else:
            node.reset_by(act)
            node.control.advance(ARMED)
        done[kind] += 1
        if rule():
            assert node.say("task free hurt") == "free: hurt"
        assert _counts(node)[0] == model.failures, (number, kind)
        node.control.advance(2_000)  # what was just called is no longer to blame
    print(f"resets: {done}, counted wrong: 0")


def test_safe_mode_comes_with_the_third_crash_and_goes_by_itself(node: Frozen) -> None:
    for _ in range(3):
        node.reset_by(lambda: crash(node))
    assert "safe mode after three failed starts" in node.say("status")
    assert "safe mode leaves them out" in node.say("light on")
    waits: list[int] = []
    for _ in range(3):
        node.hang_up()
        starts, since = node.starts, len(node.control.console())
        waits.append(node.until(lambda s=starts: node.starts > s, 5_000) // 60_000)
        node.serving(since)
        assert "safe mode" not in node.say("status")
        node.reset_by(lambda: crash(node))  # one failure is enough now
        assert "safe mode" in node.say("status")
    print(f"minutes of safe mode: {waits}")
    assert waits == [5, 15, 60]


def test_random_bytes_in_the_memory_at_power_on_are_no_failures(workshop: Workshop) -> None:
    node = workshop.node("esp32", mean=True)
    count = rounds(10, 1)
    for _ in range(count):
        starts = node.starts
        node.control.power_cycle()
        eventually(lambda s=starts: node.starts > s)

        def counted() -> str:
            try:
                with node.session() as session:
                    return session.say("hurt counts")
            except (OSError, Trouble):
                return ""

        assert eventually(counted, "the node") == "[0, 0, 0, 0]"
    workshop.stop(node)
    print(f"power-ons with random bytes: {count}, taken for failures: 0")


@pytest.mark.parametrize("chip", ["esp32", "esp8266"])
def test_nothing_is_written_in_the_first_two_seconds_after_power_on(
    workshop: Workshop, chip: str
) -> None:
    with armed(workshop, chip) as node:
        node.set(powercycles="6", poweron="2:on; simple_0:last", boothook="light on")
        node.reset_by(lambda: node.send("reboot"))
        node.control.advance(20_000)  # what this start has to write is written
        node.hang_up()
        node.control.power_off()
        since = len(node.control.console())
        node.control.cut_power(1, "nothing")
        node.control.power_on()
        # The first write puts the light out. It comes: a short power-on is counted.
        passed = node.until(lambda: not node.control.state()["power"])
        assert node.control.state()["last_exit"] == "power lost"
        assert "ready at" in node.control.console()[since:]
        print(f"{chip}: flash writes in the first 2 s: 0, the first after {passed / 1000} s")
        assert passed > _QUIET
