"""Logical pins, their overrides and their owners."""

from core import pins
from core.errors import CommandError
from core.once import once
from fakes import Log, Settings


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
    pins.release(some, "LM_light")
    assert some.take("pwm_0", "servo") == 14
    assert 13 not in some.taken
    assert some.taken[2] == "switch"


def test_every_board_names_the_same_Board():
    wanted = set(pins.pins(Board()))
    for board in ("esp32c3", "esp8266"):
        assert set(pins.pins(Board(board=board))) == wanted


def test_every_pin_on_a_map_is_one_that_the_board_has():
    for name in ("esp32", "esp32c3", "esp8266", "pico_w"):
        board = once("boards." + name)
        known = (board.OUTPUTS + board.OTHERS).split()
        assert len(set(known)) == len(known)
        assert set(board.PINS.split()[1::2]) <= set(known), name
