"""How large a release is, how long it takes to install and to start, alone and as a fleet."""

import os
import re
import shlex
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.lines import board_sources, code
from benchmarks.nodes import PORT, Node, Trouble, Workshop, run_to_end
from toolkit.model import paths
from toolkit.model.cache import Cache
from toolkit.operations import scan
from toolkit.operations.install import starters
from toolkit.operations.pack import PACK
from toolkit.virtual import fleet
from toolkit.virtual.fleet import VirtualBoard

_STARTS = 9
_FLEET = 20
_SEARCHED = 100
_JOINING = 2  # seconds after which so many that serve have an address, too, to answer at by UDP


@dataclass(frozen=True)
class Source:
    """What an ESP32 holds of the board's half, without load modules."""

    code: int  # lines
    lines: int  # with docstrings, comments and blank ones
    sources: int  # files with these lines
    files: int  # on the board
    compiled: int  # bytes of .mpy in its slot


@dataclass(frozen=True)
class Install:
    """A whole way from blank flash to a serving node."""

    seconds: float
    files: int
    bytes: int


@dataclass(frozen=True)
class Fleet:
    """Boards that were started at once: seconds until all have answered, memory of each."""

    boards: int
    seconds: float
    bytes: int


def source(workshop: Workshop) -> Source:
    """Count what an ESP32 is given, without load modules."""
    sources = board_sources("esp32")
    lines = sum(path.read_text(encoding="utf-8").count("\n") for path in sources)
    slot = [file for file in workshop.slot("esp32").files if not file.name.startswith("modules/")]
    compiled = sum(file.size for file in slot if file.name.endswith((".mpy", PACK)))
    files = len(slot) + len(starters("esp32")) + 1  # and its manifest
    return Source(sum(map(code, sources)), lines, len(sources), files, compiled)


def starts(workshop: Workshop) -> float:
    """Median seconds from power-on to the prompt."""
    node = workshop.node()
    seconds: list[float] = []
    for _ in range(_STARTS):
        node.control.power_off()
        begin = time.perf_counter()
        node.control.power_on()
        _prompt(node.address)
        seconds.append(time.perf_counter() - begin)
    workshop.stop(node)
    return statistics.median(seconds)


def _prompt(address: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with socket.create_connection((address, PORT), 1) as client:
                if client.recv(100):
                    return
        except OSError:
            time.sleep(0.002)
    raise Trouble(f"no prompt at {address}")


def install(workshop: Workshop) -> Install:
    """Run the toolkit as a person does, on a board with a blank flash."""
    home = workshop.home.parent / "person"
    environment = {
        **os.environ,
        "MICROS_USER_DATA": str(home),
        "MICROS_NETWORKS": "127.0.0.0/32",
        "MICROS_MICROPYTHON": shlex.join(workshop.engine.command),
    }
    toolkit = [sys.executable, "-m", "toolkit"]
    begin = time.perf_counter()
    done = subprocess.run(
        [*toolkit, "--make", "--virtual", "--yes"],
        cwd=paths.repository(),
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - begin
    fleet.stop(home / "virtual")
    sent = re.search(r"(\d+) files, (\d+) B, slot", done.stderr)
    if done.returncode != 0 or not sent:
        raise Trouble(f"--make: {done.stderr[-400:]}")
    return Install(seconds, int(sent[1]), int(sent[2]))


def crowd(workshop: Workshop) -> Fleet:
    """Switch on twenty boards with a node on each, and wait for the last one's prompt."""
    workshop.flash("esp32")
    begin = time.perf_counter()
    boards = _many(workshop, "fleet", _FLEET)
    seconds = time.perf_counter() - begin
    sizes = [_own_bytes(node.pid) for node in map(Node, boards)]
    fleet.stop(workshop.home, [board.name for board in boards])
    return Fleet(_FLEET, seconds, sum(sizes) // len(sizes))


def search(workshop: Workshop) -> tuple[float, int]:
    """Seconds of a search that lists a hundred nodes; how many of them answered by UDP too."""
    boards = _many(workshop, "far", _SEARCHED)
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(Path(folder) / "cache.json")
        places = [(board.address, PORT) for board in boards]
        time.sleep(_JOINING)
        begin = time.perf_counter()
        found = run_to_end(scan.search(cache, [], places)).found
        seconds = time.perf_counter() - begin
    fleet.stop(workshop.home, [board.name for board in boards])
    proved = [one for one in found if one.proved]
    if len(proved) != _SEARCHED:
        raise Trouble(f"{len(proved)} of {_SEARCHED} nodes were found")
    return seconds, sum(one.board is not None for one in proved)


def _many(workshop: Workshop, name: str, count: int) -> list[VirtualBoard]:
    """So many boards with a node on each, all of which serve."""
    for number in range(count):
        folder = workshop.home / f"{name}-{number + 1}"
        folder.mkdir()
        shutil.copyfile(workshop.flash("esp32"), folder / "flash.bin")
    boards = fleet.start(workshop.home, workshop.engine, name=name, count=count)
    for board in boards:
        _prompt(board.address)
    return boards


def _own_bytes(pid: int) -> int:
    """The memory of a process, what it shares counted in parts."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
