"""A node's own shell over its cable: the same answers, also without any network.

One node for nearly all of it.
"""

import asyncio
import signal
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.boards import eventually
from tests.support.noise import BadCable
from tests.support.terminal import CTRL_C, CTRL_D, TAB
from tests.support.toolkit import VERSION, Toolkit
from toolkit.model.errors import PortError, RefusedError, ToolkitError, UsageError
from toolkit.model.vault import Vault
from toolkit.operations.cabled import node
from toolkit.operations.enter import Target
from toolkit.transport.cable import Bridge
from toolkit.transport.link import Link
from toolkit.virtual import fleet
from toolkit.virtual.engine import Engine

GONE = "the board on .* went away|there is no serial port"
TOLD = {signal.SIGINT: 0, signal.SIGTERM: 143, signal.SIGHUP: 129}
SPINS = """\
\"\"\"Top: turns for good.\"\"\"


def spin():
    \"\"\"Turn.\"\"\"
    while True:
        pass
"""
LINES = "version <a> conf <a> app <a> app kitchen <a> noconf <a> light rgb 1 2 3 >json"


@pytest.fixture(scope="module")
def lamp(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Toolkit]:
    """A toolkit and its node, which is called lamp."""
    kit = Toolkit(tmp_path_factory.mktemp("cabled") / "user data", engine)
    kit.ok("--make", "--virtual", "--yes", "--set", "devfid=lamp")
    yield kit
    kit("--virtual", "--stop")


def port(kit: Toolkit) -> str:
    (board,) = fleet.boards(kit.home / "virtual")
    return str(board.port)


def is_itself(kit: Toolkit) -> bool:
    """Whether the node serves in its network, and has been started for that alone."""
    return "\nreset: reset\n" in kit("-c", "-p", "--dev lamp status").stdout


def test_lines_are_answered_and_the_node_is_in_its_network_afterwards(lamp: Toolkit) -> None:
    known = (lamp.home / "device_conn_cache.json").read_bytes()
    said = lamp.ok("-u", "--virtual", "-p", LINES).splitlines()
    assert said[0] == VERSION
    assert said[2] == "Saved"
    assert '"b": 3' in said[-1]
    eventually(lambda: is_itself(lamp), "the node to be itself again")
    assert lamp.ok("-c", "-p", "--dev lamp conf <a> app").strip() == "kitchen"
    assert (lamp.home / "device_conn_cache.json").read_bytes() == known


def test_a_node_without_its_network_is_told_another_one(lamp: Toolkit) -> None:
    lamp.ok("-u", "--virtual", "-p", "conf <a> staessid nowhere")
    said = lamp.ok("-u", "--virtual", "-p", "status <a> conf <a> staessid virtual-wifi")
    assert "\naddress: \n" in said
    assert said.endswith("Saved\n")
    eventually(lambda: is_itself(lamp), "the node to be itself again")


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
    eventually(lambda: is_itself(lamp), "the node, whose password was read")


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
    eventually(lambda: is_itself(lamp), "the node to be itself again")


def test_a_command_that_brings_the_node_down_ends_no_shell_and_is_told_of(
    lamp: Toolkit, tmp_path: Path
) -> None:
    module = tmp_path / "LM_top.py"
    module.write_text(SPINS, encoding="utf-8")
    lamp.ok("-o", str(module), "--force", "-p", "--dev lamp")
    with lamp.terminal("-u", "--virtual", "--shell") as screen:
        screen.say("lamp $", "top spin")
        screen.expect("connected to lamp again")
        screen.say("lamp $", "log crash")
        screen.expect("command 'top spin'")
        screen.at("lamp $")
        screen.type(CTRL_D)
        assert screen.end() == 0
    crash = lamp.ok("-c", "-p", "--dev lamp log crash")
    assert "top spin" in crash


def test_every_byte_comes_through_both_ways(lamp: Toolkit, tmp_path: Path) -> None:
    content = bytes(range(256)) * 9 + bytes((2, 3, 27)) * 300
    (secret, *_) = Vault(lamp.home / "secrets.json").secrets(uid_of(lamp))

    async def there_and_back(bridge: Bridge) -> bytes:
        address, number = bridge.place
        async with Link(address, number, uid=uid_of(lamp), secret=secret) as link:
            await link.put("/bytes", content)
            return await link.get("/bytes")

    with Bridge(port(lamp)) as bridge:
        assert asyncio.run(there_and_back(bridge)) == content


def uid_of(kit: Toolkit) -> str:
    (board,) = fleet.boards(kit.home / "virtual")
    return board.mac.replace(":", "")


def test_who_hangs_up_in_the_middle_of_an_answer_costs_no_start(lamp: Toolkit) -> None:
    (secret, *_) = Vault(lamp.home / "secrets.json").secrets(uid_of(lamp))

    async def boot(bridge: Bridge) -> str:
        async with Link(*bridge.place, uid=uid_of(lamp), secret=secret) as link:
            return link.boot

    with Bridge(port(lamp)) as bridge:
        before = asyncio.run(boot(bridge))
        for _ in range(3):
            with socket.create_connection(bridge.place) as connection:
                connection.sendall(b"hello\n" * 40)
                assert connection.recv(10)
                linger = struct.pack("ii", 1, 0)  # it is reset, not closed
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        assert asyncio.run(boot(bridge)) == before


def test_the_service_outlives_a_conversation_that_the_node_has_ended(lamp: Toolkit) -> None:
    with Bridge(port(lamp)) as bridge:
        with socket.create_connection(bridge.place) as connection:
            connection.settimeout(60)
            while connection.recv(100):  # until 10 s without a password are over
                pass
        with socket.create_connection(bridge.place) as connection:
            connection.settimeout(60)
            assert connection.recv(100).endswith(b"lamp $ ")
        assert bridge.problem is None


def test_a_cable_that_is_pulled_is_one_sentence(lamp: Toolkit) -> None:
    with BadCable(port(lamp), 1) as cable, pytest.raises(ToolkitError, match=GONE):
        pulled(cable)
    eventually(lambda: lamp("-u", "--virtual", "-p", "version").returncode == 0, "the next one")


def pulled(cable: BadCable) -> None:
    with node(cable.port) as there:
        cable.pull()
        asyncio.run(version(there))


async def version(there: Target) -> str:
    async with Link(there.address, there.port) as link:
        return await link.run("version")


def test_the_smallest_chip_has_it_too(tmp_path: Path, engine: Engine) -> None:
    kit = Toolkit(tmp_path / "user data", engine)
    kit.ok("--make", "--virtual", "esp8266-1", "--yes", "--set", "devfid=leaf")
    try:
        said = kit.ok("-u", "--virtual", "esp8266-1", "-p", "version <a> status")
        assert said.startswith(f"{VERSION}\nname: leaf\n")
    finally:
        kit("--virtual", "--stop")


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
    eventually(lambda: is_itself(lamp), "the node to be itself again")


def test_a_board_without_a_node_is_told_as_such(tmp_path: Path, engine: Engine) -> None:
    kit = Toolkit(tmp_path / "user data", engine)
    try:
        blank = kit.refused(PortError.exit_code, "-u", "--virtual", "-p", "version")
        assert "--make" in blank
        kit.ok("-d", "--virtual", "--yes")
        bare = kit.refused(PortError.exit_code, "-u", "--virtual", "-p", "version")
        assert "has no node: --make puts one there" in bare
    finally:
        kit("--virtual", "--stop")
