"""A name that a new node is to bear, and who bears it already."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest

from toolkit.model import profile
from toolkit.model.backup import Backup
from toolkit.model.cache import Cache
from toolkit.model.chip import Chip
from toolkit.model.errors import InputError, LoginError, NodeError
from toolkit.model.node import Node
from toolkit.operations import namesakes
from toolkit.operations.air import Dial, Link
from toolkit.operations.answers import Answer, Asking, Wish, answers
from toolkit.operations.prepare import Prepared

HALL = Node("240ac4000001", "hall", "127.0.0.1")
TWIN = Node("240ac4000002", "hall", "127.0.0.2")
LAMP = Node("240ac4000003", "lamp", "127.0.0.3")
KNOWN = [HALL, TWIN, LAMP]
FRESH = "240ac4000009"
asked: list[Node] = []


def dial(*serving: Node) -> Dial:
    """Reaches these nodes; one that has another password is there, too, and not proved."""

    @asynccontextmanager
    async def connected(node: Node) -> AsyncIterator[Link]:
        asked.append(node)
        await asyncio.sleep(0)
        if node not in serving:
            raise LoginError("no") if node == LAMP else NodeError("away")
        yield cast("Link", None)

    return connected


@pytest.fixture(autouse=True)
def nobody() -> None:
    asked.clear()


def test_a_name_that_another_node_bears_is_told_before_where_that_one_serves() -> None:
    (said,) = namesakes.warnings(dial(TWIN), "hall", FRESH, KNOWN)
    assert said.startswith("hall (240ac4000002) serves at 127.0.0.2 already, and two nodes of one")
    assert FRESH in said
    assert asked == [HALL, TWIN]


@pytest.mark.parametrize(("name", "uid"), [("shed", FRESH), ("lamp", LAMP.uid)])
def test_a_name_of_its_own_asks_nobody(name: str, uid: str) -> None:
    assert namesakes.warnings(dial(*KNOWN), name, uid, KNOWN) == []
    assert asked == []


def test_a_name_that_a_serving_node_has_is_no_answer_to_the_question_and_another_one_is(
    tmp_path: Path,
) -> None:
    said: list[str] = []

    class Typist:
        """Types these answers, one after the other, and Enter behind them."""

        typed = iter(["hall", "lamp"])

        def note(self, text: str, /) -> None:
            said.append(text)

        warn = note

        def ask(
            self,
            question: str,
            default: Answer,
            check: Callable[[str], Answer],
            /,
            *,
            secret: bool = False,
        ) -> Answer:
            said.append(question)
            while "name" in question and (text := next(self.typed, "")):
                try:
                    return check(text)
                except InputError as refusal:
                    said.append(str(refusal))
            return default

    cache = Cache(tmp_path / "cache.json")
    cache.remember(*KNOWN)
    wish = Wish({}, profile.load("default"), ask=True)
    found = Prepared(Chip("esp32", "24:0a:c4:00:00:09", "4MB"), {}, {})
    become = answers(wish, found, "esp32", Asking(Typist(), cache, dial(TWIN)), virtual=True)
    refused = "hall: expected a name of its own, and 240ac4000002 of that name serves at 127.0.0.2"
    assert said[1:4] == ["name of the node", refused, "Wi-Fi network"]
    assert become.settings["devfid"] == "lamp", "of its bearer nobody knows more than the name"


def test_a_node_is_named_by_what_reaches_it_and_no_other() -> None:
    assert namesakes.reach(LAMP, KNOWN) == "lamp"
    assert namesakes.reach(TWIN, KNOWN) == TWIN.uid
    assert namesakes.reach(Node(FRESH, "shed", "127.0.0.9"), KNOWN) == "shed"


def test_no_board_takes_the_place_of_a_node_that_serves() -> None:
    backup = Backup("hall", HALL.uid, {})
    with pytest.raises(InputError, match=r"hall \(240ac4000001\) still serves at 127\.0\.0\.1"):
        namesakes.check_alone(dial(HALL), backup, FRESH, KNOWN)
    with pytest.raises(InputError, match=r"hall \(240ac4000002\) still serves"):
        namesakes.check_alone(dial(TWIN), backup, FRESH, KNOWN)
    namesakes.check_alone(dial(LAMP), backup, FRESH, KNOWN)
    asked.clear()
    namesakes.check_alone(dial(*KNOWN), backup, HALL.uid, KNOWN)
    assert asked == [], "on its own board it takes nobody's place"


def test_who_has_been_replaced_is_not_known_any_more(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.json")
    cache.remember(*KNOWN)
    namesakes.taken_over(cache, Backup("hall", HALL.uid, {}), Node(FRESH, "porch", "127.0.0.9"))
    assert cache.nodes() == KNOWN
    namesakes.taken_over(cache, Backup("hall", HALL.uid, {}), Node(FRESH, "hall", "127.0.0.9"))
    assert cache.nodes() == [TWIN, LAMP]
