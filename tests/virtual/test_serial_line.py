"""Clients that behave badly on the serial port do no harm."""

import os
import random
import re
import time
from collections.abc import Iterator

import pytest
import serial

from tests.support.boards import Bench, eventually
from toolkit.virtual.fleet import VirtualBoard
from toolkit.virtual.process import Input


def _answers(bench: Bench, board: VirtualBoard) -> bool:
    console = bench.console(board)
    answer = console.run("print('well')")
    console.close()
    return answer == "well"


def test_garbage_and_a_megabyte_of_it_do_no_harm(bench: Bench, board: VirtualBoard) -> None:
    port = serial.Serial(board.port, 115200, timeout=0, write_timeout=30)
    port.write(os.urandom(20_000).replace(b"\x04", b"").replace(b"\x05", b""))
    for _ in range(16):
        port.write(b"\x00\xff#" * 21_845)
    port.close()
    # Random bytes may have opened paste mode or another; a reset ends that as on a board.
    bench.control(board).press_reset()
    assert _answers(bench, board)


def test_garbage_in_the_boot_rom_does_no_harm(bench: Bench) -> None:
    board = bench.board(blank=True)
    port = serial.Serial(board.port, 115200, timeout=0)
    sync = b"\xc0\x00\x08\x24\x00\x00\x00\x00\x00" + b"\x07\x07\x12\x20" + b"\x55" * 32 + b"\xc0"
    port.write(sync)
    control = bench.control(board)
    eventually(lambda: control.state()["state"] == "rom")
    for size in range(40):
        port.write(b"\xc0\x00" + os.urandom(size) + b"\xc0")
    port.write(b"\xc0" + b"\x00" * 200_000 + b"\xc0")
    port.close()
    eventually(lambda: control.state()["state"] == "halted", "the chip to be let go")
    assert set((board.folder / "flash.bin").read_bytes()) == {0xFF}


def test_the_port_may_be_opened_twice(bench: Bench, board: VirtualBoard) -> None:
    first = serial.Serial(board.port, 115200, timeout=1)
    second = serial.Serial(board.port, 115200, timeout=1)
    second.close()
    first.close()
    assert _answers(bench, board)


def test_a_client_that_leaves_in_the_middle_is_forgotten(bench: Bench, board: VirtualBoard) -> None:
    for _ in range(5):
        port = serial.Serial(board.port, 115200, timeout=1)
        port.write(b"\r\x03\x01for i in range(200): print(i)\x04")
        port.close()
    assert _answers(bench, board)


def test_ctrl_c_ends_busy_loops_and_sleep(bench: Bench, board: VirtualBoard) -> None:
    console = bench.console(board)
    for code in ("while True:\n    pass", "import time; time.sleep(1000)"):
        console.start(code)
        console.send(b"\x03")
        assert console.until(b"KeyboardInterrupt: \r\n\x04>")


_STRIKES = 40
_INTERRUPTED = b"KeyboardInterrupt: \r\n\x04>"


def test_ctrl_c_in_the_middle_of_an_allocation_costs_no_board_however_often(
    bench: Bench, board: VirtualBoard
) -> None:
    console = bench.console(board)
    boots = bench.control(board).state()["boots"]
    moments = random.Random(7)
    said = set[str]()
    for _ in range(_STRIKES):
        console.start("while True:\n    x = [bytearray(50) for _ in range(20)]")
        time.sleep(moments.random() / 100)
        console.send(b"\x03")
        said.add(re.sub(r"line \d|<listcomp>|<module>", "", console.until(_INTERRUPTED)))
    assert max(map(len, said)) < 200, "the way of earlier ones is told, too"
    assert bench.control(board).state()["boots"] == boots
    print(f"\n    strikes at a program that allocates: {_STRIKES}, boards lost: 0")


def test_ctrl_c_ends_what_a_timer_calls_and_the_program_and_the_next_one_too(
    bench: Bench, board: VirtualBoard
) -> None:
    console = bench.console(board)
    boots = bench.control(board).state()["boots"]
    for _ in range(2):
        console.start(
            "from machine import Timer\n"
            "def busy(_):\n    print('busy')\n    sum(range(2 * 10**6))\n"
            "Timer(0).init(mode=Timer.ONE_SHOT, period=20, callback=busy)\n"
            "while True: pass"
        )
        console.until(b"busy\r\n")
        console.send(b"\x03")
        console.until(_INTERRUPTED)
        console.send(b"\x03")  # at the prompt
    assert console.run("print('well')") == "well"
    assert bench.control(board).state()["boots"] == boots


