"""Logical pins, their overrides and their owners."""

import os

from core import pins, pulsing
from core.errors import CommandError
from core.once import once
from fakes import Log, Settings

MAPS = __file__[: __file__.rindex("/tests/")] + "/micros/boards"
BOARDS = sorted(name[:-3] for name in os.listdir(MAPS) if name[-3:] == ".py")


class Board:
    """A node as far as its pins go; what is done with them is asked of it."""

    def __init__(self, override="n/a", board="esp32", log=None):
        self.config = Settings(cstmpmap=override)
        self.board = board
        self.log = log or Log()
        self.taken = {}
        self.problems = []

    def number(self, name):
        return pins.number(self, name)

    def take(self, name, owner):
        return pins.take(self, name, owner)


def refusal(call, *arguments):
    try:
        call(*arguments)
    except CommandError as error:
        return str(error)
    raise AssertionError("not refused")


def test_a_name_is_found_on_the_map_of_the_board():
    assert Board().number("builtin") == 2
    assert Board(board="esp8266").number("builtin") == 16
    assert Board().number(17) == 17


def test_an_unknown_name_is_refused_with_the_names_there_are():
    sentence = refusal(Board().number, "pwm_9")
    assert "unknown pin 'pwm_9'" in sentence
    assert "pwm_0" in sentence


def test_a_person_names_pins_of_their_own_over_those_of_the_board():
    some = Board(" relay:23; builtin : 4 ")
    assert some.number("relay") == 23
    assert some.number("builtin") == 4
    assert some.number("pwm_0") == 14


def test_a_bad_piece_of_the_override_is_told_once_and_the_rest_holds():
    log = Log()
    some = Board("relay=23; lamp:five; builtin:4", log=log)
    for _ in range(9):
        assert some.number("builtin") == 4
    assert len(log.entries) == 2
    assert "relay=23" in log.entries[0]
    assert some.problems == log.entries


def test_a_second_owner_is_refused_by_the_name_of_the_first():
    some = Board()
    assert some.take("pwm_0", "light") == 14
    assert some.take("pwm_0", "light") == 14
    assert refusal(some.take, "pwm_0", "servo") == "pin pwm_0 (14) is taken by light"
    assert refusal(some.take, 14, "servo") == "pin 14 (14) is taken by light"


def test_pins_are_free_again_when_their_owner_gives_them_back():
    some = Board()
    some.take("pwm_0", "light")
    some.take("pwm_1", "light")
    some.take("builtin", "switch")
    pulsing.release(some, "LM_light")
    assert some.take("pwm_0", "servo") == 14
    assert 13 not in some.taken
    assert some.taken[2] == "switch"


def test_every_board_names_the_same_pins():
    wanted = set(pins.pins(Board()))
    for board in BOARDS:
        assert set(pins.pins(Board(board=board))) == wanted, board


def test_every_pin_on_a_map_is_one_that_the_board_has():
    for name in BOARDS:
        board = once("boards." + name)
        known = (board.OUTPUTS + board.OTHERS).split()
        assert len(set(known)) == len(known)
        assert set(board.PINS.split()[1::2]) <= set(known), name


# What a chip needs for itself: flash and memory, or pins that it does not have. After the "GPIO
# summary" of the ESP-IDF Programming Guide for each chip; the others after their datasheets.
NEVER = {
    "esp32": (6, 7, 8, 9, 10, 11, 20, 24, 28, 29, 30, 31),
    "esp32c3": (12, 13, 14, 15, 16, 17),
    "esp32c6": (14, 24, 25, 26, 27, 28, 29, 30),
    "esp32s2": (22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32),
    "esp32s3": (22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37),
    "esp8266": (6, 7, 8, 11),
    "pico_w": (23, 24, 25, 29),
    "qtpy_s2": (19, 20, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32),
    "qtpy_s3": (19, 20, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32),
    "tinypico": (6, 7, 8, 9, 10, 11, 16, 17, 20, 24, 28, 29, 30, 31),
}
# What decides how a chip starts, its USB and its first serial port: in nobody's way by a name.
BESIDE = {
    "esp32": (0, 1, 2, 3, 5, 12, 15),
    "esp32c3": (2, 8, 9, 18, 19, 20, 21),
    "esp32c6": (4, 5, 8, 9, 12, 13, 15, 16, 17),
    "esp32s2": (0, 19, 20, 43, 44, 45, 46),
    "esp32s3": (0, 3, 19, 20, 43, 44, 45, 46),
    "pico_w": (0, 1),
    "qtpy_s2": (0, 45, 46),
    "qtpy_s3": (0, 3, 45, 46),
    "tinypico": (0, 1, 2, 3, 5, 12, 15),
}
ON_THE_BOARD = ("builtin", "button_0", "neopixel_0")  # what hangs there hangs there


def test_no_board_offers_pins_that_its_chip_needs_for_itself():
    assert sorted(NEVER) == BOARDS
    for name in BOARDS:
        board = once("boards." + name)
        known = {int(pin) for pin in (board.OUTPUTS + " " + board.OTHERS).split()}
        assert not known & set(NEVER[name]), name


def test_no_name_leads_to_a_pin_that_decides_how_the_chip_starts():
    for name in BESIDE:
        found = pins.pins(Board(board=name))
        taken = [key for key in found if found[key] in BESIDE[name] and key not in ON_THE_BOARD]
        assert not taken, (name, taken)


def test_events_of_a_board_have_pins_of_their_own():
    for name in BOARDS:
        some = Board(board=name)
        events = ["extirq", "irq1", "irq2", "irq3", "irq4"]
        assert len({some.number(event) for event in events}) == 5, name
