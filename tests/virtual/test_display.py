"""The model of an SSD1306: what programs send it, and the picture a person gets."""

import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.support.boards import Bench
from toolkit.virtual.picture import png
from toolkit.virtual.ssd1306 import Model

ON = bytes.fromhex("00 8d14 af a1 c8")  # its own supply, on, upright


def display(*messages: str) -> Model:
    """A display that has been sent these messages, and was empty and on before."""
    model = Model("ssd1306")
    model.write(0, 0, ON + bytes.fromhex("2000 2100 7f 2200 07"))
    model.write(0, 0, b"\x40" + bytes(1024))
    for message in messages:
        model.write(0, 0, bytes.fromhex(message))
    return model


def dots(model: Model) -> set[tuple[int, int]]:
    """The lit ones, x from the left and y from the top."""
    lines = [bytes.fromhex(line) for line in model.seen()["lines"]]
    return {
        (8 * at + bit, y)
        for y, line in enumerate(lines)
        for at, byte in enumerate(line)
        for bit in range(8)
        if byte << bit & 0x80
    }


def test_horizontal_addressing_goes_on_in_the_next_page_of_the_window() -> None:
    found = dots(display("00 2000 21057f 220304", "40" + "01" * 124))
    assert found == {(x, 24) for x in range(5, 128)} | {(5, 32)}


def test_vertical_addressing_goes_down_first() -> None:
    assert dots(display("00 2001 210007 220001", "40 80 01 80")) == {(0, 7), (0, 8), (1, 7)}


def test_page_addressing_stays_in_its_page() -> None:
    assert dots(display("00 2002 b2 0e 17", "40 010101")) == {(126, 16), (127, 16), (0, 16)}


def test_single_commands_and_single_data_have_a_control_byte_each() -> None:
    assert dots(display("80 20 80 02 80 b0 80 01 80 10 c0 ff")) == {(1, y) for y in range(8)}


def test_a_message_may_come_in_pieces() -> None:
    model = display("00 2100 7f 2200 07")
    model.write(0, 0, b"\x40\x01")
    model.write(0, 64, b"\x02\x04")
    assert dots(model) == {(0, 0), (1, 1), (2, 2)}


def test_what_turns_moves_or_changes_the_picture() -> None:
    corner = "40 01"
    assert dots(display(corner)) == {(0, 0)}
    assert dots(display(corner, "00 c0")) == {(0, 63)}  # at once
    assert dots(display(corner, "00 a0")) == {(0, 0)}  # only for what comes
    assert dots(display("00 a0", corner)) == {(127, 0)}
    assert dots(display(corner, "00 43")) == {(0, 61)}
    assert dots(display(corner, "00 d310")) == {(0, 48)}
    assert len(dots(display(corner, "00 a7"))) == 128 * 64 - 1
    assert len(dots(display(corner, "00 a5"))) == 128 * 64
    assert dots(display(corner, "00 ae")) == set()
    assert dots(display(corner, "00 8d10")) == set()


def test_its_memory_is_full_of_chance_after_power_on() -> None:
    model = display("40 01")
    model.lose_power()
    assert model.read(0, 1) == b"\x40"
    assert dots(model) == set()
    model.write(0, 0, ON)
    assert 1000 < len(dots(model)) < 7000


def test_a_command_it_does_not_know_is_told() -> None:
    assert display("00 ef").seen()["unknown"] == ["ef"]
    with pytest.raises(ValueError, match="fault: expected"):
        Model("ssd1306").change({"fault": "x"})


def read_png(data: bytes) -> list[bytes]:
    """The rows of a picture in grey, 8 bits a dot."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    start = data.index(b"IDAT") + 4
    raw = zlib.decompress(data[start:-16])
    return [raw[at + 1 : at + 1 + width] for at in range(0, height * (width + 1), width + 1)]


def test_a_picture_is_as_bright_as_the_contrast() -> None:
    rows = read_png(png(display("00 81ff", "40 01").seen()))
    assert (len(rows), len(rows[0])) == (256, 512)
    assert rows[0][:5] == rows[3][:5] == b"\xff\xff\xff\xff\x10"
    assert set(rows[4]) == {16}
    assert read_png(png(display("00 8100", "40 01").seen()))[0][0] == 96


def test_a_program_draws_and_a_person_gets_a_file(bench: Bench, tmp_path: Path) -> None:
    board = bench.board()
    console, control = bench.console(board), bench.control(board)
    control.i2c_model(60, "ssd1306")
    console.run(
        "from machine import Pin, SoftI2C\n"
        "bus = SoftI2C(Pin(22), Pin(21))\n"
        "bus.writeto(60, bytes.fromhex('008d14afa1c82000'))\n"
        "bus.writevto(60, (b'\\x40', b'\\x80' + bytes(1023)))\n"
    )
    picture = tmp_path / "display.png"
    command = [sys.executable, "-m", "toolkit.virtual", "--home", str(bench.home), "screenshot"]
    done = subprocess.run([*command, board.name, str(picture)], capture_output=True, check=True)
    assert done.stdout.decode() == f"{picture}: {picture.stat().st_size} B\n"
    nowhere = tmp_path / "nowhere" / "display.png"
    done = subprocess.run([*command, board.name, str(nowhere)], capture_output=True, check=False)
    said = f"{nowhere} cannot be written: there is no folder {nowhere.parent}\n"
    assert (done.returncode, done.stderr.decode()) == (3, said)
    assert not nowhere.parent.exists()
    rows = read_png(picture.read_bytes())
    assert rows[28][0] > rows[27][0] == 16
    done = subprocess.run(
        [*command, board.name, str(picture), "--address", "61"], capture_output=True, check=False
    )
    assert done.stderr == f"there is no display at 61 on the I2C bus of {board.name}\n".encode()
    control.power_cycle()
    assert control.i2c_seen(60)["on"] is False
