"""Many nodes at once, and boards that are as mean as real ones."""

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support.boards import eventually
from tests.support.toolkit import Toolkit
from toolkit.model.node import Hello, parse_hello
from toolkit.virtual import fleet
from toolkit.virtual.engine import Engine

BOARDS = 20
CHIPS = ("esp32", "esp8266", "esp32c3")


def hello(address: str) -> Hello | None:
    try:
        with socket.create_connection((address, 9008), 5) as node:
            node.settimeout(5)
            node.sendall(b"hello\n")
            said = b""
            while said.count(b"$ ") < 2 and (piece := node.recv(200)):
                said += piece
    except OSError:
        return None
    line = next((it for it in said.decode().splitlines() if "hello:" in it), "")
    return parse_hello(line[line.index("hello:") :]) if line else None


def test_twenty_installed_nodes_come_up_and_answer_at_once(
    toolkit: Toolkit, engine: Engine, tmp_path: Path
) -> None:
    toolkit.ok("--make", "--virtual", "--yes")
    toolkit.ok("--virtual", "--stop")
    flash = (toolkit.home / "virtual" / "esp32-1" / "flash.bin").read_bytes()
    home = tmp_path / "fleet"
    for number in range(1, BOARDS + 1):
        (home / f"node-{number}").mkdir(parents=True)
        (home / f"node-{number}" / "flash.bin").write_bytes(flash)
    try:
        boards = fleet.start(home, engine, count=BOARDS, name="node", mean=True)
        with ThreadPoolExecutor(BOARDS) as pool:
            answers = list(pool.map(lambda it: eventually(lambda: hello(it.address)), boards))
    finally:
        fleet.stop(home)
    assert [answer.uid for answer in answers] == [it.mac.replace(":", "") for it in boards]
    assert len({answer.uid for answer in answers}) == BOARDS


def test_mean_boards_are_made_all_the_same_by_three_toolkits_at_once(
    toolkit: Toolkit, engine: Engine
) -> None:
    def make_and_use(chip: str) -> None:
        made = toolkit("--make", "--virtual", f"{chip}-1", "--yes", "--set", f"devfid={chip}")
        assert made.returncode == 0, made.stderr
        assert made.stdout.startswith(f"hello:{chip}:")
        assert "on: True" in toolkit.ok("-c", "-p", f"--dev {chip} light on")
        assert "[EXEC]" in toolkit.ok("-c", "-p", f"--dev {chip} help")

    for chip in CHIPS:
        fleet.start(toolkit.home / "virtual", engine, chip=chip, name=f"{chip}-1", mean=True)
    with ThreadPoolExecutor(len(CHIPS)) as pool:
        list(pool.map(make_and_use, CHIPS))
