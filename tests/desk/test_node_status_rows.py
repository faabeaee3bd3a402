"""A row of the table of nodes: what it tells, and what of it is news."""

from dataclasses import replace

import pytest

from toolkit.model.node import Node
from toolkit.model.node_status import HEADERS, Row, Watched, changed, page, span

HALL = Node("240ac4000001", "hall", "10.0.0.7")
ROW = Row(HALL, True, "0.5.0-0", 81234, "no clock", 3600, "power-on", ("no clock",))


def test_a_row_has_a_cell_for_each_header() -> None:
    cells = dict(zip(HEADERS, ROW.cells, strict=True))
    assert cells == {
        "uid": "240ac4000001",
        "name": "hall",
        "address": "10.0.0.7",
        "status": "ONLINE",
        "memfree": "81234",
        "version": "0.5.0-0",
        "uptime": "1:00:00",
        "reset": "power-on",
        "note": "no clock",
    }
    plain = ROW.as_json
    assert [plain[name] for name in ("memfree", "uptime")] == [81234, 3600]
    assert (plain["problems"], set(HEADERS) - set(plain)) == (["no clock"], set())


def test_what_a_node_does_not_tell_is_left_open() -> None:
    row = Row(HALL, False)
    assert row.cells[4:] == ("", "", "", "", "")
    assert [row.as_json[name] for name in ("memfree", "version", "uptime", "reset")] == [None] * 4
    assert row.line == "hall (240ac4000001)  10.0.0.7  OFFLINE"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0:00:00"),
        (0, "0:00:00"),
        (4000, "1:06:40"),
        (86399, "23:59:59"),
        (273900, "3 d 04:05"),
    ],
)
def test_a_time_that_has_passed_is_read_at_a_glance(seconds: int, text: str) -> None:
    assert span(seconds) == text


@pytest.mark.parametrize(
    ("later", "news"),
    [
        (replace(ROW, mem_free=70000, uptime=3610), False),
        (replace(ROW, uptime=5), True),  # it has restarted
        (replace(ROW, reset="watchdog", uptime=3610), True),
        (replace(ROW, note=""), True),
        (replace(ROW, version="0.6.0-0"), True),
        (replace(ROW, node=Node(HALL.uid, "hall", "10.0.0.8")), True),
        (Row(HALL, False), True),
    ],
)
def test_memory_and_time_alone_are_no_news(later: Row, news: bool) -> None:
    assert changed(ROW, later) is news


def test_whoever_is_seen_first_is_news_and_then_only_what_changes() -> None:
    watched = Watched()
    other = Row(Node("240ac4000002", "lamp", "10.0.0.8"), False)
    assert [it for _, it in watched.news([ROW, other])] == [True, True]
    assert [it for _, it in watched.news([replace(ROW, uptime=3700), other])] == [False, False]
    assert watched.news([other]) == [(other, False)]  # the other was forgotten by another toolkit
    assert [it for _, it in watched.news([ROW])] == [True]  # and is there again, restarted


def test_what_does_not_fit_beside_each_other_goes_and_notes_stand_below() -> None:
    assert page([ROW], 200) == (list(range(len(HEADERS))), [])
    for columns in (90, 80, 60, 40, 20):
        shown, notes = page([ROW, replace(ROW, note="")], columns)
        assert {"name", "status"} <= {HEADERS[at] for at in shown}
        assert notes == ["hall: no clock"]
    assert page([], 20)[1] == []
    _, notes = page([replace(ROW, note="it never ends " * 9)], 40)
    assert max(map(len, notes)) <= 40
