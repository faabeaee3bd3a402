"""What a simulation shows of a console that a toolkit has spoken on."""

from toolkit.virtual.simulation import Overheard

_START = ["ets Jul 29 2019 12:21:46", "rst:0x1 (POWERON_RESET)", "micros: node01 ready"]
_SPOKEN = [
    ">>> raw REPL; CTRL-B to exit",
    ">OK7b226170707764223a2022",
    "MPY: soft reboot",
    "raw REPL; CTRL-B to exit",
    ">OK7374617077",
]
_AFTER = ["MicroPython v1.25.0 on 2025-04-15; Generic ESP32 module with ESP32", ">>> "]


def test_what_a_toolkit_reads_is_left_out_until_the_next_start_or_prompt() -> None:
    overheard = Overheard(since_its_start=True)
    assert overheard.of(_START) == _START
    assert overheard.of(_SPOKEN[:2]) == []
    assert overheard.of(_SPOKEN[2:]) == []
    assert overheard.of([*_AFTER, *_START]) == [*_AFTER, *_START]


def test_of_a_board_that_ran_before_nothing_is_shown_that_may_be_the_rest_of_it() -> None:
    overheard = Overheard(since_its_start=False)
    assert overheard.of([*_SPOKEN[1:2], *_START]) == _START[1:]
