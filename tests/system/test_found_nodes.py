"""Real nodes on virtual boards are asked over UDP, and say themselves that they are there."""

import json
import shutil
import socket
from collections.abc import Generator
from contextlib import contextmanager

from tests.support.boards import eventually
from tests.support.toolkit import VERSION, Toolkit
from toolkit.model.beacon import PROBE, Beacon, parse
from toolkit.model.node import PORT
from toolkit.virtual import fleet
from toolkit.virtual.engine import Engine
from toolkit.virtual.fleet import VirtualBoard

BOARDS = 4


@contextmanager
def ear(address: str, port: int = 0) -> Generator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((address, port))
        sock.settimeout(2)
        yield sock


def gateway(board: VirtualBoard) -> str:
    """Where the broadcasts of virtual boards come to."""
    return board.address.rpartition(".")[0] + ".1"


def asked(board: VirtualBoard) -> Beacon | None:
    """What a node says of itself, None when it does not within two seconds."""
    with ear("127.0.0.1") as sock:
        sock.sendto(PROBE, (board.address, PORT))
        try:
            data, source = sock.recvfrom(4096)
        except TimeoutError:
            return None
    assert source == (board.address, PORT)
    assert len(data) <= 2 * len(PROBE)
    return parse(data)


def announced(sock: socket.socket, board: VirtualBoard) -> Beacon | None:
    """The next announcement, when it is that board's."""
    try:
        data, source = sock.recvfrom(4096)
    except TimeoutError:
        return None
    return parse(data) if source == (board.address, PORT) else None


def test_a_search_lists_what_nodes_say_of_themselves(toolkit: Toolkit, engine: Engine) -> None:
    toolkit.ok("--make", "--virtual", "--yes", "--set", "app=lamp")
    home = toolkit.home / "virtual"
    for number in range(1, BOARDS):
        (home / f"more-{number}").mkdir()
        shutil.copy(home / "esp32-1" / "flash.bin", home / f"more-{number}")
    fleet.start(home, engine, name="more", count=BOARDS - 1, mean=True)
    boards = fleet.boards(home)
    for board in boards:
        eventually(lambda it=board: asked(it), f"the answer of {board.name}")
    done = toolkit("-s", "--json")
    rows = {row["uid"]: row for row in json.loads(done.stdout)}
    assert set(rows) == {board.mac for board in boards}
    assert f"several nodes are called node01: {boards[0].mac} at" in done.stderr
    assert rows[boards[0].mac] == {
        "uid": boards[0].mac,
        "name": "node01",
        "address": boards[0].address,
        "version": VERSION,
        "board": "esp32",
        "app": "lamp",
        "system": "ours",
        "unclaimed": False,
        "unproved": False,
    }
    assert {(row["board"], row["unproved"]) for row in rows.values()} == {("esp32", False)}


def test_a_node_is_found_wherever_it_is_and_says_so(toolkit: Toolkit) -> None:
    toolkit.ok("--make", "--virtual", "--yes")
    (board,) = fleet.boards(toolkit.home / "virtual")
    control = fleet.control(board)
    usual = [{"ssid": "virtual-wifi", "password": "virtual-wifi"}]
    with ear(gateway(board), PORT) as sock:
        control.press_reset()
        told = eventually(lambda: announced(sock, board), "the announcement at the start")
        assert (told.uid, told.name, told.board) == (board.mac, "node01", "esp32")
        control.networks([])
        eventually(lambda: announced(sock, board), "the announcement in its own network")
        assert eventually(lambda: asked(board), "the answer there") == told
        control.networks(usual)
        eventually(lambda: control.state()["station"], "the network again")
        eventually(lambda: announced(sock, board), "the announcement when it is back")
        assert eventually(lambda: asked(board), "the answer when it is back") == told
        for noise in (b"", b"x" * 4000, PROBE[:-1], PROBE.upper()):
            sock.sendto(noise, (board.address, PORT))
        assert asked(board) == told
    control.close()


def test_a_node_that_is_served_at_another_port_is_found(toolkit: Toolkit) -> None:
    toolkit.ok("--make", "--virtual", "--yes")
    toolkit.ok("-c", "-p", "--dev node01 conf <a> socport 9010 <a> noconf <a> reboot")
    (board,) = fleet.boards(toolkit.home / "virtual")

    def served() -> bool:
        beacon = asked(board)
        return beacon is not None and beacon.port == 9010

    eventually(served, "the restart")
    (row,) = json.loads(toolkit.ok("-s", "--json"))
    assert (row["uid"], row["address"], row["unproved"]) == (
        board.mac,
        f"{board.address}:9010",
        False,
    )
    assert toolkit.ok("-c", "-p", "--dev node01 version").strip() == VERSION
