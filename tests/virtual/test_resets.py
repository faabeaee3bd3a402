"""What a chip tells of a reset: its boot ROM's banner and its `machine.reset_cause()`."""

from toolkit.virtual import resets
from toolkit.virtual.chips import ESP32, ESP8266


def test_the_banner_has_a_number_and_a_reason() -> None:
    assert b"rst:0x8 (TG1WDT_SYS_RESET)" in resets.banner(ESP32, "watchdog")


def test_an_esp8266_counts_in_its_own_way() -> None:
    assert b"rst cause:4" in resets.banner(ESP8266, "watchdog")


def test_each_chip_has_its_own_number_for_a_cause() -> None:
    told = [resets.reset_cause(chip, "watchdog") for chip in (ESP32, ESP8266)]
    assert told == [3, 1]


def test_an_exception_has_a_number_that_machine_has_no_name_for() -> None:
    assert resets.reset_cause(ESP8266, "exception") not in ESP8266.causes


def test_an_unknown_exit_code_is_a_crash() -> None:
    assert resets.ending(1) == "crash 1"
