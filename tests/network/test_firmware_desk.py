"""The toolkit gives real nodes firmware over the air, and tells what became of it."""

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest

from benchmarks.nodes import PASSWORD, Workshop
from tests.support.firmware_air import Still, firmware, in_partition, ota_workshop
from toolkit.model.errors import InputError, NodeError
from toolkit.model.node import Node
from toolkit.model.outcome import Outcome, Verdict
from toolkit.model.progress import Progress
from toolkit.model.vault import Secret, derive
from toolkit.operations import firmware as work
from toolkit.operations.push import Limits
from toolkit.transport.link import Link
from toolkit.virtual import fleet, image
from toolkit.virtual.engine import Engine

__all__ = ["ota_workshop"]
Result = TypeVar("Result")
_STEP = 50  # ms of board time
_ROUNDS = 400  # of a node that was given a password, and no key


class Desk:
    """A toolkit beside one node, whose time passes while the toolkit works."""

    def __init__(self, still: Still, folder: Path, engine: Engine) -> None:
        self.still = still
        self.engine = engine
        self.uid = still.node.board.mac.replace(":", "")
        self.node = Node(self.uid, "node01", still.node.address)
        self.told: list[Progress] = []
        self.dials = 0
        self.broken: Callable[[Link], None] | None = None
        self._folder = folder
        self._secret = Secret(PASSWORD, derive(PASSWORD, self.uid, _ROUNDS).hex(), _ROUNDS)

    def dial(self, node: Node) -> AbstractAsyncContextManager[Any]:
        """A connection, which `broken` may have prepared."""
        self.dials += 1
        link = Link(node.address, node.port, uid=node.uid, secret=self._secret)
        if self.broken:
            self.broken(link)
        return link

    def give(self, data: bytes, name: str = "new.app-bin") -> Outcome:
        """What became of it."""
        path = self._folder / name
        path.write_bytes(data)
        return self.follow(work.ota(self.dial, self.node, path))

    def follow(self, steps: Generator[Progress, None, Result]) -> Result:
        """What the work returns; what it tells is kept."""

        def run() -> Result:
            while True:
                try:
                    self.told.append(next(steps))
                except StopIteration as end:
                    return cast(Result, end.value)

        with ThreadPoolExecutor(1) as pool:
            job = pool.submit(run)
            while not job.done():
                self.still.control.advance(_STEP)
            return job.result()

    def stages(self) -> list[str]:
        """What it told, each once."""
        return list(dict.fromkeys(it.stage for it in self.told))


@pytest.fixture
def desk(ota_workshop: Workshop, tmp_path: Path) -> Iterator[Desk]:
    """A desk and a node of its own."""
    node = ota_workshop.node()
    yield Desk(Still(node), tmp_path, ota_workshop.engine)
    ota_workshop.stop(node)


def test_firmware_is_sent_started_and_confirmed(desk: Desk) -> None:
    data = firmware(40 * 4096 + 1400, seed=b"desk")
    outcome = desk.give(data)
    assert (outcome.verdict, outcome.note) == (Verdict.UPDATED, "firmware in ota_1")
    assert outcome.sent == len(data)
    assert desk.stages() == ["send", "check", "restart", "confirm"]
    assert in_partition(desk.still.node, len(data)) == data
    desk.still.reset()
    assert desk.still.runs == "ota_1"


def test_a_connection_that_is_cut_goes_on_where_it_was(desk: Desk) -> None:
    data = firmware(100 * 4096, seed=b"cut")
    puts = 0

    def broken(link: Link) -> None:
        send = link.send

        async def cut(op: str, source: bytes, /, **given: Any) -> Any:
            nonlocal puts
            puts += given.get("do") == "put"
            if puts == 2:
                puts += 1
                await link.close()
                raise NodeError("the cable is out")
            return await send(op, source, **given)

        link.send = cut  # type: ignore[method-assign, assignment]

    desk.broken = broken
    outcome = desk.give(data)
    assert outcome.verdict == Verdict.UPDATED, outcome
    assert outcome.sent == len(data)  # nothing twice


def test_firmware_that_goes_down_is_told_as_rolled_back(desk: Desk) -> None:
    starts = desk.still.node.starts
    data = firmware(8192, seed=b"down")
    with fleet.control(desk.still.node.board) as control:

        def broken(_: Link) -> None:
            if control.state()["boots"] == starts + 1:
                control.press_reset()  # as a crash of the new firmware would

        desk.broken = broken
        outcome = desk.give(data)
    assert outcome.verdict == Verdict.ROLLED_BACK
    assert outcome.note == "it did not start, or did not stay up"
    assert desk.still.runs == "ota_0"


def test_a_trial_that_a_desk_has_left_is_confirmed_by_the_next_and_then_nothing_is_sent(
    desk: Desk,
) -> None:
    data = firmware(5 * 4096 + 1400, seed=b"left")
    desk.still.commit(data)
    outcome = desk.give(data)
    assert (outcome.verdict, outcome.note) == (Verdict.UPDATED, "firmware in ota_1"), outcome
    assert (outcome.sent, desk.stages()) == (0, ["confirm"])
    desk.still.reset()
    assert desk.still.runs == "ota_1"
    outcome = desk.give(data)
    assert (outcome.verdict, outcome.note) == (Verdict.UNCHANGED, "firmware in ota_1")
    assert outcome.sent == 0


def test_what_is_no_firmware_for_the_node_is_not_sent(desk: Desk) -> None:
    good = firmware(8192)
    torn = good[:60] + b"?" + good[61:]
    for data, sentence in (
        (firmware(8192, "esp32c3"), "is made for ESP32-C3, and the board is esp32"),
        (torn, "is damaged"),
        (b"hello", "is not a firmware image"),
        (image.ota_firmware("esp32"), "is firmware for the cable"),
    ):
        with pytest.raises(InputError, match=sentence):
            desk.give(data)
    assert in_partition(desk.still.node, 4096) == b"\xff" * 4096
    with pytest.raises(InputError, match="cannot read the firmware"):
        work.read(Path("/no/such/file"))


def test_what_a_node_refuses_is_its_outcome(desk: Desk) -> None:
    desk.still.commit(firmware(8192, seed=b"other"))
    outcome = desk.give(firmware(8192, seed=b"late"))
    assert outcome.verdict == Verdict.REFUSED
    assert "firmware is on trial" in outcome.note


def test_many_nodes_get_it_and_each_has_its_verdict(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    path = tmp_path / "all.app-bin"
    path.write_bytes(firmware(8192, seed=b"all"))
    with Workshop(tmp_path_factory.mktemp("plain") / "virtual", desk.engine) as plain:
        other = Desk(Still(plain.node()), tmp_path, desk.engine)
        other.still.control.clock("real")

        def dial(node: Node) -> AbstractAsyncContextManager[Any]:
            return (desk if node is desk.node else other).dial(node)

        done = desk.follow(work.push(dial, [other.node, desk.node], (), Limits(canary=0), path))
    notes = [(it.verdict, it.note) for it in done.outcomes]
    assert notes[1] == (Verdict.UPDATED, "firmware in ota_1")
    assert notes[0][0] == Verdict.REFUSED
    assert "the flash has no second partition for firmware" in notes[0][1]
