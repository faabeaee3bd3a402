"""Many boards, many homes, and supervisors that die."""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.boards import Bench, eventually, flash_firmware
from tests.support.toolkit import Toolkit
from toolkit.model.errors import EngineError, InputError, PortError, ToolkitError
from toolkit.model.paths import repository
from toolkit.transport.port import open_port
from toolkit.virtual import fleet, supervised
from toolkit.virtual.engine import Engine

_SERVE = """\
import asyncio, machine, network
async def client(reader, writer):
    writer.write(machine.unique_id().hex() + '\\n')
    await writer.drain()
    writer.close()
    await writer.wait_closed()
async def main():
    await asyncio.start_server(client, '0.0.0.0', 9008)
    w = network.WLAN(0)
    w.active(True)
    w.connect('virtual-wifi', 'virtual-wifi')
    while not w.isconnected():
        await asyncio.sleep_ms(20)
    while True:
        await asyncio.sleep(10)
asyncio.run(main())
"""


def _supervisor(home: Path) -> int:
    return int((home / "supervisor.lock").read_text())


def _alive(pid: int) -> bool:
    """Whether the process still runs; one that only waits to be collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _greeting(address: str) -> str:
    try:
        with socket.create_connection((address, 9008), 5) as client:
            return client.makefile().readline().strip()
    except OSError:
        return ""


def test_twenty_boards_come_up_and_answer(bench: Bench) -> None:
    first = bench.board(name="esp32-1")
    bench.install_main(first, _SERVE)
    fleet.stop(bench.home)
    content = (first.folder / "flash.bin").read_bytes()
    for number in range(2, 21):
        (bench.home / f"esp32-{number}").mkdir()
        (bench.home / f"esp32-{number}" / "flash.bin").write_bytes(content)
    boards = fleet.start(bench.home, bench.engine, count=20)
    assert len({board.address for board in boards}) == 20
    for board in boards:
        assert eventually(lambda b=board: _greeting(b.address)) == board.mac


def test_starting_twice_finds_the_running_board(bench: Bench) -> None:
    board = bench.board()
    assert bench.board() == board
    assert fleet.boards(bench.home) == [board]


def test_two_processes_start_the_same_board_at_once(home: Path, engine: Engine) -> None:
    flash_firmware(home, "esp32-1")
    found: list[fleet.VirtualBoard] = []
    threads = [
        threading.Thread(target=lambda: found.extend(fleet.start(home, engine))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_whoever_lists_boards_does_not_disturb_one_that_starts(home: Path, engine: Engine) -> None:
    flash_firmware(home, "esp32-1")
    done = threading.Event()
    failed: list[Exception] = []

    def look() -> None:
        while not done.is_set():
            try:
                fleet.boards(home)
            except ToolkitError as error:
                failed.append(error)

    watchers = [threading.Thread(target=look) for _ in range(3)]
    for watcher in watchers:
        watcher.start()
    try:
        for _ in range(3):
            (board,) = fleet.start(home, engine)
            with fleet.control(board) as control:
                assert control.state()["power"]
            assert fleet.stop(home) == [board.name]
    finally:
        done.set()
        for watcher in watchers:
            watcher.join()
    assert not failed


def test_a_home_that_cannot_be_made_is_one_sentence(tmp_path: Path, engine: Engine) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="virtual boards cannot live in"):
        fleet.start(tmp_path / "file" / "home", engine)


def test_addresses_stay_over_restarts(bench: Bench) -> None:
    before = {b.name: (b.address, b.mac) for b in (bench.board(), bench.board("esp8266"))}
    fleet.stop(bench.home)
    assert {b.name: (b.address, b.mac) for b in fleet.boards(bench.home)} == before
    bench.board("esp8266")
    bench.board()
    assert {b.name: (b.address, b.mac) for b in fleet.boards(bench.home)} == before


def test_a_board_is_started_as_it_was_unless_the_start_says_otherwise(bench: Bench) -> None:
    for options, mean, clock in (
        ({"mean": True, "clock": "jump"}, True, "jump"),
        ({}, True, "jump"),  # by a supervisor that knows nothing of the one before
        ({"mean": False}, False, "jump"),
        ({}, False, "jump"),
    ):
        state = bench.control(bench.board(**options)).state()
        assert (state["mean"], state["clock"]) == (mean, clock), options
        fleet.stop(bench.home)


def test_a_stopped_board_is_listed_and_keeps_its_flash(bench: Bench) -> None:
    board = bench.board()
    bench.install_main(board, "print('kept')")
    assert fleet.stop(bench.home, [board.name]) == [board.name]
    (idle,) = fleet.boards(bench.home)
    assert (idle.running, idle.pid, idle.address) == (False, None, board.address)
    assert not os.path.lexists(board.port)
    control = bench.control(bench.board())
    eventually(lambda: "kept" in control.console())


def test_two_homes_never_meet(tmp_path: Path, engine: Engine) -> None:
    homes = [tmp_path / name for name in ("one", "two")]
    try:
        boards = [fleet.start(home, engine)[0] for home in homes]
        # The second is told to have lived in the first one's block; it has to move.
        fleet.stop(homes[1])
        (homes[1] / "block").write_text((homes[0] / "block").read_text())
        boards.append(fleet.start(homes[1], engine)[0])
        prefixes = [board.address.rpartition(".")[0] for board in boards]
        assert prefixes[0] not in prefixes[1:]
        assert boards[0].mac != boards[1].mac
    finally:
        for home in homes:
            fleet.stop(home)


def test_a_killed_supervisor_takes_its_boards_along_and_is_replaced(bench: Bench) -> None:
    board = bench.board()
    assert board.pid
    os.kill(_supervisor(bench.home), signal.SIGKILL)
    eventually(lambda: not _alive(board.pid or 0), "the program to die")
    (idle,) = fleet.boards(bench.home)
    assert not idle.running
    assert not os.path.lexists(board.port), "the name of a terminal that is somebody else's now"
    again = bench.board()
    assert again.running
    assert again.address == board.address


def test_the_port_of_a_killed_supervisor_leads_to_no_terminal_of_somebody_else(
    bench: Bench,
) -> None:
    board = bench.board()
    # A handle of the supervisor, and not the terminal, whose number may be anybody's afterwards.
    assert os.readlink(board.port).startswith(f"/proc/{_supervisor(bench.home)}/fd/")
    assert os.path.realpath(board.port).startswith("/dev/pts/")
    os.kill(_supervisor(bench.home), signal.SIGKILL)
    eventually(lambda: not os.path.exists(board.port), "the end of its handles")
    with pytest.raises(PortError, match="esp32-1 does not run"):
        open_port(board.port)
    kit = Toolkit(bench.home.parent, bench.engine)  # its home is the folder `virtual` in there
    assert json.loads(kit.ok("-l", "--json"))["boards"] == []
    assert not os.path.lexists(board.port)


def test_a_supervisor_that_is_stopped_is_one_sentence(bench: Bench) -> None:
    bench.board()
    number = _supervisor(bench.home)
    os.kill(number, signal.SIGSTOP)
    try:
        for ask in (
            lambda: fleet.boards(bench.home),
            bench.board,
            lambda: fleet.stop(bench.home),
            lambda: fleet.power_cycle(bench.home, "esp32-1"),
        ):
            with pytest.raises(EngineError, match=rf"\(process {number}\) is stopped: `kill -CONT"):
                ask()
    finally:
        os.kill(number, signal.SIGCONT)
    assert fleet.boards(bench.home)[0].running


def test_the_number_of_another_process_is_not_taken_for_the_supervisor(bench: Bench) -> None:
    board = bench.board()
    os.kill(_supervisor(bench.home), signal.SIGKILL)
    eventually(lambda: not _alive(board.pid or 0))
    (bench.home / "supervisor.lock").write_text(str(os.getpid()))
    assert not fleet.boards(bench.home)[0].running
    assert bench.board().running


def test_a_deleted_home_ends_its_supervisor(tmp_path: Path, engine: Engine) -> None:
    import shutil

    home = tmp_path / "gone"
    fleet.start(home, engine)
    pid = _supervisor(home)
    shutil.rmtree(home)
    assert eventually(lambda: not _alive(pid), "the supervisor to notice")


def test_a_home_that_is_made_anew_is_not_swept_by_who_had_it_before(bench: Bench) -> None:
    before = bench.board()
    old = int((bench.home / "supervisor.lock").read_text())
    bench.home.rename(bench.home.with_name("away"))
    board = bench.board()
    eventually(lambda: not Path(f"/proc/{old}/exe").exists(), "the end of the one before")
    eventually(lambda: not Path(f"/proc/{before.pid}/exe").exists(), "the end of its board")
    assert fleet.boards(bench.home) == [board]
    assert fleet.control(board).state()["power"] is True
    assert Path(board.port).exists()


def test_a_path_longer_than_a_socket_name_may_be(tmp_path: Path, engine: Engine) -> None:
    home = tmp_path / ("a-folder-with-a-long-name" * 4) / ("and-another-one" * 4)
    try:
        (board,) = fleet.start(home, engine)
        with fleet.control(board) as control:
            assert control.state()["name"] == "esp32-1"
    finally:
        fleet.stop(home)


def test_others_may_not_look_into_a_home(bench: Bench) -> None:
    board = bench.board()
    assert bench.home.stat().st_mode & 0o077 == 0
    assert board.folder.stat().st_mode & 0o077 == 0


def test_an_unknown_chip_or_a_bad_name_is_refused(home: Path, engine: Engine) -> None:
    with pytest.raises(InputError, match="chip: expected one of esp32, esp8266, esp32c3"):
        fleet.start(home, engine, chip="esp64")
    with pytest.raises(InputError, match="name: expected letters"):
        fleet.start(home, engine, name="../escape")
    for wrong, sentence in (
        ({"count": 0}, "count: expected 1 to 249 boards, got 0"),
        ({"count": 250}, "count: expected 1 to 249 boards, got 250"),
        ({"speed": 0}, "speed: expected 1 to 1000, got 0"),
        ({"heap": "banana"}, "heap: expected 8k to 65536k, such as 64k, got 'banana'"),
        ({"heap": "1k"}, "heap: expected 8k"),
        ({"heap": "99999999k"}, "heap: expected 8k"),
    ):
        with pytest.raises(InputError, match=sentence):
            fleet.start(home, engine, **wrong)
    assert not home.exists(), "nothing was made"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("-n 0", "count: expected 1 to 249 boards, got 0"),
        ("--name ../b", "name: expected letters, digits, '-' and '_', at most 41; got '../b'"),
        ("--heap banana", "heap: expected 8k to 65536k, such as 64k, got 'banana'"),
    ],
)
def test_nothing_is_downloaded_for_boards_that_cannot_be(
    tmp_path: Path, words: str, sentence: str
) -> None:
    command = [sys.executable, "-m", "toolkit.virtual", "--home", str(tmp_path / "home"), "start"]
    environment = {**os.environ, "MICROS_MICROPYTHON": "/nowhere"}  # asked for, it is missed first
    done = subprocess.run(
        [*command, *words.split()], capture_output=True, text=True, env=environment, check=False
    )
    assert (done.stderr, done.stdout) == (sentence + "\n", "")
    assert done.returncode == InputError.exit_code
    assert list(tmp_path.iterdir()) == []


def test_the_supervisor_answers_nonsense_and_lives(bench: Bench) -> None:
    board = bench.board()
    with socket.socket(socket.AF_UNIX) as client:
        folder = os.open(bench.home, os.O_RDONLY)
        client.connect(f"/proc/self/fd/{folder}/supervisor.sock")
        os.close(folder)
        lines = client.makefile("rb")
        for nonsense in (b"\xff\xfe\n", b"[]\n", b'{"do": 7}\n', b'{"do": "start"}\n'):
            client.sendall(nonsense)
            assert "error" in json.loads(lines.readline())
        client.sendall(b"x" * 300_000 + b"\n")
    assert fleet.boards(bench.home) == [board]


def test_an_engine_that_is_gone_is_told_and_the_board_can_be_started_again(
    home: Path, engine: Engine, tmp_path: Path
) -> None:
    wrapper = tmp_path / "micropython"
    wrapper.write_text(f'#!/bin/sh\nexec {shlex.join(engine.command)} "$@"\n')
    wrapper.chmod(0o755)
    flash_firmware(home, "esp32-1")
    mine = replace(engine, command=(str(wrapper),))
    fleet.start(home, mine)
    wrapper.rename(tmp_path / "away")
    with pytest.raises(InputError, match="esp32-1: MicroPython did not start"):
        fleet.power_cycle(home, "esp32-1")
    assert not fleet.boards(home)[0].running
    (tmp_path / "away").rename(wrapper)
    assert fleet.start(home, mine)[0].running


def _held(home: Path, engine: Engine, names: list[str]) -> None:
    with fleet.hold(home, engine, names, "esp32"):
        pass


def test_boards_that_cannot_all_be_started_leave_none_and_nobody_who_plays_them(
    home: Path, engine: Engine
) -> None:
    flash_firmware(home, "esp32-1")
    (home / "esp32-2").write_text("in the way")
    nowhere = replace(engine, command=("/nowhere",))
    for start, sentence in (
        (lambda: fleet.start(home, engine, count=2), "esp32-2 cannot be made: File exists"),
        (lambda: _held(home, engine, ["esp32-1", "esp32-2"]), "esp32-2 cannot be made"),
        (lambda: _held(home, nowhere, ["esp32-1"]), "esp32-1: MicroPython did not start"),
    ):
        with pytest.raises(InputError, match=sentence):
            start()
        eventually(lambda: not _alive(_supervisor(home)), "the end of who played them")
        assert [board.running for board in fleet.boards(home)] == [False]


def test_boards_that_ran_before_go_on_where_others_cannot_be_started(bench: Bench) -> None:
    board = bench.board()
    (bench.home / "esp32-3").write_text("in the way")
    with pytest.raises(InputError, match="esp32-3 cannot be made"):
        fleet.start(bench.home, bench.engine, count=3)
    assert [it.name for it in fleet.boards(bench.home) if it.running] == [board.name]
    assert fleet.control(board).state()["pid"] == board.pid


def test_who_goes_away_before_a_board_is_started_leaves_nobody_who_waits(home: Path) -> None:
    with pytest.raises(KeyboardInterrupt), supervised.attended(home):
        raise KeyboardInterrupt
    eventually(lambda: not _alive(_supervisor(home)), "the end of a supervisor without boards")
    told, tells = os.pipe()
    child = os.fork()
    if not child:
        with supervised.attended(home):
            os.write(tells, b"x")
            signal.pause()
        os._exit(0)
    os.read(told, 1)
    supervisor = _supervisor(home)
    assert _alive(supervisor)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    eventually(lambda: not _alive(supervisor), "the end of a supervisor without boards")


def test_a_supervisor_that_does_not_answer_is_told_and_holds_nobody_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.board()
    pid = _supervisor(bench.home)
    (bench.home / "supervisor.sock").unlink()
    monkeypatch.setattr(supervised, "_END_SECONDS", 0.2)
    said: list[str] = []

    def start() -> None:
        try:
            fleet.start(bench.home, bench.engine, name="b2")
        except EngineError as error:
            said.append(str(error))

    for _ in range(2):
        threading.Thread(target=start, daemon=True).start()
    try:
        eventually(lambda: len(said) == 2, "both to be told")
        assert all("supervisor does not answer: [Errno 2]" in sentence for sentence in said)
    finally:
        os.kill(pid, signal.SIGTERM)
        eventually(lambda: not _alive(pid), "its end")


def test_power_cycle_gives_a_new_program(bench: Bench) -> None:
    board = bench.board()
    fleet.power_cycle(bench.home, board.name)
    (after,) = fleet.boards(bench.home)
    assert after.running
    assert after.pid != board.pid
    with pytest.raises(InputError, match=r"no board named 'nobody' \(there are: esp32-1\)"):
        fleet.power_cycle(bench.home, "nobody")


def _say(home: Path, *words: str) -> str:
    """What `python -m toolkit.virtual` prints for words that it understands."""
    command = [sys.executable, "-m", "toolkit.virtual", "--home", str(home), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=repository())
    return done.stdout.strip()


def _refused(home: Path, *words: str) -> str:
    """The one sentence that it ends with where the words cannot be done."""
    command = [sys.executable, "-m", "toolkit.virtual", "--home", str(home), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=repository())
    assert (done.returncode, done.stdout) == (3, "")
    return done.stderr.removesuffix("\n")


def test_what_nobody_reads_to_its_end_is_no_fault(bench: Bench) -> None:
    board = bench.board()
    virtual = ["toolkit.virtual", "--home", str(bench.home)]
    for words in (
        ["toolkit", "-cc", "--dummy"],
        ["toolkit", "--manual", "--json"],
        [*virtual, "list"],
        [*virtual, "view", board.name],
        [*virtual, "control", board.name, '{"do": "view"}'],
    ):
        reader, writer = os.pipe()
        os.close(reader)  # who would have read it has left
        done = subprocess.run(
            [sys.executable, "-m", *words],
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=repository(),
        )
        os.close(writer)
        assert (done.returncode, done.stderr) == (141, ""), words


def test_a_board_without_power_is_given_it_again_by_the_control_line(bench: Bench) -> None:
    board = bench.board()
    for power_on in (
        ("control", board.name, '{"do": "power", "state": "on"}'),
        ("power-cycle", board.name),
        ("start", "--name", board.name),
    ):
        assert _say(bench.home, "control", board.name, '{"do": "power", "state": "off"}') == '"off"'
        assert [each.running for each in fleet.boards(bench.home)] == [False]
        _say(bench.home, *power_on)
        assert [each.running for each in fleet.boards(bench.home)] == [True], power_on
    fleet.stop(bench.home)
    for words, sentence in (
        (("stop", "esp32-9"), "there is no board named 'esp32-9' (there are: esp32-1)"),
        (("view", "esp32-1"), "'esp32-1' is off: start it first (start --name esp32-1)"),
    ):
        assert _refused(bench.home, *words) == sentence
    with pytest.raises(InputError, match="'esp32-1' is not running: start it first"):
        fleet.power_cycle(bench.home, board.name)
