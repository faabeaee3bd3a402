"""The acceptance of a board: what it is, and whether all that a node needs works on it.

Each step passes, fails with a sentence, or is left out with the reason; the next one comes in any
case. The steps on the cable are in here, those over the network in selfcheck_node.py.
"""

import hashlib
import platform
import time
from collections.abc import Generator, Sequence
from datetime import datetime
from pathlib import Path

from toolkit.model import files, paths, release
from toolkit.model.errors import PortError, RefusedError, ToolkitError
from toolkit.model.node import Node
from toolkit.model.progress import Progress, finished
from toolkit.model.selfcheck_report import Figure, Report, Result, Step, scrubbed
from toolkit.model.text import kilobytes
from toolkit.model.vault import Vault, secret_of
from toolkit.operations import board as on_board
from toolkit.operations import on_trial, prepare, selfcheck_node, start
from toolkit.operations.build import build
from toolkit.operations.selfcheck_bench import Bench, Found, LeftOut, Work, unfinished
from toolkit.operations.snapshot import read_config, read_secrets
from toolkit.transport.repl import Repl

STEPS = (
    "read chip, flash, firmware and memory",
    "write a file of 64 KB, compare it, remove it",
    "restart the node; log in, call a load module",
    "change a setting and change it back; restart it by its shell",
    "give it this release over the air, and let it go back to the one it runs",
    "write a report without names, addresses and secrets",
)
_SIZE = 65536  # bytes of a file that is written
_FILE = "/selfcheck.part"  # no file of anybody: the next installation sweeps it
_REMOVE = f"""
import os
try: os.remove({_FILE!r})
except OSError: pass
"""
_BESIDE = 20  # blocks that are to be free beside it
_NO_MEMORY = "not enough memory"  # what an ESP8266 may say to rare requests, and goes on
_PSRAM = 1_000_000  # bytes of memory that no chip has without it
_MEMORY = "(gc.mem_free(),gc.mem_alloc())"


def selfcheck(
    device: str, named: str | None, vault: Vault, *, virtual: bool
) -> Generator[Progress, None, Report]:
    """Try everything on the board at a port, in turn; `named` is what the caller says it is.

    Nothing is raised for a step that fails; RefusedError, before the first one, where a release is
    on trial. Left early, a node on the board starts again.
    """
    bench = Bench(device, named, vault)
    steps: list[Step] = []
    with prepare.started_again(device):
        on_trial.check(device)
        for name, work in _ALL:
            yield Progress(name)
            step = yield from _tried(name, work, bench)
            steps.append(step)
            if step.result is Result.PASSED:
                yield finished(name, step.cell)
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    here = release.shown(release.identity().release)
    return Report(here, system, virtual, tuple(steps), tuple(bench.changed))


def folder() -> Path:
    """Where the reports lie."""
    return paths.user_data() / "selfcheck"


def keep(report: Report) -> tuple[Path, Path]:
    """Write a report for people and for programs; where they lie."""
    stem = f"{report.board}-{datetime.now():%Y%m%d-%H%M%S}"
    page, facts = (folder() / f"{stem}{ending}" for ending in (".md", ".json"))
    files.replace(page, report.as_page())
    files.replace(facts, report.as_json())
    return page, facts


def _tried(name: str, work: Work, bench: Bench) -> Generator[Progress, None, Step]:
    try:
        found = yield from work(bench)
    except LeftOut as reason:
        return Step(name, Result.LEFT_OUT, str(reason))
    except ToolkitError as error:
        small = bench.is_leaf and isinstance(error, RefusedError) and _NO_MEMORY in str(error)
        result = Result.LEFT_OUT if small else Result.FAILED
        return Step(name, result, scrubbed(str(error), bench.private))
    figures = {key: _scrubbed(value, bench) for key, value in found.figures.items()}
    return Step(name, Result.PASSED, scrubbed(found.note, bench.private), figures)


def _scrubbed(value: Figure, bench: Bench) -> Figure:
    return scrubbed(value, bench.private) if isinstance(value, str) else value


