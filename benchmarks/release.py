"""`python -m benchmarks.release [FOLDER]`: what a release is, measured on virtual boards.

Writes release_info/<version>/ (or FOLDER): README.md with sizes, memory for each board and
profile, the memory of each load module and a log of each board's start; the same figures as
memory.json; the manual as a page and as JSON. A folder that is not there is made. Chips without a
virtual board are not in it.
"""

import argparse
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tabulate import tabulate

from benchmarks.memory import settled
from benchmarks.nodes import Heap, Node, Session, Trouble, Workshop, patiently
from benchmarks.table import machine
from toolkit.model import files, paths, profile, release
from toolkit.model.errors import InputError, ToolkitError
from toolkit.operations import lint, manual
from toolkit.virtual.chips import CHIPS
from toolkit.virtual.engine import Engine, provide

_CONFIGURING = b"[configure] node01 $ "
_MODULE = "light toggle"
_LOOKS = 3
_LIMITS = paths.repository() / "release_info" / "known_limits.md"


@dataclass(frozen=True)
class Board:
    """A board with a profile: bytes of its heap, booted and after the first load module.

    Where the node refused that module, `refused` is its answer, and there is no memory with it.
    `together` are asked for their pins, one after the other, until one is refused.
    """

    board: str
    profile: str
    heap: int
    used: int
    used_with_module: int | None
    largest: int
    problems: tuple[str, ...]
    together: int  # load modules in memory at the same time
    refused: str = ""


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
    """Start each chip with each profile that fits on it, and look."""
    boards: list[Board] = []
    sizes: list[Size] = []
    logs: dict[str, str] = {}
    modules = sorted(_modules(workshop.engine), key=lambda it: it.memory)
    small_first = [it.name for it in modules]
    for chip in chips:
        for name in [it for it in profiles if chip not in profile.load(it).not_on]:
            print(f"{chip} {name} …", file=sys.stderr)
            found, log = _board(workshop, chip, name, small_first)
            boards.append(found)
            logs.setdefault(chip, log)
        slot = workshop.slot(chip).files
        sizes.append(Size(chip, len(slot), sum(file.size for file in slot)))
    by_name = tuple(sorted(modules, key=lambda it: it.name))
    return Found(tuple(boards), tuple(sizes), by_name, logs)


def _board(workshop: Workshop, chip: str, name: str, modules: Sequence[str]) -> tuple[Board, str]:
    node = workshop.node(chip, heap=workshop.heap_of(chip))  # what the probe takes comes on top
    _configure(node, name)
    seen = len(node.control.console())
    node.control.power_off()
    node.control.power_on()
    patiently(lambda: "ready at" in node.control.console()[seen:], f"{chip} with {name}")
    log = re.sub(r"\nprobe: .*", "", node.control.console()[seen:].replace("\r", "").strip())
    with node.session() as session:
        settled(session)
        problems = json.loads(session.say("status >json"))["problems"]
        # What is under way just then (the time server, a line of the log) is gone a little later.
        booted = min((node.heap() for _ in range(_LOOKS)), key=lambda it: it.used)
        answer = session.say(_MODULE)
        if answer.startswith("fault"):
            raise Trouble(f"{chip} with {name}: '{_MODULE}' is answered by '{answer}'")
        refused = answer if answer.startswith("refused") else ""
        called = node.heap()
        together = 0 if refused else 1 + _together(session, modules)
    bare = _bare(workshop, chip)
    workshop.stop(node)
    used, later = booted.more_than(bare), called.more_than(bare)
    heap, more = booted.total - bare.used, None if refused else later
    found = Board(chip, name, heap, used, more, called.largest, tuple(problems), together, refused)
    return found, log


def _together(session: Session, modules: Sequence[str]) -> int:
    """How many of these load modules come into memory beside the one that is there."""
    asked = {it.name for it in manual.modules() if "pinmap" in [one.name for one in it.functions]}
    found = 0
    for name in [it for it in modules if it in asked and it != _MODULE.split()[0]]:
        answer = session.say(f"{name} pinmap")
        if "memory" in answer:
            break
        found += not answer.startswith(("refused", "fault"))
    return found


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
        f"What this release takes, as `python -m benchmarks.release` has measured it on virtual "
        f"boards: {engine}; only the silicon is virtual. A Pico W is not among them. All figures "
        "are bytes. The same ones for programs are in [memory.json](memory.json), what each load "
        "module can do in [manual.md](manual.md) ([manual.json](manual.json)).",
        "## Memory",
        "Of a board with the settings of a profile: the heap that MicroPython leaves to a program; "
        "what the node uses of it when it has started and has one session; the same after its "
        f"first load module (`{_MODULE}`); what is free then; the largest piece of that in one, "
        "which is what a next module needs; and how many load modules are in memory together when "
        "one after the other is asked for its pins, small ones first, until one is refused.",
        _table(
            (
                *("board", "profile", "heap", "used", "with a module", "free", "in one"),
                *("together", "problems"),
            ),
            list(map(_row, found.boards)),
        ),
        "## On the flash",
        "Of one release: a board has room for two, the one that runs and the one that comes.",
        _table(("board", "files", "bytes"), [(it.board, it.files, it.bytes) for it in found.sizes]),
        "## Load modules",
        "For an ESP32: the bytes of its file, and of memory when it is imported, with what it "
        "imports itself. What it makes then (pins, tasks, pixels) comes on top.",
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


def _row(it: Board) -> tuple[object, ...]:
    with_module = "refused" if it.used_with_module is None else it.used_with_module
    free = it.heap - (it.used_with_module or it.used)
    problems = "; ".join(filter(None, (*it.problems, it.refused))) or "none"
    sizes = (it.heap, it.used, with_module, free, it.largest)
    return it.board, it.profile, *sizes, it.together, problems


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


def _options() -> argparse.Namespace:
    version = release.shown(release.identity().release)
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.release",
        description="Measure what a release takes, on virtual boards (about four minutes).",
        allow_abbrev=False,
    )
    default = paths.repository() / "release_info" / version
    about = f"one that is there (default: {default}, which is made)"
    parser.add_argument("folder", nargs="?", type=Path, default=default, help=about)
    parser.add_argument("--chips", nargs="+", choices=list(CHIPS), default=list(CHIPS))
    parser.add_argument("--profiles", nargs="+", default=profile.names(), help="default: all")
    options = parser.parse_args()
    if options.folder != default and not options.folder.is_dir():
        raise InputError(f"expected a folder that is there, got {options.folder}")
    return options


def _run(options: argparse.Namespace) -> None:
    for name in options.profiles:
        profile.load(name)  # said now, and not after minutes
    files.replace(options.folder / "memory.json", "{}\n")
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


def main() -> None:
    """Measure, then write."""
    try:
        _run(_options())
    except ToolkitError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
    except Trouble as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
