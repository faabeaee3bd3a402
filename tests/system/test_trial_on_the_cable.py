"""A release on trial, and a cable: reading ends no trial, what would is refused, or said so.

And the node on a cable is not given anything over the air meanwhile. One node for all of it.
"""

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.boards import eventually
from tests.support.firmware_air import firmware
from tests.support.reference import ReferenceDesk
from tests.support.running import Running
from tests.support.toolkit import VERSION, Toolkit
from toolkit.model.errors import PortError, RefusedError
from toolkit.transport import holding
from toolkit.virtual import fleet, image
from toolkit.virtual.engine import Engine

READS = (("-b",), ("-ls",), ("-v",), ("-l",))


@pytest.fixture(scope="module")
def lamp(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Toolkit]:
    """A toolkit and its node, which is called lamp."""
    kit = Toolkit(tmp_path_factory.mktemp("on trial") / "user data", engine)
    kit.ok("--make", "--virtual", "--yes", "--set", "devfid=lamp")
    yield kit
    kit("--virtual", "--stop")


def state(kit: Toolkit) -> dict[str, Any]:
    """What the node says of its releases, once it serves."""

    async def talk() -> dict[str, Any]:
        async with ReferenceDesk(board(kit).address, password=password) as desk:
            return await desk.ok("update", step="status")

    def asked() -> dict[str, Any] | None:
        try:
            return asyncio.run(talk())
        except (OSError, EOFError):
            return None  # it is starting

    secrets = json.loads((kit.home / "secrets.json").read_text("utf-8"))
    password = secrets[board(kit).mac]["appwd"]
    return eventually(asked, "the node to serve")


def board(kit: Toolkit) -> fleet.VirtualBoard:
    return fleet.boards(kit.home / "virtual")[0]


@pytest.fixture
def trial(lamp: Toolkit) -> Toolkit:
    """The same, with a release on trial that waits to be confirmed."""
    if not state(lamp)["trial"]:
        with Running(lamp.environment, "-o", "--force", "-p", "--dev lamp") as it:
            it.until("  confirm ")
            it.send(signal.SIGINT)
            assert it.end() == 130
    assert state(lamp)["trial"]["tries"] == 1
    return lamp


def test_a_node_serves_when_an_update_by_cable_that_changed_nothing_ends(lamp: Toolkit) -> None:
    done = lamp("-r", "--virtual")
    assert done.stdout == f"lamp: unchanged, {VERSION}\n", done.stderr
    assert "start      done (lamp at 127." in done.stderr
    assert lamp.ok("-c", "-p", "--dev lamp hello").startswith("hello:lamp:")


@pytest.mark.parametrize("reading", READS, ids=lambda it: it[0])
def test_whoever_reads_a_board_by_cable_takes_no_start_from_a_trial(
    trial: Toolkit, reading: tuple[str, ...]
) -> None:
    trial.ok(*reading, "--virtual")
    now = state(trial)["trial"]
    assert (now["slot"], now["tries"]) == ("b", 1)


def test_a_prompt_of_a_board_takes_no_start_from_a_trial(trial: Toolkit) -> None:
    with trial.terminal("-u", "--virtual") as screen:
        screen.expect(">>>")
        screen.type("\x04")
        assert screen.end() == 0
    assert state(trial)["trial"]["tries"] == 1


@pytest.mark.parametrize(
    "action", [("-r",), ("-i", "--yes"), ("--selfcheck", "--yes"), ("--restore", "lamp")]
)
def test_what_needs_the_place_of_a_release_on_trial_is_refused(
    trial: Toolkit, action: tuple[str, ...]
) -> None:
    if action[0] == "--restore":
        trial.ok("-b", "--virtual")
    sentence = trial.refused(RefusedError.exit_code, *action, "--virtual")
    assert sentence.startswith(f"release {VERSION} is on trial on lamp, and goes back by itself")
    assert "-o -p '--dev lamp' confirms it" in sentence
    assert ("--force puts another in its place" in sentence) == (action[0] != "--selfcheck")
    assert state(trial)["trial"]["tries"] == 1


def test_firmware_on_trial_is_not_taken_back_for_a_look_by_cable(
    lamp: Toolkit, tmp_path: Path
) -> None:
    whole, new = tmp_path / "virtual-ota.bin", tmp_path / "new.app-bin"
    whole.write_bytes(image.ota_firmware("esp32"))
    new.write_bytes(firmware(20_000))
    given = ("--virtual", "esp32-2", "--yes", "--set", "devfid=porch", "--firmware", str(whole))
    lamp.ok("--make", *given)
    with Running(lamp.environment, "-o", "--firmware", str(new), "-p", "--dev porch") as it:
        it.until("  confirm ")
        it.send(signal.SIGINT)
        assert it.end() == 130
    lamp.ok("-v", "--virtual", "esp32-2")
    for action in (("-l",), ("-r",)):
        sentence = lamp.refused(RefusedError.exit_code, *action, "--virtual", "esp32-2")
        assert sentence.startswith("firmware is on trial on porch, and goes back by itself")
    told = eventually(lambda: lamp("-c", "-p", "--dev porch status").stdout, "the node to serve")
    assert "firmware in ota_1 is on trial for" in told
    lamp.ok("--virtual", "esp32-2", "--stop")


def test_by_force_another_takes_the_place_of_a_release_on_trial(trial: Toolkit) -> None:
    trial.ok("-i", "--virtual", "--yes", "--force")
    now = state(trial)
    assert (now["trial"], now["failed"], now["slot"]) == (None, None, "b")


def test_while_a_node_is_treated_over_the_air_its_cable_is_left_alone(lamp: Toolkit) -> None:
    with holding.in_the_air(board(lamp).mac, "lamp", lamp.home / "ports"):
        for action in (("-r",), ("-i", "--yes"), ("-m", "--yes")):
            sentence = lamp.refused(PortError.exit_code, *action, "--virtual")
            assert "is just given something, over the air or another cable, by another" in sentence
            assert f"toolkit (process {os.getpid()})" in sentence
            assert sentence.endswith("nothing was changed")
        lamp.ok("-o", "--set", "soctout=99", "-p", "--dev lamp")  # by air several may


def test_while_a_node_is_treated_over_its_cable_nothing_comes_over_the_air(lamp: Toolkit) -> None:
    with holding.on_the_cable(board(lamp).mac, "lamp", lamp.home / "ports"):
        for action in (("-o",), ("-o", "--set", "soctout=98")):
            sentence = lamp.refused(PortError.exit_code, *action, "-p", "--dev lamp")
            assert sentence.startswith("lamp is just worked on over its cable by another toolkit")
        done = lamp("--push", "--set", "soctout=98", "--json")
        assert done.returncode == 12
        assert json.loads(done.stdout)[0]["verdict"] == "refused"
    assert "99" in lamp.ok("-c", "-p", "--dev lamp conf <a> soctout")
    assert not list((lamp.home / "ports").iterdir())