def _chip(bench: Bench) -> Generator[Progress, None, Found]:
    yield Progress("chip")
    bench.chip = prepare.identify(bench.device, bench.named)
    bench.private |= {bench.chip.mac, bench.chip.uid}
    return Found(figures={"chip": bench.chip.family, "flash": bench.chip.flash or None})


def _firmware(bench: Bench) -> Generator[Progress, None, Found]:
    yield Progress("firmware")
    with Repl(bench.device, patience=10) as repl:
        repl.run("import gc\ngc.collect()")
        free, used = repl.value(_MEMORY, int, int)
        found = bench.board = on_board.look(repl)
        record = on_board.current_record(repl)
        kept = read_secrets(repl)
        config = read_config(repl)
    bench.node_there = record is not None
    bench.keep_private(config, kept)
    if isinstance(appwd := kept.get("appwd"), str) and not bench.vault.get(found.uid):
        bench.secret = secret_of(found.uid, appwd)
    figures: dict[str, Figure] = {
        "MicroPython": found.version,
        "file system": found.file_system or None,
        "free KB": found.free_blocks * found.block // 1024,
        "memory B": free + used,
        "PSRAM": "yes" if free + used > _PSRAM else "none in use",
    }
    return Found(figures=figures)


def _files(bench: Bench) -> Generator[Progress, None, Found]:
    """What an installation does, with a part of one."""
    board = bench.needs(bench.board, "there is no MicroPython on it that answers")
    with Repl(bench.device, patience=10) as repl:
        repl.run(_REMOVE)  # what an earlier one has left, whose cable was pulled
    if (board.free_blocks - _BESIDE) * board.block < _SIZE:
        raise LeftOut(f"its flash has no {kilobytes(_SIZE)} to spare")
    made = yield from unfinished(build(board.family))
    largest = max(made.files, key=lambda it: it.size)
    content = largest.source.read_bytes()[:_SIZE]
    seconds = yield from _there_and_back(bench, content)
    rate = len(content) / seconds
    figures: dict[str, Figure] = {
        "install B/s": round(rate),
        "a release takes s": round(made.size / rate, 1),
    }
    return Found(figures=figures)


def _there_and_back(bench: Bench, content: bytes) -> Generator[Progress, None, float]:
    """Write a file, compare it, remove it; the seconds of writing and comparing.

    PortError where it did not arrive whole.
    """
    bench.changed.append(f"the file {_FILE} may lie on it: repeat this, or --install")
    with Repl(bench.device, patience=10) as repl:
        begin = time.monotonic()
        try:
            for done in repl.write(_FILE, content):
                yield Progress("files", min(done, len(content) - 1), len(content), "B")
            whole = repl.sha256(_FILE) == hashlib.sha256(content).hexdigest()
            seconds = time.monotonic() - begin
        finally:
            repl.run(_REMOVE)
    bench.changed.pop()
    if not whole:
        raise PortError(f"a file of {kilobytes(len(content))} did not arrive whole on the board")
    return seconds


def _start(bench: Bench) -> Generator[Progress, None, Found]:
    bench.needs(bench.board, "there is no MicroPython on it that answers")
    if not bench.node_there:
        raise LeftOut("no node is on it: --make or --install puts one there")
    begin = time.monotonic()
    with Repl(bench.device, patience=10) as repl:
        ready = yield from unfinished(start.start(repl))
    bench.node = Node(ready.uid, ready.name, ready.address, ready.port)
    bench.mode = ready.mode
    bench.private |= {ready.name, ready.uid, ready.address}
    figures: dict[str, Figure] = {
        "took s": round(time.monotonic() - begin, 1),
        "network": ready.mode,
    }
    return Found(figures=figures)


_ALL: Sequence[tuple[str, Work]] = (
    ("chip", _chip),
    ("firmware", _firmware),
    ("files", _files),
    ("start", _start),
    *selfcheck_node.STEPS,
)
