"""Terms that say which nodes are meant."""

import pytest

from toolkit.model.errors import InputError
from toolkit.model.node import Node
from toolkit.model.select import TOLD, meets, parse, possible

NODES = [
    Node("a1", "kitchen", "10.0.0.7"),
    Node("a2", "kitchen-2", "10.0.0.8"),
    Node("b1", "garden", "10.0.1.7"),
]


def names(*terms: str) -> list[str]:
    return [node.name for node in possible(parse(terms), NODES)]


def test_without_a_term_every_node_is_meant() -> None:
    assert names() == ["kitchen", "kitchen-2", "garden"]


def test_all_terms_must_hold() -> None:
    assert names("name=kitchen*") == ["kitchen", "kitchen-2"]
    assert names("name=kitchen*", "address=10.0.0.8") == ["kitchen-2"]
    assert names("name=kitchen,garden") == ["kitchen", "garden"]
    assert names("name!=kitchen*") == ["garden"]
    assert names("uid=B1") == ["garden"]
    assert names("name=Garden") == []


def test_what_a_node_must_tell_leaves_it_possible() -> None:
    assert names("version<0.3.0", "board=esp32", "app=heating") == [node.name for node in NODES]


@pytest.mark.parametrize(
    ("term", "version", "met"),
    [
        ("version<0.3.0", "0.2.9-7", True),
        ("version<0.3.0", "0.3.0-0", False),
        ("version<0.10", "0.9.0-0", True),
        ("version>=0.3.0-1", "0.3.0-1", True),
        ("version>0.3.0-1", "0.3.0-1", False),
        ("version <= 1", "1.0.0-0", True),
        ("version!=0.3.0-0", "0.3.0-0", False),
        ("version<0.3.0", "n/a", False),
        ("version<0.3.0", "", False),
    ],
)
def test_versions_are_compared_by_their_numbers(term: str, version: str, met: bool) -> None:
    assert meets(parse([term]), {"version": version}) is met


def test_a_node_that_does_not_tell_is_not_meant() -> None:
    assert not meets(parse(["board!=esp32"]), {}, TOLD)
    assert meets(parse(["board!=esp32"]), {"board": "pico_w"}, TOLD)


@pytest.mark.parametrize("text", ["kitchen", "colour=red", "board", "=esp32", "board=", "a==b"])
def test_what_is_no_term_is_refused_with_the_facts_there_are(text: str) -> None:
    with pytest.raises(InputError, match=r"expected a term such as .*board, version, app"):
        parse([text])


@pytest.mark.parametrize("text", ["board<esp32", "version<new", "version>1.2.3.4.5"])
def test_order_is_for_versions(text: str) -> None:
    with pytest.raises(InputError, match=r"compares versions such as 0\.3\.0"):
        parse([text])
