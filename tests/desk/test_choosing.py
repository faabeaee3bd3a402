"""A list of nodes: arrow keys move the mark, what is typed leaves fewer of them."""

import pytest

from toolkit.model.choosing import Choice
from toolkit.model.node import Node

NODES = (
    Node("240ac4000001", "hall", "10.0.0.7"),
    Node("240ac4000002", "lamp2", "10.0.0.8"),
    Node("240ac4000003", "lamp", "10.0.0.19", 9010),
)
ALL = Choice(NODES)


def test_the_node_seen_last_is_marked_at_first() -> None:
    assert ALL.chosen == NODES[2].uid


def test_arrow_keys_go_round() -> None:
    assert ALL.move(1).chosen == NODES[0].uid
    assert ALL.move(1).move(-1).chosen == NODES[2].uid
    assert ALL.move(-1).chosen == NODES[1].uid


@pytest.mark.parametrize(
    ("typed", "uid"),
    [
        ("hall", NODES[0].uid),
        ("LAM", NODES[1].uid),
        ("lamp", NODES[2].uid),
        ("1", NODES[1].uid),
        ("0.8", NODES[1].uid),
        (":9010", NODES[2].uid),
        ("c4000003", NODES[2].uid),
        ("", NODES[2].uid),
        ("10.0.0.99", "10.0.0.99"),
    ],
)
def test_what_is_typed_is_a_number_or_part_of_what_is_known(typed: str, uid: str) -> None:
    assert ALL.move(1).type("x").type(typed).chosen == uid


def test_with_nothing_left_there_is_nowhere_to_go() -> None:
    none = ALL.type("nobody")
    assert none.rows(5) == []
    assert none.move(1) == none


def test_as_many_rows_are_shown_as_fit_and_the_mark_is_among_them() -> None:
    for steps in range(3):
        rows = ALL.move(steps).rows(2)
        assert len(rows) == 2
        assert sum(marked for marked, _ in rows) == 1
    assert ALL.rows(5)[2] == (True, "  2  lamp   10.0.0.19:9010  240ac4000003")
