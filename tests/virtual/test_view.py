"""The board drawn for a terminal."""

import re
import subprocess
import sys
from typing import Any

from tests.support.boards import Bench
from tests.support.terminal import CTRL_C, Terminal
from toolkit.virtual.view import drawn, fitted, names

_LIT = """
from machine import Pin, PWM, I2C
import neopixel
Pin(2, Pin.OUT).value(1)
PWM(Pin(14), freq=500, duty_u16=16384)
n = neopixel.NeoPixel(Pin(23, Pin.OUT), 2)
n[0] = (255, 0, 10)
n.write()
print('\\x1b[2Jdone')
"""


def bench_words(bench: Bench, *words: str) -> list[str]:
    return [sys.executable, "-m", "toolkit.virtual", "--home", str(bench.home), "view", *words]


def test_pins_pulses_lights_displays_and_the_console_are_drawn(bench: Bench) -> None:
    board = bench.board()
    control = bench.control(board)
    control.i2c_model(60, "ssd1306")
    control.ask("device", pin=17, kind="dht22", temperature=20.5, humidity=50)
    bench.console(board).run(_LIT)
    picture = drawn(control.view(), names("esp32"))
    text = "\n".join(picture)
    assert re.search(r"^   2  builtin +● out$", text, re.M)
    assert re.search(r"^  14  pwm_0 .*█████·{15}  25.0% 500 Hz$", text, re.M)
    assert "lights at pin 23\n\x1b[38;2;255;0;10m■ \x1b[38;2;0;0;0m■" in text
    assert "I2C 60: ssd1306" in text
    assert "pin 17: dht22\n      temperature 20.5, humidity 50" in text
    assert any(line.startswith("> ") for line in picture)
    assert "\x1b[2J" not in text  # what a board prints does not move the cursor


def test_dots_of_a_display_are_halves_of_letters() -> None:
    display = {"model": "ssd1306", "lines": ["f0", "90", "00", "60"]}
    seen = {"state": {"name": "b", "chip": "c", "state": "program", "boots": 1, "clock": "real"}}
    seen["state"] |= {"station": None, "access_point": None}
    empty = {"pins": {}, "pwm": {}, "strips": {}, "devices": {}, "console": ""}
    lines = drawn({**seen, **empty, "i2c": {"60": display}}, {})
    assert lines[lines.index("I2C 60: ssd1306") + 1 :][:2] == ["█▀▀█", " ▄▄"]


def test_in_a_narrow_terminal_nothing_is_wider_and_what_does_not_fit_is_counted() -> None:
    state = {"name": "esp32-1", "chip": "esp32", "state": "program", "boots": 1, "clock": "real"}
    row = "f" * 31 + "1"
    display = {"model": "ssd1306", "on": True, "lines": [row] * 64}
    seen: dict[str, Any] = {
        "state": {**state, "station": "a network with a long name", "access_point": None},
        "pins": {"2": {"mode": "out", "level": 1}},
        "pwm": {"14": {"freq": 50000, "duty_u16": 65535}},
        "strips": {"23": {"colours": ["ff0000", "000000", "00000a", "ffffff"] * 10}},
        "devices": {"17": {"kind": "dht22", "temperature": 21.0, "humidity": 40.0, "asked": 12}},
        "console": "x" * 200,
        "i2c": {"60": display},
    }
    for width in (20, 40, 80, 127):
        lines = drawn(seen, names("esp32"), width, colours=False)
        assert max(map(len, lines)) <= width
        assert "\x1b" not in "".join(lines)
        assert lines[-1] == ("⣿" * 62 + "\u2800⢸")[:width]
        assert "R · b W R" in "\n".join(lines)
    assert drawn(seen, {}, 128)[-1] == "█" * 124 + "   █"
    assert fitted(lines, 10) == [*lines[:9], f"… {len(lines) - 9} lines more"]
    assert fitted(lines, 100) == lines
    off = drawn({**seen, "i2c": {"60": {**display, "on": False}}}, {}, 40)
    assert off[-1] == "      off"


def test_a_board_without_a_map_has_pins_without_names() -> None:
    assert names("nothing") == {}
    assert "pwm_0" in names("esp32")[14]


def test_it_goes_on_until_ctrl_c_and_leaves_the_terminal_as_it_was(bench: Bench) -> None:
    board = bench.board()
    control = bench.control(board)
    with Terminal(bench_words(bench, board.name), {"TERM": "dumb"}) as screen:
        screen.expect("starts 1")
        assert screen.end() == 0
    with Terminal(bench_words(bench, board.name), {}) as screen:
        screen.expect("starts 1")
        control.press_reset()
        screen.expect("starts 2")
        screen.type(CTRL_C)
        assert screen.end() == 0


def test_into_a_pipe_goes_one_picture_and_an_unknown_board_is_one_sentence(bench: Bench) -> None:
    board = bench.board()
    done = subprocess.run(
        bench_words(bench, board.name), capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert board.name in done.stdout
    assert "\x1b" not in done.stdout
    unknown = "there is no board named 'nothing' (there are: esp32-1)\n"
    words = bench_words(bench, "nothing")
    wrong = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
    assert (wrong.returncode, wrong.stderr) == (3, unknown)


def test_pins_are_named_as_the_board_with_the_chip_names_them(bench: Bench) -> None:
    board = bench.board("esp32s3")
    bench.console(board).run("from machine import Pin; Pin(18, Pin.OUT).value(1)")

    def seen(*more: str) -> tuple[int, str]:
        words = bench_words(bench, board.name, *more)
        done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
        return done.returncode, done.stderr or done.stdout

    assert re.search(r"^  18  uart_rx irq2 ", seen()[1], re.M)
    assert re.search(r"^  18  pwm_0 stepper_1 ", seen("--board", "qtpy_s3")[1], re.M)
    wrong = "--board: expected one of esp32s3, qtpy_s3 for this chip, got 'tinypico'\n"
    assert seen("--board", "tinypico") == (3, wrong)
