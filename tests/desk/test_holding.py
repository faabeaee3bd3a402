"""One toolkit on one board: whatever name it is called by, however its holder ends."""

import fcntl
import os
import pty
import re
import signal
import socket
import struct
import subprocess
import sys
import types
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from tests.support.boards import eventually
from toolkit.model import locks
from toolkit.model.errors import PortError
from toolkit.transport import holding, naming

UID = "240ac4000001"
_HOLDS = """\
import sys
from pathlib import Path
from toolkit.transport import holding
from toolkit.transport.flasher import Flasher
with holding.alone(sys.argv[1], Path(sys.argv[2])):
    Flasher(sys.argv[1]).identify()
"""


@pytest.fixture
def lines() -> Iterator[list[int]]:
    """A pseudo-terminal at which nobody answers: the end of who would, and the port."""
    both = pty.openpty()
    yield list(both)
    for line in both:
        os.close(line)


def refused(device: str, folder: Path) -> str:
    """The sentence for who comes second."""
    with pytest.raises(PortError) as refusal, holding.alone(device, folder):
        pass
    return str(refusal.value)


def test_all_names_of_a_port_mean_one_board(tmp_path: Path, lines: list[int]) -> None:
    port, folder = os.ttyname(lines[1]), tmp_path / "locks"
    by_id, elsewhere = tmp_path / "by-id", tmp_path / "elsewhere"
    by_id.symlink_to(port)
    elsewhere.symlink_to(tmp_path)
    relative = os.path.relpath(port)
    names = [port, str(by_id), str(elsewhere / "by-id"), relative, f"spy://{port}?file=/dev/null"]
    for first in names:
        with holding.alone(first, folder):
            for second in names:
                assert f"in use by another toolkit (process {os.getpid()})" in refused(
                    second, folder
                ), (first, second)
    assert not list(folder.iterdir())


def test_a_board_is_held_while_another_terminal_comes_behind_its_name(
    tmp_path: Path, lines: list[int]
) -> None:
    port, folder = tmp_path / "port", tmp_path / "locks"
    port.symlink_to("/dev/tty")
    with holding.alone(str(port), folder):
        port.unlink()
        for _ in range(2):  # gone for a moment, then back as another one
            assert "in use" in refused(str(port), folder)
            port.unlink(missing_ok=True)
            port.symlink_to(os.ttyname(lines[1]))


@pytest.mark.parametrize(
    "second",
    [
        "socket://127.0.0.1:2217",
        "SOCKET://localhost:2217",
        "rfc2217://LocalHost:2217?ign_set_control",
        "rfc2217://[::ffff:127.0.0.1]:2217/",
    ],
)
def test_a_port_in_the_network_is_the_same_in_any_spelling(tmp_path: Path, second: str) -> None:
    with holding.alone("rfc2217://127.0.0.1:2217", tmp_path):
        assert "in use" in refused(second, tmp_path)
    with holding.alone(second, tmp_path):
        assert "in use" in refused("socket://127.0.0.1:2217?logging=debug", tmp_path)


def test_other_boards_are_not_held(tmp_path: Path, lines: list[int]) -> None:
    with holding.alone(os.ttyname(lines[1]), tmp_path):
        for other in ("/dev/null", "/dev/ttyUSB7", "socket://127.0.0.1:2217", "loop://", "x://["):
            with holding.alone(other, tmp_path):
                pass
    with (
        holding.alone("socket://127.0.0.1:2217", tmp_path),
        holding.alone("socket://127.0.0.1:2218", tmp_path),
        holding.alone("socket://127.0.0.2:2217", tmp_path),
    ):
        pass
    assert not list(tmp_path.iterdir())


