"""Real ampy and mpremote on a virtual board."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.boards import Bench, eventually, tool, tool_ok
from toolkit.virtual.chips import CHIPS
from toolkit.virtual.fleet import VirtualBoard

_SERVE = """\
import time
while True:
    print('alive')
    time.sleep_ms(50)
"""


@pytest.fixture(params=sorted(CHIPS))
def any_board(bench: Bench, request: pytest.FixtureRequest) -> VirtualBoard:
    return bench.board(request.param)


def test_ampy_puts_lists_gets_and_removes(bench: Bench, tmp_path: Path) -> None:
    boards = [bench.board(chip) for chip in sorted(CHIPS)]
    with ThreadPoolExecutor(len(boards)) as pool:  # ampy sleeps most of its time
        list(pool.map(lambda board: _use_ampy(board, tmp_path / board.chip), boards))


def _use_ampy(board: VirtualBoard, folder: Path) -> None:
    folder.mkdir()
    port = ("--port", board.port)
    source = folder / "data.bin"
    source.write_bytes(bytes(range(256)) * 20)
    tool_ok("ampy", *port, "mkdir", "/shelf")
    tool_ok("ampy", *port, "put", str(source), "/shelf/data.bin")
    assert "/shelf/data.bin" in tool_ok("ampy", *port, "ls", "/shelf")
    back = folder / "back.bin"
    tool_ok("ampy", *port, "get", "/shelf/data.bin", str(back))
    assert back.read_bytes() == source.read_bytes()
    tool_ok("ampy", *port, "rm", "/shelf/data.bin")
    assert "data.bin" not in tool_ok("ampy", *port, "ls", "/shelf")
    tool_ok("ampy", *port, "rmdir", "/shelf")


def test_ampy_runs_a_file_and_resets(board: VirtualBoard, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("import sys\nprint(sys.platform, 6 * 7)\n")
    assert "esp32 42" in tool_ok("ampy", "--port", board.port, "run", str(script))
    tool_ok("ampy", "--port", board.port, "reset")


def test_ampy_interrupts_a_running_program(bench: Bench, board: VirtualBoard) -> None:
    bench.install_main(board, _SERVE)
    control = bench.control(board)
    control.press_reset()
    eventually(lambda: "alive" in control.console(), "main.py to run")
    assert "/main.py" in tool_ok("ampy", "--port", board.port, "ls")


def test_mpremote_copies_a_tree_and_reads_it(any_board: VirtualBoard, tmp_path: Path) -> None:
    connect = ("connect", any_board.port)
    tree = tmp_path / "tree"
    (tree / "deep").mkdir(parents=True)
    (tree / "one.py").write_text("x = 1\n")
    (tree / "deep" / "two.txt").write_text("zwei ü\n" * 300)
    tool_ok("mpremote", *connect, "fs", "cp", "-r", str(tree), ":/")
    said = tool_ok("mpremote", *connect, "fs", "cat", ":/tree/deep/two.txt")
    assert said.replace("\r\n", "\n") == "zwei ü\n" * 300
    assert "one.py" in tool_ok("mpremote", *connect, "fs", "ls", ":/tree")
    tool_ok("mpremote", *connect, "fs", "rm", ":/tree/one.py")
    assert "one.py" not in tool_ok("mpremote", *connect, "fs", "ls", ":/tree")


def test_mpremote_executes_runs_and_mounts(board: VirtualBoard, tmp_path: Path) -> None:
    connect = ("connect", board.port)
    assert "3" in tool_ok("mpremote", *connect, "eval", "1+2")
    script = tmp_path / "script.py"
    script.write_text("print('from the desk')\n")
    assert "from the desk" in tool_ok("mpremote", *connect, "run", str(script))
    (tmp_path / "lent.py").write_text("VALUE = 'lent'\n")
    said = tool_ok(
        "mpremote", *connect, "mount", str(tmp_path), "exec", "import lent; print(lent.VALUE)"
    )
    assert "lent" in said


def test_mpremote_shows_an_error_of_the_program(board: VirtualBoard) -> None:
    done = tool("mpremote", "connect", board.port, "exec", "1/0")
    assert done.returncode == 1
    assert "ZeroDivisionError: divide by zero" in done.stdout + done.stderr
    assert "firmware" not in done.stdout + done.stderr


def test_mpremote_resets_and_main_runs(bench: Bench, board: VirtualBoard) -> None:
    bench.install_main(board, _SERVE)
    tool_ok("mpremote", "connect", board.port, "reset")
    control = bench.control(board)
    eventually(lambda: "alive" in control.console(), "main.py to run")
    assert control.state()["last_exit"] == "reset"


def test_mpremote_copies_while_a_program_is_running(
    bench: Bench, board: VirtualBoard, tmp_path: Path
) -> None:
    bench.install_main(board, _SERVE)
    control = bench.control(board)
    control.press_reset()
    eventually(lambda: "alive" in control.console(), "main.py to run")
    source = tmp_path / "new.py"
    source.write_text("y = 2\n")
    tool_ok("mpremote", "connect", board.port, "fs", "cp", str(source), ":new.py")
    assert "y = 2" in tool_ok("mpremote", "connect", board.port, "fs", "cat", ":new.py")
