"""Virtual boards for tests: the engine, a home of one's own, and a hand on the serial console.

from tests.support.boards import bench, engine, home  # fixtures
"""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import serial

from toolkit.virtual import fleet, image
from toolkit.virtual.chips import CHIPS
from toolkit.virtual.control import Control
from toolkit.virtual.engine import Engine, provide
from toolkit.virtual.fleet import VirtualBoard

_REPOSITORY = Path(__file__).resolve().parent.parent.parent
_PATIENCE = 30.0  # how long to wait before a test gives up; never a measure of anything


def engine_cache() -> Path:
    """Where the engine lies between test runs."""
    named = os.environ.get("MICROS_TEST_CACHE")
    return Path(named) if named else _REPOSITORY / "user_data" / "engine"


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The real MicroPython; downloaded once, then from the cache."""
    return provide(engine_cache(), print)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder for virtual boards; whatever runs there ends with the test."""
    folder = tmp_path / "virtual"
    yield folder
    fleet.stop(folder)


def eventually(condition: Callable[[], Any], what: str = "it", patience: float = _PATIENCE) -> Any:
    """Wait for something to become true, seconds at most; a test that waits in vain fails."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError(f"waited {patience:.0f} s in vain for {what}")


def flash_firmware(home: Path, name: str, chip: str = "esp32", *, ota: bool = False) -> None:
    """Put the virtual firmware into a board's flash before its first start, without esptool.

    `ota`: with a partition table for firmware over the air.
    """
    row = CHIPS[chip]
    content = bytearray(b"\xff" * row.flash_size)
    firmware = image.ota_firmware(chip) if ota else image.firmware(chip)
    content[row.firmware_offset : row.firmware_offset + len(firmware)] = firmware
    folder = home / name
    folder.mkdir(parents=True)
    (folder / "flash.bin").write_bytes(content)


class Console:
    """The board's raw prompt, held by pyserial."""

    def __init__(self, port: str) -> None:
        self._serial = serial.Serial(port, 115200, timeout=_PATIENCE)

    def close(self) -> None:
        self._serial.close()

    def send(self, data: bytes) -> None:
        self._serial.write(data)

    def until(self, mark: bytes) -> str:
        """What comes, up to and with `mark`."""
        data = self._serial.read_until(mark)
        assert data.endswith(mark), f"no {mark!r} at the end of {data[-800:]!r}"
        return data.decode(errors="replace")

    def enter_raw(self) -> None:
        """Say it until it is heard: a board that is still starting loses what it is sent."""
        self._serial.timeout = 3
        eventually(self._raw, "the raw prompt")
        self._serial.timeout = _PATIENCE

    def _raw(self) -> bool:
        # What a program still prints must not be taken for the prompt.
        self.send(b"\r\x03\x03")
        time.sleep(0.1)
        self._serial.reset_input_buffer()
        self.send(b"\r\x01")
        mark = b"raw REPL; CTRL-B to exit\r\n>"
        if not self._serial.read_until(mark).endswith(mark):
            return False
        # It may be the prompt of what another client has left to be run.
        word = secrets.token_hex(4).encode()
        self.send(b"print('%s')\x04" % word)
        mark = word + b"\r\n\x04\x04>"
        return self._serial.read_until(mark).endswith(mark)

    def start(self, code: str) -> None:
        """Run code without waiting for it."""
        self.send(code.encode() + b"\x04")
        self.until(b"OK")

    def run(self, code: str) -> str:
        """Run code to its end; what it printed. A traceback fails the test."""
        self.start(code)
        printed = self.until(b"\x04")[:-1]
        error = self.until(b"\x04>")[:-2]
        assert not error, error
        return printed.replace("\r\n", "\n").strip()

    def fails(self, code: str) -> str:
        """Run code that must raise; the traceback's last line."""
        self.start(code)
        self.until(b"\x04")
        error = self.until(b"\x04>")[:-2].strip()
        assert error, "no error"
        return error.splitlines()[-1]


@dataclass
class Bench:
    """Starts boards of one home and keeps their consoles and controls until the test ends."""

    home: Path
    engine: Engine

    def __post_init__(self) -> None:
        self._open: list[Console | Control] = []

    def board(
        self, chip: str = "esp32", *, blank: bool = False, ota: bool = False, **options: Any
    ) -> VirtualBoard:
        name = options.pop("name", f"{chip}-1")
        if not blank and not (self.home / name).exists():
            flash_firmware(self.home, name, chip, ota=ota)
        return fleet.start(self.home, self.engine, chip=chip, name=name, **options)[0]

    def control(self, board: VirtualBoard) -> Control:
        control = fleet.control(board)
        self._open.append(control)
        return control

    def console(self, board: VirtualBoard) -> Console:
        """The board's raw prompt."""
        console = Console(board.port)
        self._open.append(console)
        console.enter_raw()
        return console

    def install_main(self, board: VirtualBoard, source: str) -> None:
        """Write main.py over the console, then let the console go."""
        console = Console(board.port)
        console.enter_raw()
        console.run(f"with open('/main.py', 'w') as f:\n    f.write({source!r})")
        console.close()

    def close(self) -> None:
        for each in self._open:
            each.close()


@pytest.fixture
def bench(home: Path, engine: Engine) -> Iterator[Bench]:
    bench = Bench(home, engine)
    yield bench
    bench.close()


def tool(name: str, *words: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run esptool, mpremote or ampy as a user would; its output is told when it fails."""
    module = {"ampy": "ampy.cli"}.get(name, name)
    return subprocess.run(
        [sys.executable, "-m", module, *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=timeout,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200"},
        check=False,
    )


def tool_ok(name: str, *words: str) -> str:
    """Run a tool that must succeed; what it printed."""
    done = tool(name, *words)
    assert done.returncode == 0, f"{name} {' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr
