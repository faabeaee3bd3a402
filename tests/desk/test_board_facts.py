"""What a board must be before a release is put on it."""

import re
from dataclasses import replace

import pytest

from toolkit.model import pins
from toolkit.model.chip import Chip
from toolkit.model.errors import InputError, PortError
from toolkit.operations import deploy
from toolkit.operations.board import Board, check_loadable, chip

GOOD = Board("esp32", "1.25.0", 6, "240ac4000001", 4096, 400, "VfsLfs2")


def refusal(board: Board) -> str:
    """Why it does not take what is built for an ESP32; empty: it does."""
    try:
        check_loadable(board, "esp32")
    except InputError as refused:
        return str(refused)
    return ""


def test_a_board_that_runs_what_is_built_passes() -> None:
    assert refusal(GOOD) == ""
    assert refusal(replace(GOOD, file_system="")) == ""  # older firmware does not tell


@pytest.mark.parametrize(
    ("board", "sentence"),
    [
        (replace(GOOD, family="rp2"), "runs MicroPython for rp2, not for esp32"),
        (replace(GOOD, mpy=5, version="1.18.0"), "loads bytecode 5, and ours is 6: flash"),
        (replace(GOOD, file_system="VfsFat"), "file system is FAT.*--make"),
    ],
)
def test_another_board_is_refused_with_what_to_do(board: Board, sentence: str) -> None:
    assert re.search(sentence, refusal(board))


class Prompt:
    """A board's prompt that answers whatever it is asked with these facts."""

    device = "/dev/ttyACM0"

    def __init__(self, *facts: str) -> None:
        self._facts = facts

    def ask(self, _code: str, *, timeout: float = 10) -> str:
        return f"{self._facts!r} after {timeout} s"

    def literal(self, _printed: str, *kinds: type) -> tuple[str, ...]:
        return self._facts


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("lamp:32; pwm_0:33", ""),
        ("lamp:32; lamp:33", "cstmpmap: expected each name once, got 'lamp' twice"),
        ("lamp:32; light:32", "expected each pin for one use, got 32 for 'cstmpmap lamp:32' and"),
        ("12:13", "cstmpmap: expected names of letters, digits, _ and - that begin with a letter"),
        ("my lamp:13", "cstmpmap: expected names of letters"),
        ("x" * 25 + ":13", "cstmpmap: expected names of letters"),
        ("pwm0:13", "cstmpmap: this board has no 'pwm0': do you mean 'pwm_0'?"),
        ("I2C-SDA:13", "cstmpmap: this board has no 'I2C-SDA': do you mean 'i2c_sda'?"),
        ("lamp:24", "cstmpmap: expected one of the pins 0 1 2"),
    ],
)
def test_names_of_pins_that_nobody_means_are_refused_at_the_desk(text: str, sentence: str) -> None:
    refused = ""
    try:
        pins.check("esp32", {"cstmpmap": text}, {"cstmpmap"})
    except InputError as error:
        refused = str(error)
    assert refused.startswith(sentence)
    assert bool(refused) == bool(sentence)


def test_a_pico_w_is_known_by_its_prompt() -> None:
    told = Prompt("rp2", "Raspberry Pi Pico W with RP2040", "28:cd:c1:00:00:01")
    assert chip(told) == Chip("pico_w", "28:cd:c1:00:00:01", "")
    assert chip(told).uid == "28cdc1000001"


def test_a_board_that_is_none_of_ours_is_told_by_its_own_name() -> None:
    with pytest.raises(PortError, match=r"ttyACM0 is not recognised: it calls itself PYBv1.1"):
        chip(Prompt("pyboard", "PYBv1.1 with STM32F405RG", ""))
    with pytest.raises(InputError, match=r"is a Raspberry Pi Pico with RP2040, and .* no Wi-Fi"):
        chip(Prompt("rp2", "Raspberry Pi Pico with RP2040", ""))


def test_a_pico_w_is_not_flashed_by_its_port_and_the_refusal_says_how_it_is() -> None:
    deploy.check_flashable("esp32")
    deploy.check_flashable(None)
    with pytest.raises(InputError, match=r"BOOTSEL .* -d --board pico_w copies .* -i installs"):
        deploy.check_flashable("pico_w")
