"""Files onto a board by its prompt: what is sent, what is not, and a cable that is pulled."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.nodes import run_to_end
from tests.support.boards import Bench, engine, eventually  # noqa: F401 - a fixture
from tests.support.sweep import chosen
from toolkit.model.errors import ToolkitError
from toolkit.model.release import Build, BuiltFile, read_record
from toolkit.operations.build import build
from toolkit.operations.install import copy, settle
from toolkit.transport.repl import Repl
from toolkit.transport.sending import Way
from toolkit.virtual import fleet
from toolkit.virtual.engine import Engine
from toolkit.virtual.fleet import VirtualBoard

CUTS = [1, 5, 25, 60, 125, 250, 400]  # writes of the flash until the power is cut
CONTENT = bytes(number * number % 251 for number in range(9000)) + bytes(range(256))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Bench]:
    bench = Bench(tmp_path_factory.mktemp("boards"), engine)
    yield bench
    bench.close()
    fleet.stop(bench.home)


@pytest.fixture(scope="module")
def board(bench: Bench) -> VirtualBoard:
    """A board with the release on it."""
    board = bench.board()
    assert install(board, run_to_end(build("esp32"))) == "a"
    return board


@pytest.fixture
def other(tmp_path: Path) -> Build:
    """The release with one file that differs."""
    return changed(run_to_end(build("esp32")), tmp_path)


def changed(release: Build, folder: Path) -> Build:
    first = differing(release)
    source = folder / first.source.name
    source.write_bytes(first.source.read_bytes() + b"\0")
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    altered = replace(first, source=source, size=first.size + 1, sha256=digest)
    return replace(release, files=tuple(altered if it is first else it for it in release.files))


def differing(release: Build) -> BuiltFile:
    """The file that `changed` has changed."""
    return next(it for it in release.files if it.name.startswith("modules/"))


def install(board: VirtualBoard, release: Build) -> str | None:
    """Install it; the slot it went into, None where it runs already."""
    with Repl(board.port) as repl:
        copied = run_to_end(copy(repl, release, {}))
        run_to_end(settle(repl, copied, {}))
    return str(copied.record["run"]) if copied.record else None


def files(board: VirtualBoard, folder: str) -> set[str]:
    with Repl(board.port) as repl:
        listed = repl.value(f"[e[0] for e in __import__('os').ilistdir({folder!r})]")
    return set(listed)


def running(board: VirtualBoard) -> str:
    """The slot that the boot record names."""
    with Repl(board.port) as repl:
        record = read_record(repl.get("/boot.0"))
    assert record
    return str(record["run"])


def empty(board: VirtualBoard, slot: str) -> None:
    """Remove the files of a slot."""
    with Repl(board.port) as repl:
        repl.run(
            "import os\ndef rm(d):\n for e in os.ilistdir(d):\n  n=d+'/'+e[0]\n"
            f"  rm(n) if e[1]==0x4000 else os.remove(n)\ntry: rm('/{slot}')\n"
            "except OSError: pass"
        )


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("unpacks", [False, True])
def test_each_way_to_send_a_file_brings_every_byte(
    board: VirtualBoard, exact: bool, unpacks: bool
) -> None:
    way = Way(exact, unpacks, 1000)
    with Repl(board.port) as repl:
        repl.run(way.prelude)
        for code, _ in way.pieces("/sent", CONTENT):
            repl.run(code)
        assert repl.get("/sent") == CONTENT
        repl.run("import os\nos.remove('/sent')")


def test_a_board_is_asked_what_it_takes(board: VirtualBoard) -> None:
    with Repl(board.port) as repl:
        list(repl.put("/asked", CONTENT))
        assert repl.get("/asked") == CONTENT
        assert repl.way == Way(exact=True, unpacks=True, piece=4096)
        repl.run("import os\nos.remove('/asked')")
    with Repl(board.port) as repl:
        repl.run("import sys\nsys.modules['deflate']=sys")  # as where MicroPython has none
        list(repl.put("/asked", CONTENT))
        assert repl.get("/asked") == CONTENT
        assert repl.way == Way(exact=True, unpacks=False, piece=4096)
        repl.run("import os\nos.remove('/asked')")


def test_what_is_on_the_board_is_not_sent_again(board: VirtualBoard, other: Build) -> None:
    assert install(board, run_to_end(build("esp32"))) is None
    with Repl(board.port) as repl:
        steps = [it for it in copy(repl, other, {}) if it.stage == "install"]
    sent, differs = {it.note for it in steps[:-1]}, differing(other)
    count = len(other.files) - 1
    assert sent == {differs.name}
    assert steps[-1].note == f"1 files, {differs.size} B, slot b ({count} more were on the board)"
    print(f"unchanged: {count} of {len(other.files)} files, not sent")


def test_what_a_cut_off_write_has_left_is_swept(board: VirtualBoard) -> None:
    with Repl(board.port) as repl:
        list(repl.write("/selfcheck.part", CONTENT))
        list(repl.write("/parts", b"somebody's own"))
    assert install(board, run_to_end(build("esp32"))) is None
    assert {"selfcheck.part", "parts"} & files(board, "/") == {"parts"}


def test_a_stale_source_beside_compiled_code_is_removed(board: VirtualBoard) -> None:
    with Repl(board.port) as repl:
        list(repl.put("/a/modules/LM_light.py", b"raise ImportError\n"))
        list(repl.put("/a/node.py", b"raise ImportError\n"))
    assert {"node.mpy", "node.py"} <= files(board, "/a")
    assert install(board, run_to_end(build("esp32"))) is None
    assert "node.py" not in files(board, "/a")
    assert "LM_light.py" not in files(board, "/a/modules")
    assert "LM_light.mpy" in files(board, "/a/modules")


@pytest.mark.parametrize("after", chosen(CUTS, 1, 7))
def test_a_cable_that_is_pulled_leaves_a_board_that_starts(
    board: VirtualBoard, bench: Bench, other: Build, after: int
) -> None:
    """Whatever came until then: what runs is the release before, or the whole new one."""
    control = bench.control(board)
    slot = running(board)
    empty(board, "b" if slot == "a" else "a")
    wanted = other if slot == "a" else run_to_end(build("esp32"))
    control.cut_power(after)
    with pytest.raises(ToolkitError):
        install(board, wanted)
    control.power_on()
    eventually(lambda: "ready at" in control.console().rpartition("rst:0x")[2], "the node")
    assert running(board) == slot
    assert install(board, wanted) not in (slot, None)
    control.press_reset()
    eventually(lambda: "ready at" in control.console().rpartition("rst:0x")[2], "the node")
