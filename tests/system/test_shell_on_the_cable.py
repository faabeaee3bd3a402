"""A node's own shell over its cable: the same answers, without any network.

One node for all of it, which has no Wi-Fi.
"""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.boards import eventually
from tests.support.noise import BadCable
from tests.support.terminal import CTRL_C, CTRL_D, TAB
from tests.support.toolkit import VERSION, Toolkit
from toolkit.model.errors import InputError, NodeError, PortError, RefusedError, UsageError
from toolkit.model.vault import Vault
from toolkit.transport.cable import Bridge
from toolkit.transport.link import Link
from toolkit.virtual import fleet
from toolkit.virtual.engine import Engine

TOLD = {signal.SIGINT: 0, signal.SIGTERM: 143, signal.SIGHUP: 129}
LINES = "version <a> conf <a> app <a> app kitchen <a> noconf <a> light rgb 1 2 3 >json"


@pytest.fixture(scope="module")
def lamp(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Toolkit]:
    """A toolkit and its node, which is called lamp; the network it looks for is not there."""
    kit = Toolkit(tmp_path_factory.mktemp("cabled") / "user data", engine)
    kit.ok("--make", "--virtual", "--yes", "--set", "devfid=lamp")
    yield kit
    kit("--virtual", "--stop")


def port(kit: Toolkit) -> str:
    (board,) = fleet.boards(kit.home / "virtual")
    return str(board.port)


def serves(kit: Toolkit) -> bool:
    return kit("-c", "-p", "--dev lamp hello").stdout.startswith("hello:lamp:")


def test_lines_are_answered_and_the_node_is_in_its_network_afterwards(lamp: Toolkit) -> None:
    known = (lamp.home / "device_conn_cache.json").read_bytes()
    said = lamp.ok("-u", "--virtual", "-p", LINES).splitlines()
    assert said[0] == VERSION
    assert said[2] == "Saved"
    assert '"b": 3' in said[-1]
    eventually(lambda: serves(lamp), "the node to be in its network again")
    assert lamp.ok("-c", "-p", "--dev lamp conf <a> app").strip() == "kitchen"
    assert (lamp.home / "device_conn_cache.json").read_bytes() == known


def test_what_is_refused_is_one_sentence(lamp: Toolkit) -> None:
    sentence = lamp.refused(RefusedError.exit_code, "-u", "--virtual", "-p", "nosuch thing")
    assert sentence.startswith("lamp: refused: ")
    sentence = lamp.refused(UsageError.exit_code, "-u", "--virtual", "-p", "--dev lamp version")
    assert "leave --dev lamp out" in sentence
    assert "no terminal" in lamp.refused(UsageError.exit_code, "-u", "--virtual", "--shell")
    assert lamp.refused(UsageError.exit_code, "--shell", "-c")


def test_a_password_is_not_asked_for(lamp: Toolkit) -> None:
    (lamp.home / "secrets.json").rename(lamp.home / "kept.json")
    assert lamp.ok("-u", "--virtual", "-p", "version").strip() == VERSION
    eventually(lambda: serves(lamp), "the node, whose password was read")


def test_a_person_has_the_shell_as_over_the_network_also_after_a_restart(lamp: Toolkit) -> None:
    with lamp.terminal("-u", "--virtual", "--shell") as screen:
        screen.at("lamp $")
        screen.type("light rg" + TAB)
        screen.expect("light rgb [r: int")  # what the node's manual tells of it
        screen.type(" 1 2 4\r")
        screen.expect("b: 4")
        screen.say("lamp $", "reboot")
        screen.expect("connected to lamp again")
        screen.expect("the node had started again")
        screen.say("lamp $", "conf")
        screen.at("[configure] lamp $")
        screen.type(CTRL_D)
        assert screen.end() == 0
    eventually(lambda: serves(lamp), "the node to be in its network again")


def test_every_byte_comes_through_both_ways(lamp: Toolkit, tmp_path: Path) -> None:
    content = bytes(range(256)) * 9 + bytes((2, 3, 27)) * 300
    (secret,) = [Vault(lamp.home / "secrets.json").secrets(uid) for uid in [uid_of(lamp)]]

    async def there_and_back(bridge: Bridge) -> bytes:
        address, number = bridge.place
        async with Link(address, number, uid=uid_of(lamp), secret=secret[0]) as link:
            await link.put("/bytes", content)
            return await link.get("/bytes")

    with Bridge(port(lamp)) as bridge:
        assert asyncio.run(there_and_back(bridge)) == content


def uid_of(kit: Toolkit) -> str:
    (board,) = fleet.boards(kit.home / "virtual")
    return board.mac.replace(":", "")


def test_a_cable_that_is_pulled_is_one_sentence(lamp: Toolkit) -> None:
    with pytest.raises((NodeError, PortError)), BadCable(port(lamp), 1) as cable:
        pulled(cable)
    eventually(lambda: lamp("-u", "--virtual", "-p", "version").returncode == 0, "the next one")


def pulled(cable: BadCable) -> None:
    async def conversation(bridge: Bridge) -> None:
        async with Link(*bridge.place) as link:
            cable.pull()
            await link.run("version")

    with Bridge(cable.port) as bridge:
        asyncio.run(conversation(bridge))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_a_node_that_serves(lamp: Toolkit, number: signal.Signals) -> None:
    with lamp.terminal("-u", "--virtual", "--shell") as screen:
        screen.at("lamp $")
        if number is signal.SIGINT:
            screen.type(CTRL_C + CTRL_D)
        elif number is signal.SIGHUP:
            screen.hang_up()
        else:
            screen.process.send_signal(number)
        assert screen.process.wait(60) == TOLD[number]
    eventually(lambda: serves(lamp), "the node to be in its network again")


def test_a_board_without_a_node_is_told_as_such(tmp_path: Path, engine: Engine) -> None:
    kit = Toolkit(tmp_path / "user data", engine)
    try:
        blank = kit.refused(PortError.exit_code, "-u", "--virtual", "-p", "version")
        assert "--make" in blank
        kit.ok("-d", "--virtual", "--yes")
        bare = kit.refused(InputError.exit_code, "-u", "--virtual", "-p", "version")
        assert "has no node: --make puts one there" in bare
    finally:
        kit("--virtual", "--stop")
