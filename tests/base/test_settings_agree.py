"""Board and desk allow the same values of each setting, and the same pins of each board."""

from collections.abc import Collection

import pytest
from core.errors import CommandError
from core.sense import check
from core.table import fits
from fakes import Log, Settings

from toolkit.model import boards, pins
from toolkit.model.commands import Refusal
from toolkit.model.errors import InputError
from toolkit.model.settings import Setting, read, table

INTERPRETERS = ("cpython",)

TEXTS = (
    *("", "n/a", "on", "off", "up", "down", "both", "link", "x", "two words", "lamp-1_B", "12"),
    *("x" * 13, "x" * 70, "x" * 9000, "ä" * 13, "\n" * 13, "pool.ntp.org", "UTC0"),
    *("192.168.1.20", "192.168.1.256", "1.2.3", "1.2.3.4.5", "999.1.1.1", "0.0.0.0", "1.2.3.04"),
    *("CET-1CEST,M3.5.0,M10.5.0/3", "47.5,19.05", "91,0", "0,181", "-33.9, 151.2"),
    *("pool.ntp.org; 10.0.0.1", "a;;b", ";", "a..b", "-x", "x" * 64, "pool.ntp.org; router;"),
    *(
        "https://pool.ntp.org",
        "1.2.3.4.",
        "a b",
        " pool.ntp.org",
        "10.0.0",
        "n.a",
        "pool.ntp.org\n",
    ),
    *("pwm_0:14; simple_0:2", "simple_0:last; pwm_0:on", "simple_0"),
)
NUMBERS = (-13, -12, 0, 1, 2, 5, 14, 15, 20, 99, 100, 4096, 10000, 65535, 65536, 86400, 86400000)
VALUES = (*TEXTS, *NUMBERS, True, False, None, 1.5)


@pytest.mark.parametrize(
    "row", [row for row in table().values() if not row.read_only], ids=lambda r: r.name
)
def test_board_and_desk_allow_the_same(row: Setting):
    limits = list(row.limits) if row.limits else None
    differ = [
        (value, row.allows(value))
        for value in VALUES
        if bool(fits(row.name, row.default, limits, value)) != row.allows(value)
    ]
    assert differ == []


class Board:
    """A node as far as its pins go."""

    def __init__(self, board: str):
        self.board = board
        self.log = Log()
        self.problems = []
        self.config = Settings(cstmpmap="n/a", poweron="n/a", resetpin="n/a")


OWN = (
    "relay:5; lamp : 5",
    "irq1:4;irq3:4",
    "n/a",
    "relay:5",
    "relay : 34 ;",
    "relay:64",
    "relay:6",
    "relay:99",
    "relay",
    ":5",
    "lamp:x",
)
STATES = (
    "n/a",
    "relay:on",
    "builtin:off",
    "simple_0:on; 34:off",
    "99:on",
    " 4 : last;4:on",
    "x:on",
)
MANY = ";".join(f"{pin}:on" for pin in (0, 1, 2, 3, 4, 5, 12, 13, 14))


@pytest.mark.parametrize("board", boards.maps())
def test_board_and_desk_know_the_same_pins(board: str):
    nothing = {"cstmpmap": "n/a", "poweron": "n/a", "resetpin": "n/a"}
    several: list[tuple[str, str | bool]] = [
        ("poweron", text) for text in (*STATES, MANY, MANY.partition(";")[2])
    ]
    several += [("poweron", "irq1:on"), ("extirq", True), ("irq3", True), ("irq4", True)]
    several += [("resetpin", text) for text in ("n/a", "irq1", "0", "relay", "34", "nosuch")]
    for own in OWN:
        for name, text in several:
            values = {"cstmpmap": own, name: text}
            assert said_by_board(board, values) == said_by_desk(board, nothing | values, values)
    for name, text in several:
        for other, more in (*several[-9:], ("irq1", True)):
            values = {name: text, other: more}
            assert said_by_board(board, values) == said_by_desk(board, nothing | values, values)
            before, values = {other: more}, {name: text}
            said = said_by_desk(board, nothing | before | values, values)
            assert said_by_board(board, values, before) == said


def said_by_board(
    board: str, values: dict[str, str | bool], before: dict[str, str | bool] | None = None
) -> str:
    node = Board(board)
    node.config.values.update(before or {})
    try:
        check(node, values)
    except CommandError as refusal:
        return str(refusal)
    return ""


def said_by_desk(board: str, values: dict[str, str | bool], names: Collection[str]) -> str:
    try:
        pins.check(board, values, names)
    except InputError as refusal:
        setting, colon, words = str(refusal).partition(": ")
        return setting + colon + words[:250]  # a node has no room for more
    return ""


HOSTS = (
    "pool.ntp.org; 10.0.0.1",
    "a;;b",
    ";",
    "a..b",
    "-x",
    "x" * 64,
    "x" * 63,
    "router;",
    "10.0.0",
)
HOSTS += (
    "https://a",
    "1.2.3.4.",
    "a b",
    " pool.ntp.org",
    "n.a",
    "a\n",
    "1.2.3.256",
    "7",
    "1.2.3.04",
)


@pytest.mark.parametrize("hosts", HOSTS)
def test_board_and_desk_read_the_same_time_servers(hosts: str):
    try:
        read("ntphost", hosts)
        said = ""
    except Refusal as refusal:
        said = f"ntphost: {refusal}"
    assert said_by_board("esp32", {"ntphost": hosts}) == said


def test_a_name_given_twice_and_a_number_said_in_two_ways_are_told():
    for own, said in (
        ("relay:4; relay:5", "cstmpmap: expected each name once, got 'relay' twice"),
        (
            "relay:5; lamp:05",
            "expected each pin for one use, got 5 for 'cstmpmap relay:5' and 'cstmpmap lamp:05'",
        ),
        ("relay:5; relay : 05 ;", "cstmpmap: expected each name once, got 'relay' twice"),
    ):
        values = {"cstmpmap": own}
        assert said_by_board("esp32", values) == said
        assert said_by_desk("esp32", values, values) == said
