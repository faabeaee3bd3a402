"""Kill a MicroPython that saves settings without end, and look at what is left."""

import random
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.nodes import BOARD_SIDE, Trouble
from toolkit.model import paths
from toolkit.operations.identifiers import swapped, swaps
from toolkit.operations.link import asking
from toolkit.virtual.engine import Engine

_MOMENTS = 0.02  # seconds in which the end comes


@dataclass(frozen=True)
class Kills:
    """How often it was killed, and how often the settings were then lost, or read from the copy."""

    kills: int
    lost: int
    copies: int
    saves: int


def kill_while_saving(engine: Engine, slot: Path, folder: Path, kills: int, seed: int) -> Kills:
    """`kill -9` at a random moment after the first save; what was said to be saved must be there.

    Lost is what the next start finds torn, or older than the last `saved`.
    """
    folder.mkdir(parents=True)
    program = folder / "saves.py"  # it speaks of the core in the words of a release
    source = asking((BOARD_SIDE / "saves.py").read_text(encoding="utf-8"))
    program.write_text(swapped(source, swaps(paths.repository() / "micros")), encoding="utf-8")
    moments = random.Random(seed)
    lost = copies = saves = 0
    promised = 100
    command = [*engine.command, str(program), str(slot), str(folder)]
    for turn in range(kills + 1):
        found, said = _one_life(command, moments.uniform(0, _MOMENTS))
        number, state, problem = found.split(" ", 3)[1:]
        if turn:
            lost += state != "whole" or int(number) not in (promised, promised + 1)
            copies += problem.endswith("was used")
        saves += len(said)
        promised = said[-1]
    return Kills(kills, lost, copies, saves)


def _one_life(command: list[str], seconds: float) -> tuple[str, list[int]]:
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert child.stdout is not None
    found = child.stdout.readline()
    first = child.stdout.readline()
    time.sleep(seconds)
    child.kill()
    rest = child.communicate()[0]
    if not found.startswith("found") or not first.startswith("saved"):
        raise Trouble(f"the program that saves settings said: {found}{first}{rest}")
    lines = (first + rest).split("\n")[:-1]  # the last may be cut off
    return found.rstrip("\n"), [int(line.split()[1]) for line in lines]
