"""Logical pins, their overrides and their owners."""

from core.errors import CommandError
from core.pins import Pins
from fakes import Log, Settings


def pins(override="n/a", board="esp32", log=None):
    return Pins(board, Settings(cstmpmap=override), log or Log())


def refusal(call, *arguments):
    try:
        call(*arguments)
    except CommandError as error:
        return str(error)
    raise AssertionError("not refused")


def test_a_name_is_found_on_the_map_of_the_board():
    assert pins().number("builtin") == 2
    assert pins(board="esp8266").number("builtin") == 16
    assert pins().number(17) == 17


def test_an_unknown_name_is_refused_with_the_names_there_are():
    sentence = refusal(pins().number, "pwm_9")
    assert "unknown pin 'pwm_9'" in sentence
    assert "pwm_0" in sentence


def test_a_person_names_pins_of_their_own_over_those_of_the_board():
    some = pins(" relay:23; builtin : 4 ")
    assert some.number("relay") == 23
    assert some.number("builtin") == 4
    assert some.number("pwm_0") == 14


def test_a_bad_piece_of_the_override_is_logged_and_the_rest_holds():
    log = Log()
    some = pins("relay=23; lamp:five; builtin:4", log=log)
    assert some.number("builtin") == 4
    assert len(log.entries) == 2
    assert "relay=23" in log.entries[0]


def test_a_second_owner_is_refused_by_the_name_of_the_first():
    some = pins()
    assert some.take("pwm_0", "light") == 14
    assert some.take("pwm_0", "light") == 14
    assert refusal(some.take, "pwm_0", "servo") == "pin pwm_0 (14) is taken by light"
    assert refusal(some.take, 14, "servo") == "pin 14 (14) is taken by light"


def test_pins_are_free_again_when_their_owner_gives_them_back():
    some = pins()
    some.take("pwm_0", "light")
    some.take("pwm_1", "light")
    some.take("builtin", "switch")
    some.free("light")
    assert some.take("pwm_0", "servo") == 14
    assert some.owner(13) is None
    assert some.owner(2) == "switch"


def test_every_board_names_the_same_pins():
    wanted = set(pins().map())
    for board in ("esp32c3", "esp8266"):
        assert set(pins(board=board).map()) == wanted