def test_ctrl_c_is_heard_between_timers_of_a_clock_that_jumps(bench: Bench) -> None:
    console = bench.console(bench.board(clock="jump"))
    moments = random.Random(7)
    for _ in range(_STRIKES):
        console.start(
            "from machine import Timer\nimport time\n"
            "for i in range(4):\n"
            "    Timer(i).init(mode=Timer.PERIODIC, period=1, callback=lambda _: None)\n"
            "while True: time.sleep_ms(1)"
        )
        time.sleep(moments.random() / 100)
        console.send(b"\x03")
        assert console.until(_INTERRUPTED).count("KeyboardInterrupt") == 1
        console.run("for i in range(4): Timer(i).deinit()")
    print(f"\n    strikes between timers: {_STRIKES}, lost: 0")


def test_the_friendly_prompt_knows_blocks_and_paste_mode(bench: Bench, board: VirtualBoard) -> None:
    console = bench.console(board)
    console.send(b"\x02")
    console.until(b">>> ")
    console.send(b"for i in range(2):\r  print('line', i)\r\r")
    console.until(b"line 0\r\nline 1\r\n>>> ")
    console.send(b"\x05def f():\r\n  return 'pasted'\r\n\x04")
    console.until(b">>> ")
    console.send(b"f()\r")
    assert console.until(b"'pasted'\r\n>>> ")


def test_the_friendly_prompt_has_a_history_and_keys_to_edit_and_complete(
    bench: Bench, board: VirtualBoard
) -> None:
    up, down, left, home, end = (b"\x1b[" + key for key in (b"A", b"B", b"D", b"1~", b"4~"))
    console = bench.console(board)
    console.send(b"\x02")
    console.until(b">>> ")

    def entered(keys: bytes) -> str:
        console.send(keys + b"\r")
        console.until(b"\r\n")
        return console.until(b">>> ").removesuffix(">>> ").strip()

    assert entered(b"print(6)") == "6"
    assert entered("k = 'é'".encode()) == ""
    assert entered(up + up + left + b"7") == "67"
    assert entered(up + up + up + down + up + home + b"1 + len(k) or " + end + b" ") == "2"
    assert entered(b"impo\x7f\x7fport mach\tx\x7f") == ""
    assert entered(b"machine.Pi\t.OU\t + 'x'" + left * 6 + b"\x1b[3~" * 6) == "3"
    assert entered("'ä".encode() + left + b"\x1b[3~\x1b[3~\x1b[Zb'" + home + b"x = ") == ""
    assert entered(b"x") == "'b'"
    console.send(b"machine.r\t\t")
    console.until(b"reset        reset_cause\r\n>>> machine.reset")
    console.send(b"\x03")
    console.until(b">>> ")


def test_output_of_bytes_is_not_touched(bench: Bench, board: VirtualBoard) -> None:
    console = bench.console(board)
    console.start("import sys; sys.stdout.buffer.write(b'a\\nb\\r\\n\\x00')")
    assert console.until(b"\x04") == "a\nb\r\n\x00\x04"


def test_native_usb_vanishes_at_a_reset_in_mean_mode(bench: Bench) -> None:
    board = bench.board("esp32c3", mean=True)
    control = bench.control(board)
    before = os.readlink(board.port)
    control.crash()
    eventually(lambda: os.readlink(board.port) != before, "another terminal behind the name")
    assert _answers(bench, board)


@pytest.fixture
def typed() -> Iterator[Input]:
    """The receive buffer, with no program that reads it."""
    buffer = Input()
    yield buffer
    buffer.close()


def test_what_was_typed_before_a_reset_is_gone_after_it(typed: Input) -> None:
    typed.feed(b"before")
    typed.drain()
    typed.feed(b"after")
    assert os.read(typed.reader, 64) == b"after"


def test_what_does_not_fit_is_counted_as_lost(typed: Input) -> None:
    lost = typed.feed(bytes(1 << 20))
    assert 0 < lost < 1 << 20
    assert typed.feed(b"more") == len(b"more")
