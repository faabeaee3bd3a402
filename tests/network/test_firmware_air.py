"""Firmware over the air, with real nodes on virtual boards that have two partitions for it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from benchmarks.nodes import Node, Workshop
from tests.support.boards import eventually
from tests.support.firmware_air import (
    ROOM,
    Air,
    Still,
    firmware,
    in_partition,
    ota_workshop,
    returned,
)
from tests.support.reference import RefusedError
from tests.support.sweep import chosen
from toolkit.virtual.flash import TEARS

__all__ = ["ota_workshop"]

Talk = Callable[[Air], Awaitable[Any]]


@pytest.fixture(scope="module")
def shared(ota_workshop: Workshop) -> Node:
    """One node for all that leaves a node as it was."""
    return ota_workshop.node()


def on(node: Node, talk: Talk) -> Any:
    """Talk to a node on a connection of its own."""

    async def work() -> Any:
        async with Air(node) as desk:
            return await talk(desk)

    return asyncio.run(work())


def refused(node: Node, talk: Talk) -> str:
    """Why it does not do that."""
    with pytest.raises(RefusedError) as caught:
        on(node, talk)
    return str(caught.value.line["text"])


@pytest.mark.parametrize("rest", [0, 1, 16, 1400, 4095])
def test_an_image_of_any_size_lies_in_the_partition_as_it_was_sent(shared: Node, rest: int) -> None:
    data = firmware(3 * 4096 + rest, seed=b"%d" % rest)
    on(shared, lambda desk: desk.bring(data))
    padded = in_partition(shared, 4 * 4096)
    assert padded[: len(data)] == data
    assert set(padded[len(data) : -(-len(data) // 4096) * 4096]) <= {255}


def test_what_comes_twice_or_leaves_a_gap_is_refused(shared: Node) -> None:
    data = firmware(5 * 4096 + 7, seed=b"gaps")

    async def talk(desk: Air) -> list[str]:
        said: list[str] = []
        assert (await desk.begin(data))["from"] == 0
        assert await desk.put(data, 0, 8192) == {"from": 8192}
        for start, end in ((0, 4096), (4096, 8192), (12288, 16384), (8193, 12289), (8192, 9000)):
            with pytest.raises(RefusedError) as caught:
                await desk.put(data, start, end)
            said.append(caught.value.line["text"])
        with pytest.raises(RefusedError) as caught:
            await desk.do("verify", data)
        said.append(caught.value.line["text"])
        assert await desk.put(data, 8192) == {"from": len(data)}
        await desk.do("verify", data)
        return said

    said = on(shared, talk)
    assert said[:4] == [
        f"expected it to go on at 8192, got {start}" for start in (0, 4096, 12288, 8193)
    ]
    assert "whole blocks" in said[4]
    assert said[5] == "12295 of 20487 bytes are missing: send them"


def test_a_chunk_that_comes_twice_or_too_late_ends_its_put_and_no_more(shared: Node) -> None:
    data = firmware(3 * 4096, seed=b"chunks")

    async def talk(desk: Air) -> None:
        await desk.begin(data)
        for wrong in (0, 2048):
            given = {"step": "firmware", "do": "put", "digest": desk.digest(data), "from": 0}
            request = await desk.ask("update", size=len(data), **given)
            for at in (0, wrong):
                head = {"id": request, "at": at, "size": 1024}
                await desk.wire.send(head, data[at : at + 1024])
            with pytest.raises(RefusedError, match="expected a chunk at 1024"):
                await desk.answer(request)
        assert (await desk.begin(data))["from"] == 0
        await desk.put(data)
        await desk.do("verify", data)

    on(shared, talk)


def test_what_is_there_already_is_not_sent_again(shared: Node) -> None:
    data = firmware(6 * 4096 + 100, seed=b"again")
    other = data[: 3 * 4096] + firmware(3 * 4096 + 100, seed=b"differs")

    async def talk(desk: Air) -> list[int]:
        await desk.begin(data)
        await desk.put(data, 0, 4 * 4096)
        whole = [(await desk.begin(data))["from"], (await desk.begin(other))["from"]]
        with pytest.raises(RefusedError, match="begin again"):
            await desk.put(data, 4 * 4096)
        await desk.bring(data)
        return [*whole, (await desk.begin(data))["from"]]

    assert on(shared, talk) == [4 * 4096, 3 * 4096, len(data)]


def test_after_a_reset_in_the_middle_it_goes_on_where_it_was(ota_workshop: Workshop) -> None:
    node = ota_workshop.node()
    data = firmware(8 * 4096 + 1400, seed=b"reset")

    async def half(desk: Air) -> None:
        await desk.begin(data)
        given = {"step": "firmware", "do": "put", "digest": desk.digest(data), "from": 0}
        request = await desk.ask("update", size=len(data), **given)
        for at in range(0, 5 * 4096 + 2048, 1024):
            await desk.wire.send({"id": request, "at": at, "size": 1024}, data[at : at + 1024])

    on(node, half)
    eventually(lambda: in_partition(node, 5 * 4096) == data[: 5 * 4096], "five blocks")
    starts = node.starts
    node.control.press_reset()
    returned(node, starts)

    async def rest(desk: Air) -> int:
        with pytest.raises(RefusedError, match="begin again"):
            await desk.put(data, 5 * 4096)
        begun = await desk.begin(data)
        await desk.put(data, begun["from"])
        await desk.do("verify", data)
        return int(begun["from"])

    assert on(node, rest) == 5 * 4096
    assert in_partition(node, len(data)) == data
    ota_workshop.stop(node)


def test_nothing_is_sent_of_what_cannot_start_here(shared: Node) -> None:
    data = firmware(2 * 4096)
    c3 = firmware(2 * 4096, "esp32c3")
    assert "chip of number 0, which runs here, got one for 5" in refused(
        shared, lambda desk: desk.begin(c3)
    )
    assert "begins with e9" in refused(shared, lambda desk: desk.begin(b"hello" * 1000))
    assert "first 24 bytes" in refused(shared, lambda desk: desk.begin(data, head="zz"))
    assert "begins with e9" in refused(shared, lambda desk: desk.begin(data, head="e9"))
    assert "size of an image" in refused(shared, lambda desk: desk.begin(data, image=True))
    assert "SHA-256 of the image" in refused(shared, lambda desk: desk.begin(data, digest=7))
    assert "8 bytes for each block" in refused(shared, lambda desk: desk.begin(data, image=1 << 14))
    assert "to do begin, commit" in refused(shared, lambda desk: desk.do("format"))
    assert "begin again" in refused(shared, lambda desk: desk.do("commit", b"never seen"))


def test_what_is_too_large_for_its_partition_is_refused(shared: Node) -> None:
    data = firmware(ROOM + 1)
    said = refused(shared, lambda desk: desk.begin(data))
    assert said == f"the firmware has {ROOM + 1} bytes, and its partition only {ROOM}"


def test_what_arrives_torn_does_not_start(shared: Node) -> None:
    data = firmware(2 * 4096 + 5, seed=b"told")
    torn = data[:5000] + b"?" + data[5001:]

    async def talk(desk: Air) -> None:
        await desk.begin(data)
        await desk.put(torn, digest=desk.digest(data))
        with pytest.raises(RefusedError, match="another SHA-256 than was told"):
            await desk.do("verify", data)
        with pytest.raises(RefusedError, match="begin again"):
            await desk.do("commit", data)
        assert (await desk.begin(data))["from"] == 4096
        await desk.put(data, 4096)
        with pytest.raises(RefusedError, match="verified before"):
            await desk.do("commit", data)

    on(shared, talk)
    assert shared.control.state()["firmware"] == "ota_0"


def test_what_the_chip_itself_finds_broken_changes_nothing(shared: Node) -> None:
    data = bytearray(firmware(2 * 4096, seed=b"broken"))
    data[40] ^= 1  # in its first segment: the whole is as it was sent, and yet no firmware
    whole = bytes(data)

    async def talk(desk: Air) -> Any:
        await desk.bring(whole)
        with pytest.raises(RefusedError, match="ESP_ERR_OTA_VALIDATE_FAILED"):
            await desk.do("commit", whole)
        return await desk.do("status")

    assert on(shared, talk)["trial"] is None
    starts = shared.starts
    shared.control.press_reset()
    returned(shared, starts)
    assert shared.control.state()["firmware"] == "ota_0"


def test_a_board_without_a_second_partition_says_so(
    tmp_path_factory: pytest.TempPathFactory, ota_workshop: Workshop
) -> None:
    where = tmp_path_factory.mktemp("plain") / "virtual"
    with Workshop(where, ota_workshop.engine) as plain:
        node = plain.node()
        said = refused(node, lambda desk: desk.begin(firmware(8192)))
        assert said.startswith("the flash has no second partition for firmware")
        assert on(node, lambda desk: desk.do("status"))["room"] == 0


@pytest.fixture
def still(ota_workshop: Workshop) -> Iterator[Still]:
    """A node of its own, whose clock the test moves."""
    node = ota_workshop.node()
    yield Still(node)
    ota_workshop.stop(node)


def test_firmware_that_is_confirmed_stays(still: Still) -> None:
    data = firmware(2 * 4096 + 16, seed=b"good")
    still.commit(data)
    assert still.runs == "ota_1"

    async def judge(desk: Air) -> float:
        status = await desk.do("status")
        assert status["partition"] == "ota_1"
        assert 0 < status["trial"]["left"] <= 600
        with pytest.raises(RefusedError, match="expected partition 'ota_1', which runs"):
            await desk.do("confirm", partition="ota_0")
        with pytest.raises(RefusedError) as early:
            await desk.do("confirm", partition="ota_1")
        with pytest.raises(RefusedError, match="firmware is on trial"):
            await desk.begin(data)
        assert await desk.do("commit", data) == "already so"
        return float(early.value.line["wait"])

    assert still.on(lambda desk: desk.do("runs", data, image=len(data))) is True
    for size in (len(data) - 1, len(data) + 1, 0, 1 << 30, "all", None):
        assert still.ask("runs", digest=Air.digest(data), image=size) is False
    assert still.ask("runs", digest=Air.digest(b"other"), image=len(data)) is False
    left = still.on(judge)
    assert 0 < left <= 60
    assert "firmware in ota_1 is on trial" in still.say("status")
    still.wait(int(left) + 5)
    assert still.ask("confirm", partition="ota_1") == "confirmed"
    assert still.ask("confirm", partition="ota_1") == "already so"
    assert "on trial" not in still.say("status")
    still.wait(660)
    still.reset()
    assert still.runs == "ota_1"
    assert still.ask("status")["trial"] is None
    assert "failed" not in still.say("status")


def test_firmware_that_nobody_confirms_is_left_after_ten_minutes(still: Still) -> None:
    still.commit(firmware(8192, seed=b"silent"))
    before = still.node.starts
    seconds = still.until(lambda: still.node.starts > before, 1000)
    assert 590 <= seconds <= 620
    still.started(before)
    assert still.runs == "ota_0"
    assert "the new firmware failed and was left: no confirm came" in still.say("status")
    assert still.ask("status")["reason"] == "no confirm came"
    second = firmware(8192, seed=b"better")
    still.commit(second)
    assert still.runs == "ota_1"
    still.wait(65)
    assert still.ask("confirm", partition="ota_1") == "confirmed"
    assert still.ask("status")["reason"] is None


@pytest.mark.parametrize("end", ["reset", "crash", "power"])
def test_firmware_that_does_not_stay_up_is_left_at_once(still: Still, end: str) -> None:
    still.commit(firmware(8192, seed=b"weak"))
    before = still.node.starts
    {
        "reset": still.control.press_reset,
        "crash": still.control.crash,
        "power": still.control.power_cycle,
    }[end]()
    still.started(before)
    assert still.runs == "ota_0"
    assert "it did not start, or did not stay up" in still.say("status")
    still.wait(700)
    assert still.node.starts == before + 1  # nothing of the trial is left to end


def test_firmware_can_be_turned_back_by_hand(still: Still) -> None:
    still.commit(firmware(8192, seed=b"unloved"))
    before = still.node.starts
    assert str(still.on(lambda desk: desk.ok("update", step="back"))).startswith("back to")
    still.started(before)
    assert still.runs == "ota_0"
    assert "it was turned back by hand" in still.say("status")


def test_firmware_and_release_are_never_on_trial_together(still: Still) -> None:
    still.commit(firmware(8192, seed=b"first"))

    async def release(desk: Air) -> None:
        for step in ("begin", "confirm"):
            given = {"size": 2, "sha256": "0"} if step == "begin" else {"release": [0, 0, 0, 0]}
            with pytest.raises(RefusedError, match=r"firmware is on trial|expected release"):
                await desk.ok("update", step=step, **given)
        assert (await desk.ok("update", step="status"))["trial"] is None

    still.on(release)


def test_a_board_whose_power_is_cut_around_its_first_start_serves_again(
    ota_workshop: Workshop,
) -> None:
    cases = [(after, tear) for after in range(1, 8) for tear in TEARS[:2]]
    found: Counter[str] = Counter()
    for after, tear in chosen(cases, 3, 5):
        node = ota_workshop.node()
        still = Still(node)
        data = firmware(2 * 4096, seed=b"cut")
        still.on(lambda desk, data=data: desk.bring(data))
        before = node.starts
        still.control.cut_power(after, tear)
        with suppress(Exception):  # the power may go in the middle of the answer
            still.on(lambda desk, data=data: desk.do("commit", data))
        for _ in range(60):  # half a minute is more than it needs to restart
            if still.control.state()["power"]:
                still.control.advance(500)
        still.control.cut_power(1 << 30)  # what has not struck by now never will
        still.control.power_on()
        still.started(before)
        status = still.ask("status")
        assert status["partition"] == still.runs
        assert (status["trial"] is not None) == (still.runs == "ota_1")
        found[f"{still.runs}, {'on trial' if status['trial'] else status['reason']}"] += 1
        if status["trial"] is None:
            still.commit(data)
        assert still.runs == "ota_1"
        ota_workshop.stop(node)
    print(f"power cuts on a board: {sum(found.values())}, {dict(found)}, bricked: 0")
