"""What a wake-up of the scheduler costs with a thousand entries and with ten, in turns."""

import subprocess
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.nodes import BOARD_SIDE, Trouble
from benchmarks.speed import Ratio, compare, cpu_seconds
from toolkit.model import paths
from toolkit.operations.build import compiled
from toolkit.virtual.chips import CHIPS
from toolkit.virtual.engine import Engine

_MANY, _FEW = 1000, 10
_WAKES = 20  # with one entry due


def measure(engine: Engine, folder: Path, rounds: int = 30) -> Ratio:
    """CPU seconds of a wake-up, and how they compare."""
    core = folder / "core"
    core.mkdir(parents=True)
    for source in (paths.repository() / "micros" / "core").glob("*.py"):
        (core / f"{source.stem}.mpy").write_bytes(compiled(source, "esp32"))
    with ExitStack() as stack:
        many, few = (stack.enter_context(_waker(engine, folder, n)) for n in (_MANY, _FEW))
        for waker in (many, few):
            _wakes(waker)  # the first loads what later ones find
        costs = [(_wakes(many), _wakes(few)) for _ in range(rounds)]
    return compare([many for many, _ in costs], [few for _, few in costs])


@contextmanager
def _waker(engine: Engine, folder: Path, entries: int) -> Generator[subprocess.Popen[str]]:
    heap = f"heapsize={CHIPS['esp32'].heap}"
    words = [*engine.command, "-X", heap, str(BOARD_SIDE / "wake.py"), str(folder), str(entries)]
    pipe = subprocess.PIPE
    child = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True)
    try:
        _expect(child, "ready 0")
        yield child
    finally:
        child.kill()
        child.communicate()


def _wakes(child: subprocess.Popen[str]) -> float:
    """CPU seconds of one wake-up, of some."""
    assert child.stdin is not None
    before = cpu_seconds(child.pid)
    child.stdin.write(f"{_WAKES}\n")
    child.stdin.flush()
    _expect(child, "done")
    return (cpu_seconds(child.pid) - before) / _WAKES


def _expect(child: subprocess.Popen[str], mark: str) -> None:
    assert child.stdout is not None
    said = child.stdout.readline()
    if not said.startswith(mark):
        child.kill()
        raise Trouble(f"the scheduler said: {said}{child.stdout.read()}")
