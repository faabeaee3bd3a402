"""What port/rp2 promises, on the real firmware: what outlives a reset, pins, the access point."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.firmware.disk import Disk
from tests.firmware.pico import LONGEST, Pico
from toolkit.transport.port import lines
from toolkit.transport.repl import Repl

_START = "import sys\nsys.path[:] = ['/micros', '.frozen']\nfrom port import rp2 as port\n"
RECORD = bytes(range(12)) + b"switch.on " + bytes(22)

pytestmark = pytest.mark.timeout(LONGEST)


class Board:
    """A board with the core on its flash and nothing running."""

    def __init__(self, pico: Pico) -> None:
        self.pico = pico

    def run(self, code: str) -> str:
        """Run code beside the port; what it prints."""
        with Repl(self.pico.port, patience=30) as repl:
            return repl.run(_START + code, timeout=30).strip()

    def start(self, code: str) -> None:
        """Run code that ends with the board's reset, and wait for that."""
        resets = self.pico.ask("resets")
        with Repl(self.pico.port, patience=30) as repl:
            repl.start(_START + code)
            while self.pico.ask("resets") == resets:
                time.sleep(0.1)

    def facts(self) -> tuple[str, bytes]:
        """Why it started, and what is kept."""
        cause, kept = eval(self.run("print((port.reset_cause(), port.memory()()))"))
        return cause, kept


@pytest.fixture(scope="module")
def board(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """The board, before its first reset."""
    folder = tmp_path_factory.mktemp("port")
    with Pico(image, folder, Disk(folder).with_core().image()) as pico:
        yield Board(pico)


def test_what_is_kept_outlives_a_reset_but_no_power_cut(board: Board) -> None:
    cause, kept = board.facts()
    assert (cause, kept[:12]) == ("power-on", bytes(12))
    board.start(f"port.memory()({RECORD!r})\nport.reset()")
    cause, kept = board.facts()
    assert (cause, kept[:12]) == ("watchdog", RECORD[:12])
    board.pico.ask("power")
    assert board.facts()[0] == "power-on"
    assert board.facts()[1][:12] == bytes(12)


def test_the_watchdog_ends_a_program_that_hangs_and_what_is_kept_stays(board: Board) -> None:
    board.start(
        f"port.memory()({RECORD!r})\nimport machine\n"
        "def hang(timeout):\n    machine.WDT(timeout=timeout)\n    while True: pass\nhang(200)"
    )
    cause, kept = board.facts()
    assert (cause, kept[:12]) == ("watchdog", RECORD[:12])


def test_an_alarm_ends_an_endless_loop(board: Board) -> None:
    board.start("alarm = port.alarm(100)\nwhile True: pass")
    assert board.facts()[0] == "watchdog"


def test_pins_do_what_their_mode_says(board: Board) -> None:
    board.run("port.pin(16, 'out').value(1)\nport.pin(17, 'up')\nport.pin(18, 'down')")
    assert [board.pico.ask(pin) for pin in ("16", "17", "18")] == [
        "HIGH",
        "INPUT_PULL_UP",
        "INPUT_PULL_DOWN",
    ]
    said = board.run(
        "p = port.pwm(6, 1000)\np.duty_u16(32768)\n"
        "print((p.freq(), p.duty_u16(), port.adc(26).read_u16() <= 65535))\n"
        "port.i2c(5, 4, 400000)\nport.neopixel(18, 3)[0] = (1, 2, 3)"
    )
    assert said == "(1000, 32768, True)"


def test_an_edge_calls_the_handler(board: Board) -> None:
    code = (
        "import time\npin = port.pin(17, 'down')\n"
        "port.interrupt(pin, 'up', lambda it: print('edge', it is pin))\n"
        "print('ready')\nwhile True: time.sleep_ms(1)"
    )
    with Repl(board.pico.port, patience=30) as repl:
        console = lines(repl.start(_START + code))
        assert next(filter(None, console)).endswith("ready")
        for _ in range(2):
            board.pico.ask("17=1")
            assert next(filter(None, console)) == "edge True"
            board.pico.ask("17=0")


def test_a_handler_that_switches_itself_off_hears_the_next_edge_once_it_is_on_again(
    board: Board,
) -> None:
    """As the core does it: up and down, and whoever is told turns the interrupt on again."""
    code = """
import time
levels = []
def edge(pin):
    pin.irq(None)
    levels.append(pin.value())
pin = port.pin(17, 'down')
edges = port.interrupt(pin, 'both', edge)
print('ready')
while True:
    while not levels:
        time.sleep_ms(1)
    told = levels[:]
    levels.clear()
    pin.irq(edge, edges)
    print(told)"""
    with Repl(board.pico.port, patience=30) as repl:
        console = lines(repl.start(_START + code))
        assert next(filter(None, console)).endswith("ready")
        for _ in range(2):
            for level in (1, 0):
                board.pico.ask(f"17={level}")
                assert next(filter(None, console)) == f"[{level}]"


def test_the_access_point_has_its_name_before_it_is_on(board: Board) -> None:
    said = board.run(
        "from port import rp2_wifi as wifi\n"
        "point = wifi.wlan('ap', 'lamp')\nbefore = point.active()\n"
        "wifi.protect(point, 'lamp', 'password')\n"
        "print((before, point.active(), point.config('ssid'), point.ifconfig()[0]))\n"
        "print((wifi.stations(point), len(port.uid()), port.uid() != '0' * 12))"
    )
    assert said.splitlines() == ["(False, True, 'lamp', '192.168.4.1')", "(0, 12, True)"]
