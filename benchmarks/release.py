"""`python -m benchmarks.release [FOLDER]`: what a release is, measured on virtual boards.

Writes release_info/<version>/ (or FOLDER): README.md with sizes, memory for each board and
profile, the memory of each load module and a log of each board's start; the same figures as
memory.json; the manual as a page and as JSON. Chips without a virtual board are not in it.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tabulate import tabulate

from benchmarks.memory import settled
from benchmarks.nodes import Heap, Node, Trouble, Workshop, patiently
from benchmarks.table import machine
from toolkit.model import files, paths, profile, release
from toolkit.operations import lint, manual
from toolkit.virtual.chips import CHIPS
from toolkit.virtual.engine import Engine, provide

_CONFIGURING = b"[configure] node01 $ "
_MODULE = "light toggle"
_LIMITS = paths.repository() / "release_info" / "known_limits.md"


@dataclass(frozen=True)
class Board:
    """A board with a profile: bytes of its heap, booted and after the first load module."""

    board: str
    profile: str
    heap: int
    used: int
    used_with_module: int
    largest: int
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Size:
    """What a board is given: files, and bytes on its flash."""

    board: str
    files: int
    bytes: int


@dataclass(frozen=True)
class Module:
    """A load module for an ESP32: bytes compiled, and of memory that its import takes."""

    name: str
    compiled: int
    memory: int


@dataclass(frozen=True)
class Found:
    """All that is told of a release."""

    boards: tuple[Board, ...]
    sizes: tuple[Size, ...]
    modules: tuple[Module, ...]
    logs: dict[str, str]


def measure(workshop: Workshop, chips: Iterable[str], profiles: Sequence[str]) -> Found:
    """Start each chip with each profile, and look."""
    boards: list[Board] = []
    sizes: list[Size] = []
    logs: dict[str, str] = {}
    for chip in chips:
        for name in profiles:
            print(f"{chip} {name} …", file=sys.stderr)
            found, log = _board(workshop, chip, name)
            boards.append(found)
            logs.setdefault(chip, log)
        slot = workshop.slot(chip).files
        sizes.append(Size(chip, len(slot), sum(file.size for file in slot)))
    return Found(tuple(boards), tuple(sizes), tuple(_modules(workshop.engine)), logs)


def _board(workshop: Workshop, chip: str, name: str) -> tuple[Board, str]:
    node = workshop.node(chip)
    _configure(node, name)
    seen = len(node.control.console())
    node.control.power_off()
    node.control.power_on()
    patiently(lambda: "ready at" in node.control.console()[seen:], f"{chip} with {name}")
    log = node.control.console()[seen:].replace("\r", "").strip()
    with node.session() as session:
        settled(session)
        problems = json.loads(session.say("status >json"))["problems"]
        booted = node.heap()
        answer = session.say(_MODULE)
        if answer.startswith(("refused", "fault")):
            raise Trouble(f"{chip} with {name}: '{_MODULE}' is answered by '{answer}'")
        called = node.heap()
    bare = _bare(workshop, chip)
    workshop.stop(node)
    used = booted.more_than(bare), called.more_than(bare)
    heap = booted.total - bare.used
    return Board(chip, name, heap, *used, called.largest, tuple(problems)), log


def _bare(workshop: Workshop, chip: str) -> Heap:
    """The same interpreter without a node: what the stand-ins and the probe take is not ours."""
    bare = workshop.bare(chip)
    heap = bare.heap()
    workshop.stop(bare)
    return heap


def _configure(node: Node, name: str) -> None:
    """Give it the settings of a profile; what a person would be asked stays as it is."""
    given = {key: value for key, value in profile.load(name).config.items() if value is not None}
    with node.session() as session:
        session.say("conf", _CONFIGURING)
        for key, value in given.items():
            answer = session.say(f"{key} {value}", _CONFIGURING)
            if not answer.startswith("Saved"):
                raise Trouble(f"profile {name}: '{key} {value}' is answered by '{answer}'")


def _modules(engine: Engine) -> Iterable[Module]:
    folder = paths.repository() / "micros" / "modules"
    for module in manual.modules():
        source = folder / f"LM_{module.name}.py"
        report = lint.look(source, engine.command, 32)
        yield Module(module.name, report.size, report.memory)


def page(found: Found, version: str, engine: str) -> str:
    """The figures as people read them (Markdown)."""
    parts = [
        f"# micros {version}",
        f"Measured on virtual boards: {engine}, only the silicon is virtual. Bytes. A heap is "
        "what the interpreter leaves to programs; used is without what the interpreter and the "
        "virtual board hold themselves.",
        "## Memory",
        _table(
            ("board", "profile", "heap", "used", "with a module", "largest free", "problems"),
            [
                (
                    it.board,
                    it.profile,
                    it.heap,
                    it.used,
                    it.used_with_module,
                    it.largest,
                    "; ".join(it.problems) or "none",
                )
                for it in found.boards
            ],
        ),
        "## On the flash",
        _table(("board", "files", "bytes"), [(it.board, it.files, it.bytes) for it in found.sizes]),
        "## Load modules",
        "What each takes when it is imported, with what it imports itself.",
        _table(
            ("module", "compiled", "memory"),
            [(it.name, it.compiled, it.memory) for it in found.modules],
        ),
        "## Known limits",
        _LIMITS.read_text(encoding="utf-8").strip(),
        "## Logs of a start",
        *(f"{chip}:\n\n```\n{log}\n```" for chip, log in found.logs.items()),
    ]
    return "\n\n".join(parts) + "\n"


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    return tabulate(rows, headers=heads, tablefmt="github")


def write(found: Found, folder: Path, engine: str) -> list[Path]:
    """Write all of it; the files."""
    version = release.shown(release.identity().release)
    texts = {
        "README.md": page(found, version, engine),
        "memory.json": json.dumps(asdict(found), indent=1, ensure_ascii=False) + "\n",
    }
    for name, text in texts.items():
        files.replace(folder / name, text)
    return [*(folder / name for name in texts), *manual.write(folder)]


def main() -> None:
    """Measure, then write."""
    version = release.shown(release.identity().release)
    parser = argparse.ArgumentParser(prog="python -m benchmarks.release", allow_abbrev=False)
    default = paths.repository() / "release_info" / version
    parser.add_argument("folder", nargs="?", type=Path, default=default, help=f"({default})")
    parser.add_argument("--chips", nargs="+", choices=list(CHIPS), default=list(CHIPS))
    parser.add_argument("--profiles", nargs="+", default=profile.names())
    options = parser.parse_args()
    os.environ["MICROS_NETWORKS"] = "127.0.0.0/32"
    engine = provide(
        paths.user_data().resolve() / "engine", lambda line: print(line, file=sys.stderr)
    )
    with (
        tempfile.TemporaryDirectory() as home,
        Workshop(Path(home) / "virtual", engine) as workshop,
    ):
        found = measure(workshop, options.chips, options.profiles)
    for path in write(found, options.folder, machine(engine)):
        print(path)


if __name__ == "__main__":
    main()