def test_where_no_lock_can_be_written_nothing_is_held_up(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with (
        holding.alone("/dev/null", tmp_path / "file"),
        holding.alone("/dev/null", tmp_path / "file"),
    ):
        pass


def test_a_flasher_that_outlives_its_toolkit_has_the_board(
    tmp_path: Path, lines: list[int]
) -> None:
    port = os.ttyname(lines[1])
    toolkit = subprocess.Popen([sys.executable, "-c", _HOLDS, port, str(tmp_path)])
    assert os.read(lines[0], 1)  # it knocks at the board
    flasher = re.search(r"esptool \(process (\d+)\)", holding.users(port))
    assert flasher
    os.kill(int(flasher[1]), signal.SIGSTOP)  # else it may end, because nobody reads what it says
    toolkit.kill()
    toolkit.wait()
    left = f"in use by {flasher[0]}, which a toolkit that was killed has left: wait for its end"
    assert left in refused(port, tmp_path)
    os.kill(int(flasher[1]), signal.SIGKILL)

    def free() -> bool:
        try:
            with holding.alone(port, tmp_path):
                return True
        except PortError:
            return False

    eventually(free, "its end")
    assert not list(tmp_path.iterdir())


def test_a_toolkit_that_has_just_begun_is_not_taken_for_one_that_was_killed(
    tmp_path: Path,
) -> None:
    """It has the lock and has not written its number yet; and a third may look at the file."""
    with holding.alone("loop://", tmp_path):
        (path,) = tmp_path.iterdir()
        with open(path) as file:
            third = subprocess.Popen(["sleep", "60"], stdin=file)
        try:
            assert f"in use by another toolkit (process {os.getpid()})" in refused(
                "loop://", tmp_path
            )
            path.write_text("")
            assert "loop:// is in use by another toolkit: wait" in refused("loop://", tmp_path)
        finally:
            third.kill()
            third.wait()


def test_a_node_is_treated_over_the_air_by_some_or_over_its_cable_by_one(tmp_path: Path) -> None:
    us = f"by another toolkit (process {os.getpid()}): wait for its end"
    with holding.in_the_air(UID, "lamp", tmp_path), holding.in_the_air(UID, "lamp", tmp_path):
        with pytest.raises(PortError) as caught, holding.on_the_cable(UID, "it", tmp_path):
            pass
        assert f"it is just given something, over the air or another cable, {us}" in str(
            caught.value
        )
        with holding.on_the_cable("24ffffffffff", "another", tmp_path):
            pass
    with holding.on_the_cable(UID, "it", tmp_path):
        for way in (holding.in_the_air, holding.on_the_cable):
            with pytest.raises(PortError) as caught, way(UID, "lamp", tmp_path):
                pass
        assert "lamp is just" in str(caught.value)
    assert not list(tmp_path.iterdir())


# What follows is no Windows: it runs the branch for it with a stand-in for what that calls, which
# does what the documentation of Windows says of it.


def _locking(handle: int, mode: int, size: int) -> None:
    assert mode == 7
    first = os.lseek(handle, 0, os.SEEK_CUR)
    assert first > 1000, "a byte that is locked can be read by nobody"
    lock = struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, first, size, 0)
    try:
        fcntl.fcntl(handle, fcntl.F_OFD_SETLK, lock)
    except BlockingIOError as error:
        raise PermissionError(13, "Permission denied") from error


def _unlink_of_windows(path: Path, missing_ok: bool = False) -> None:
    """An open file cannot be deleted there."""
    for one in os.listdir("/proc/self/fd"):
        try:
            if os.readlink(f"/proc/self/fd/{one}") == str(path):
                raise PermissionError(13, "it is being used by another process", str(path))
        except FileNotFoundError:
            continue  # the list itself
    os.unlink(path)


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """The locks as they are there."""
    msvcrt = types.ModuleType("msvcrt")
    msvcrt.__dict__.update(locking=_locking, LK_NBLCK=7)
    monkeypatch.setitem(sys.modules, "msvcrt", msvcrt)
    monkeypatch.setattr(Path, "unlink", _unlink_of_windows)
    spec = spec_from_file_location("locks_of_windows", locks.__file__)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    with monkeypatch.context() as there:
        there.setattr(sys, "platform", "win32")
        spec.loader.exec_module(module)
    return module


def test_a_lock_of_windows_is_let_go_of_before_its_file_is_taken_away(
    tmp_path: Path, windows: types.ModuleType
) -> None:
    path = tmp_path / "lock"
    first, second = (os.open(path, os.O_RDWR | os.O_CREAT, 0o600) for _ in range(2))
    assert windows.taken(first)
    os.write(first, b"12\n")
    assert not windows.taken(second)
    assert os.read(second, 20) == b"12\n"
    windows.taken_away(path, first)
    assert path.exists(), "somebody has it open, and may have it now"
    assert windows.taken(second)
    windows.taken_away(path, second)
    assert not path.exists()


def test_a_lock_of_windows_is_shared_by_some_or_had_by_one(
    tmp_path: Path, windows: types.ModuleType
) -> None:
    path = tmp_path / "lock"
    first, second, third = (os.open(path, os.O_RDWR | os.O_CREAT, 0o600) for _ in range(3))
    assert windows.shared(first)
    assert windows.shared(second)
    assert not windows.taken(third)
    os.close(first)
    os.close(second)
    assert windows.taken(third)
    fourth = os.open(path, os.O_RDWR)
    assert not windows.shared(fourth)
    os.close(fourth)
    os.close(third)


def test_a_port_of_windows_has_one_key() -> None:
    assert {naming.on_windows(name) for name in ("COM3", "com3", "\\\\.\\COM3")} == {"name COM3"}
    assert naming.on_windows("COM30") != naming.on_windows("COM3")


def test_a_client_of_ours_is_known_by_its_port_and_nobody_else_is() -> None:
    with socket.create_server(("127.0.0.1", 0)) as ear:
        with socket.create_connection(ear.getsockname()) as client:
            port = client.getsockname()[1]
            assert holding.is_own_client(port)
        with socket.create_server(("127.0.0.2", 0)) as other:  # of another address
            assert not holding.is_own_client(other.getsockname()[1])
