"""`python -m benchmarks.costs [esp32|esp8266]`: what each module of the board's half costs.

In the order of a start: what a module imports is counted with the module that comes first.
"""

import itertools
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tabulate import tabulate

from benchmarks.nodes import BOARD_SIDE, run_to_end
from toolkit.model import paths
from toolkit.model.boards import BOARDS
from toolkit.operations import build
from toolkit.operations.pack import PACK, unpacked
from toolkit.virtual.engine import provide

_FIRST = ("errors", "once", "log", "command", "tasks", "executor", "modules", "clock", "config")
_LINE = re.compile(
    r"module (\S+) (\d+)\s+qstr pool: n_pool=\d+, n_qstr=(\d+), n_str_data_bytes=(\d+), "
    r"n_total_bytes=(\d+)"
)


@dataclass(frozen=True)
class Cost:
    """What a module adds: bytes of its file, of heap without the table of names, names."""

    module: str
    file: int
    heap: int
    names: int


def costs(slot: Path, command: tuple[str, ...]) -> list[Cost]:
    """The cost of each module of a slot."""
    words = [*command, str(BOARD_SIDE / "costs.py"), str(slot), *_order(slot)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    looks = [_look(*found) for found in _LINE.findall(done.stdout)]
    return [
        Cost(new.module, _size(slot, new.module), new.heap - old.heap, new.names - old.names)
        for old, new in itertools.pairwise(looks)
    ]


def _look(module: str, used: str, names: str, text: str, total: str) -> Cost:
    return Cost(module, 0, int(used) - (int(total) - int(text)), int(names))


def _order(slot: Path) -> list[str]:
    core = sorted(path.stem for path in (slot / "core").glob("*.mpy"))
    core.sort(key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))
    rest = [f"{path.parent.name}.{path.stem}" for path in slot.glob("[bp]o*/*.mpy")]
    modules = sorted(path.stem for path in (slot / "modules").glob("*.mpy"))
    return [f"core.{name}" for name in core] + ["lm", "node", *rest, *modules]


def _size(slot: Path, module: str) -> int:
    path = Path(module.replace(".", "/") + ".mpy")
    own = slot / "modules" / path  # not all of them are LM_…: ConfigHandler is for those of v0.4
    return (own if own.exists() else slot / path).stat().st_size


def _chip(words: list[str]) -> str:
    if len(words) > 1 or not {*words} <= {*BOARDS}:
        sys.exit(f"expected one of {', '.join(BOARDS)}, got {' '.join(words)!r}")
    return words[0] if words else "esp32"


def main() -> None:
    """Print the table."""
    chip = _chip(sys.argv[1:])
    engine = provide(paths.user_data().resolve() / "engine", print)
    with tempfile.TemporaryDirectory() as folder:
        slot = run_to_end(build.build(chip, target=Path(folder) / "slot")).folder
        for name, content in unpacked((slot / PACK).read_bytes()).items():
            path = slot / (name.replace(".", "/") + ".mpy")
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        rows = costs(slot, engine.command)
    table = [(row.module, row.file, row.heap, row.names) for row in rows]
    total = (sum(row.file for row in rows), sum(row.heap for row in rows))
    table.append(("sum", *total, sum(row.names for row in rows)))
    print(tabulate(table, ("module", ".mpy B", "heap B", "names")))


if __name__ == "__main__":
    main()
