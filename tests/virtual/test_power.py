"""Resets, sleep, watchdog, kept memory, and losing power in the middle of a write."""

from pathlib import Path

import pytest

from tests.support.boards import Bench, eventually, tool
from toolkit.transport.repl import Blank, Repl
from toolkit.virtual.chips import CHIPS
from toolkit.virtual.fleet import VirtualBoard

_TELL = "import machine\nprint('cause=%d' % machine.reset_cause())\n"


def _cause_after(bench: Bench, board: VirtualBoard, code: str) -> int:
    """Run code that ends the program, and read the cause from main.py's line."""
    console, control = bench.console(board), bench.control(board)
    told = control.console().count("cause=")
    console.start(code)
    eventually(lambda: control.console().count("cause=") > told, "main.py to tell the cause")
    console.close()
    return int(control.console().rpartition("cause=")[2][0])


def test_a_blank_flash_does_not_boot(bench: Bench) -> None:
    board = bench.board(blank=True)
    control = bench.control(board)
    assert control.state()["state"] == "halted"
    assert board.pid is None
    assert "invalid header" in control.console()
    with pytest.raises(Blank, match=r"the flash of the board on .* is blank: --make puts a node"):
        Repl(board.port)  # it had said so before anybody listened, and goes on saying it


@pytest.mark.parametrize("chip", sorted(CHIPS))
def test_power_on_reset_and_watchdog_are_told_apart(bench: Bench, chip: str) -> None:
    row = CHIPS[chip]
    power, hard, watchdog, _sleep, soft = row.causes
    board = bench.board(chip)
    bench.install_main(board, _TELL)
    feed = "machine.WDT()" if chip == "esp8266" else "machine.WDT(timeout=200)"
    after_reset = hard if row.reset_is == "hard" else soft
    assert _cause_after(bench, board, "import machine; machine.reset()") == after_reset
    hang = f"import machine\n{feed}\nwhile True:\n    pass"
    assert _cause_after(bench, board, hang) == watchdog
    control = bench.control(board)
    told = control.console().count("cause=")
    control.power_cycle()
    eventually(lambda: control.console().count("cause=") > told, "main.py to tell the cause")
    assert control.console().rpartition("cause=")[2][0] == str(power)


@pytest.mark.parametrize("chip", sorted(CHIPS))
def test_deep_sleep_ends_by_itself_and_is_told(bench: Bench, chip: str) -> None:
    board = bench.board(chip)
    bench.install_main(board, _TELL)
    cause = _cause_after(bench, board, "import machine; machine.deepsleep(100)")
    assert cause == CHIPS[chip].causes[3]


def test_deep_sleep_without_a_time_lasts_until_reset(bench: Bench, board: VirtualBoard) -> None:
    console, control = bench.console(board), bench.control(board)
    console.start("import machine; machine.deepsleep()")
    eventually(lambda: control.state()["state"] == "asleep")
    control.press_reset()
    assert control.state()["state"] == "program"


def test_soft_reset_is_told_and_keeps_the_pins(bench: Bench, board: VirtualBoard) -> None:
    bench.install_main(board, _TELL)
    control = bench.control(board)
    bench.console(board).run("from machine import Pin; p = Pin(4, Pin.OUT, value=1)")
    assert _cause_after(bench, board, "import machine; machine.soft_reset()") == 5
    assert control.pin(4) == 1


def test_ctrl_d_is_a_soft_reset(bench: Bench, board: VirtualBoard) -> None:
    console, control = bench.console(board), bench.control(board)
    console.send(b"\x02")
    console.until(b">>> ")
    console.send(b"\x04")
    console.until(b"MPY: soft reboot\r\n")
    console.until(b">>> ")
    assert control.state()["last_exit"] == "soft"


def test_a_crash_of_the_firmware_starts_again(bench: Bench, board: VirtualBoard) -> None:
    control = bench.control(board)
    starts = control.state()["boots"]
    control.crash()
    eventually(lambda: control.state()["boots"] > starts)
    assert "abort() was called" in control.console()


def test_memory_of_the_clock_survives_reset_not_power(bench: Bench, board: VirtualBoard) -> None:
    read = "import machine; print(machine.RTC().memory())"
    console, control = bench.console(board), bench.control(board)
    console.run("import machine; machine.RTC().memory(b'kept')")
    control.press_reset()
    console.enter_raw()
    assert console.run(read) == "b'kept'"
    control.power_cycle()
    console.enter_raw()
    assert console.run(read) == "b''"


def test_memory_of_the_clock_is_random_at_power_on_in_mean_mode(bench: Bench) -> None:
    board = bench.board(mean=True)
    console, control = bench.console(board), bench.control(board)
    read = "import machine; print(machine.RTC().memory().hex())"
    first = console.run(read)
    assert len(first) == 2 * 2048
    control.power_cycle()
    console.enter_raw()
    assert console.run(read) != first


def test_the_memory_has_an_end(bench: Bench, board: VirtualBoard) -> None:
    console = bench.console(board)
    assert "ValueError" in console.fails("import machine; machine.RTC().memory(bytes(2049))")


_SAVE = "f = open('/victim', 'w'); f.write('new' * 500); f.close()"


@pytest.mark.parametrize("tear", ["nothing", "half", "all"])
def test_power_fails_in_the_middle_of_a_write(bench: Bench, board: VirtualBoard, tear: str) -> None:
    console, control = bench.console(board), bench.control(board)
    console.run("f = open('/victim', 'w'); f.write('old' * 500); f.close()")
    control.cut_power(2, tear)
    console.start(_SAVE)
    eventually(lambda: control.state()["power"] is False, "the light to go out")
    assert control.state()["last_exit"] == "power lost"
    control.power_on()
    console.enter_raw()
    # Overwritten with one close, a file on LittleFS is the old one or the new one.
    text = console.run("print(open('/victim').read())")
    assert text in ("old" * 500, "new" * 500)


def test_a_power_cut_strikes_esptool_too(bench: Bench, tmp_path: Path) -> None:
    board = bench.board(blank=True)
    control = bench.control(board)
    data = tmp_path / "data.bin"
    data.write_bytes(bytes(40_000))
    control.cut_power(12, "half")  # ten sectors are erased, then one block is written
    port = ("--port", board.port)
    done = tool("esptool", *port, "write-flash", "--no-compress", "0x20000", str(data))
    assert done.returncode != 0
    assert control.state()["power"] is False
    written = (board.folder / "flash.bin").read_bytes()[0x20000:]
    assert 0 < written.count(0) < 40_000


def test_a_cut_that_restarts_boots_again(bench: Bench, board: VirtualBoard) -> None:
    console, control = bench.console(board), bench.control(board)
    starts = control.state()["boots"]
    control.cut_power(1, "half", restart=True)
    console.start(_SAVE)
    assert eventually(lambda: control.state()["boots"] > starts and control.state()["power"])
