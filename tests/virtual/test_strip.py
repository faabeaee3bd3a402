"""A strip of lights on a virtual board: what it makes of pulses, and the picture a person gets."""

import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.support.boards import Bench
from toolkit.model.errors import InputError
from toolkit.virtual.fleet import VirtualBoard
from toolkit.virtual.picture import lights
from toolkit.virtual.strip import Strip

FAST, SLOW = [400, 850, 800, 450], [800, 1700, 1600, 900]  # ns, of 800 and 400 kHz


def strip(*messages: tuple[int, str], timing: list[int] = FAST, **state: int | str) -> Strip:
    """A strip that has heard these: when (µs), and which bytes."""
    made = Strip()
    made.change(state)
    for now, data in messages:
        made.receive(now, timing, bytes.fromhex(data))
    return made


def colours(made: Strip) -> list[str]:
    return made.seen()["colours"]


def test_green_comes_first_on_the_wire_and_is_second_to_the_eye() -> None:
    """ "Composition of 24bit data": G7 … G0 R7 … R0 B7 … B0."""
    assert colours(strip((0, "0aff01 000000"), count=2)) == ["ff0a01", "000000"]
    assert colours(strip((0, "01020304"), count=1, order="grbw")) == ["02010304"]


def test_the_first_light_takes_the_first_and_the_last_hands_on_to_nobody() -> None:
    made = strip((0, "000000 111111 222222 333333"), count=3)
    assert colours(made) == ["000000", "111111", "222222"]
    assert made.seen()["surplus"] == 1


def test_a_light_that_gets_nothing_or_too_little_stays_as_it_is() -> None:
    made = strip((0, "111111 222222"), (1000, "3333334444"), count=2)
    assert colours(made) == ["333333", "222222"]


def test_without_a_reset_what_comes_is_for_the_lights_after() -> None:
    assert colours(strip((0, "111111"), (40, "222222"), count=2)) == ["111111", "222222"]
    assert colours(strip((0, "111111"), (50, "222222"), count=2)) == ["222222", "000000"]
    made = strip((0, "111111"), (200, "222222"), count=2, reset_us=280)
    assert colours(made) == ["111111", "222222"]
    assert made.seen()["frames"] == 1


def test_behind_a_broken_light_all_is_dark() -> None:
    made = strip((0, "111111 222222 333333"), count=3, broken=1)
    assert colours(made) == ["111111", "000000", "000000"]
    made.change({"broken": None})
    made.receive(1000, FAST, bytes.fromhex("444444 555555 666666"))
    assert colours(made) == ["444444", "555555", "666666"]


def test_pulses_of_another_speed_are_taken_for_ones() -> None:
    assert colours(strip((0, "000000"), count=1, timing=SLOW)) == ["ffffff"]


def test_a_strip_that_makes_no_sense_is_refused() -> None:
    for state in ({"count": -1}, {"order": "gbb"}, {"broken": "x"}, {"length": 3}):
        with pytest.raises(ValueError, match="expected"):
            Strip().change(state)


def read_png(data: bytes) -> list[bytes]:
    """The rows of a picture in red, green and blue, 8 bits each."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert data[24:26] == b"\x08\x02"
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    raw = zlib.decompress(data[data.index(b"IDAT") + 4 : -16])
    size = 3 * width + 1
    assert len(raw) == size * height
    return [raw[at + 1 : at + size] for at in range(0, len(raw), size)]


def test_a_picture_has_a_square_for_each_light() -> None:
    rows = read_png(lights(strip((0, "0aff01"), count=31).seen()))
    assert rows[10][3 * 10 : 3 * 11] == b"\xff\x0a\x01"
    assert rows[0] == b"\x10" * len(rows[0])
    assert rows[30][3 * 10 : 3 * 11] == bytes(3)
    assert rows[30][3 * 30 : 3 * 31] == b"\x10\x10\x10"
    rows = read_png(lights(strip((0, "01020380"), count=1, order="grbw").seen()))
    assert rows[10][30:33] == b"\x82\x81\x83"


def test_a_program_lights_a_strip_and_a_person_gets_a_file(bench: Bench, tmp_path: Path) -> None:
    board = bench.board("esp8266")
    console, control = bench.console(board), bench.control(board)
    control.strip(4, count=3)
    leds = "from neopixel import NeoPixel; from machine import Pin\nleds = NeoPixel(Pin(4), 2"
    console.run(leds + "); leds[1] = (255, 128, 0); leds.write()")
    assert (control.strip(4) or {})["colours"] == ["000000", "ff8000", "000000"]
    picture = tmp_path / "strip.png"
    command = [sys.executable, "-m", "toolkit.virtual", "--home", str(bench.home), "screenshot"]
    subprocess.run([*command, board.name, str(picture), "--pin", "4"], check=True)
    assert read_png(picture.read_bytes())[10][3 * 30 : 3 * 31] == b"\xff\x80\x00"
    done = subprocess.run(
        [*command, board.name, str(picture), "--pin", "5"], capture_output=True, check=False
    )
    assert done.stderr == f"there is no strip of lights at pin 5 of {board.name}\n".encode()
    console.run(leds + ", timing=0); leds.write()")
    assert (control.strip(4) or {})["colours"][0] == "ffffff"
    control.power_cycle()
    assert (control.strip(4) or {})["colours"] == ["000000"] * 3


def test_a_strip_is_asked_for_and_taken_away(bench: Bench, board: VirtualBoard) -> None:
    control = bench.control(board)
    assert control.strip(4) is None
    with pytest.raises(InputError, match="order: expected the letters of rgb or rgbw"):
        control.strip(4, order="xyz")
    assert (control.strip(4, count=2) or {})["colours"] == ["000000"] * 2
    assert control.strip(4, count=None) is None
