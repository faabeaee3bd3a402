"""A release over a serial line of 115 200 baud: by the toolkit, by mpremote, by ampy.

The same files, the same virtual board with an empty file system, each tool a process of its own,
in turns. The toolkit looks at the board before, and compares every file afterwards; the others only
copy.
"""

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.nodes import Trouble, Workshop, run_to_end
from toolkit.model import paths
from toolkit.operations.build import build
from toolkit.operations.install import copy, settle, starters
from toolkit.transport.repl import Repl
from toolkit.virtual import fleet, image
from toolkit.virtual.chips import CHIPS

BAUD = 115_200
_CHIP = "esp32"
_ROUNDS = 3
_PATIENCE = 900  # seconds


@dataclass(frozen=True)
class Compared:
    """Seconds of a whole installation, round by round, and of one where nothing had changed."""

    toolkit: Sequence[float]
    mpremote: Sequence[float]
    ampy: Sequence[float]
    again: Sequence[float]

    @staticmethod
    def ratio(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float, float]:
        """The medians of both, and of their ratios in the same round."""
        each = [mine / other for mine, other in zip(ours, theirs, strict=True)]
        return statistics.median(ours), statistics.median(theirs), statistics.median(each)


def measure(workshop: Workshop, rounds: int = _ROUNDS) -> Compared:
    """Let each tool install the same release, in turns."""
    slot = workshop.slot(_CHIP).folder
    tree = _tree(slot, workshop.home.parent / "tree")
    found: dict[str, list[float]] = {"toolkit": [], "mpremote": [], "ampy": [], "again": []}
    for number in range(rounds):
        tools = list(_tools(tree).items())
        for name, commands in tools[number % 3 :] + tools[: number % 3]:
            for key, seconds in _installed(workshop, name, commands):
                found[key].append(seconds)
    return Compared(**found)


def _tree(slot: Path, tree: Path) -> Path:
    """What lies on a board after an installation, as a folder that any tool copies."""
    shutil.copytree(slot, tree / "a", ignore=shutil.ignore_patterns(".made"))
    for name, content in starters(_CHIP).items():
        (tree / name.lstrip("/")).write_bytes(content)
    return tree


def _tools(tree: Path) -> Mapping[str, Callable[[str], list[list[str]]]]:
    """The commands of each tool for a port."""
    files = sorted(it.name for it in tree.iterdir() if it.is_file())

    def ours(port: str) -> list[list[str]]:
        return [["benchmarks.cable", port]]

    def mpremote(port: str) -> list[list[str]]:
        whole = ["mpremote", "connect", port, "cp", "-r", str(tree / "a"), ":"]
        return [[*whole, "+", "cp", *(str(tree / name) for name in files), ":"]]

    def ampy(port: str) -> list[list[str]]:
        start = ["ampy.cli", "--port", port, "put"]
        single = [[*start, str(tree / name), f"/{name}"] for name in files]
        return [[*start, str(tree / "a"), "/a"], *single]

    return {"toolkit": ours, "mpremote": mpremote, "ampy": ampy}


def _installed(
    workshop: Workshop, name: str, commands: Callable[[str], list[list[str]]]
) -> list[tuple[str, float]]:
    """The seconds of a tool on a board of its own; of the toolkit, twice."""
    folder = workshop.home / f"cable-{name}"
    folder.mkdir()
    row = CHIPS[_CHIP]
    content = bytearray(b"\xff" * row.flash_size)
    firmware = image.firmware(_CHIP)
    content[row.firmware_offset : row.firmware_offset + len(firmware)] = firmware
    (folder / "flash.bin").write_bytes(content)
    (board,) = fleet.start(workshop.home, workshop.engine, chip=_CHIP, name=folder.name, baud=BAUD)
    try:
        found = [(name, _seconds(commands(str(board.port))))]
        if name == "toolkit":
            found.append(("again", _seconds(commands(str(board.port)))))
    finally:
        fleet.stop(workshop.home, [board.name])
        shutil.rmtree(folder)
    return found


def _seconds(commands: list[list[str]]) -> float:
    begin = time.perf_counter()
    for words in commands:
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=paths.code().parent,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        if done.returncode != 0:
            raise Trouble(f"{words[0]}: {(done.stderr + done.stdout)[-400:]}")
    return time.perf_counter() - begin


def install(port: str) -> None:
    """Install the release as `--install` does, as far as the files go."""
    made = run_to_end(build(_CHIP))
    with Repl(port) as repl:
        copied = run_to_end(copy(repl, made, {}))
        run_to_end(settle(repl, copied, {}))


if __name__ == "__main__":
    install(sys.argv[1])
