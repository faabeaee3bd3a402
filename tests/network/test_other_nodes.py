"""A line for other nodes than the one at hand: to one of them, or to all at the same time."""

import threading
from pathlib import Path

import pytest

from tests.network.linked import linked
from tests.network.peers import Peer, Wire, node
from tests.network.test_terminal_shell import known
from tests.support.boards import eventually
from tests.support.reference import PASSWORD, in_a_thread
from tests.support.terminal import CTRL_D, ENTER, TAB, toolkit
from toolkit.model.cache import Cache
from toolkit.model.errors import InputError
from toolkit.model.node import Node
from toolkit.model.vault import Vault
from toolkit.operations import others
from toolkit.operations.others import Aside, Here, Said, read, say

HALL, LAMP, DOOR = "240ac4000001", "240ac4000002", "240ac4000003"
FREE = "system memfree"
NOBODY = Here("", str)


def test_a_line_for_others_is_told_from_one_for_the_node_at_hand() -> None:
    assert read("system memfree") is None
    assert read("@allow x") is None
    assert read(">>lamp light on") == Aside("lamp", ("light on",))
    assert read(">> lamp light on <a> status") == Aside("lamp", ("light on", "status"))
    assert read("@all status") == Aside(None, ("status",))


@pytest.mark.parametrize("line", [">>", "@all", ">>lamp", ">>lamp  <a> "])
def test_without_a_command_the_form_is_told(line: str) -> None:
    with pytest.raises(InputError, match="and a command, as in"):
        read(line)


@pytest.mark.parametrize("word", ["conf", "noconf", "config", "exit", "version <a> conf"])
def test_a_word_that_changes_what_later_lines_mean_is_for_no_others(word: str) -> None:
    with pytest.raises(InputError, match=f"got '{word.split()[-1]}', .* as in: @all conf <a> "):
        read(f"@all {word}")


@pytest.mark.parametrize("line", ["@all conf <a> appwd hidden-word", ">>lamp wifi join psk=hidden"])
def test_a_secret_is_not_said_to_others_and_not_repeated(line: str) -> None:
    with pytest.raises(InputError, match="in its own shell") as refusal:
        read(line)
    assert "hidden" not in str(refusal.value)


def test_a_node_that_is_not_known_is_one_sentence_with_the_nearest(
    cache: Cache, vault: Vault
) -> None:
    cache.remember(Node(LAMP, "lamp", "127.0.0.2"))
    with pytest.raises(InputError, match="no node 'lmap' is known; did you mean lamp"):
        list(say(Aside("lmap", ("status",)), NOBODY, cache, vault))


def test_all_are_asked_and_who_is_not_there_is_told(cache: Cache, vault: Vault) -> None:
    gone = Peer(node())
    gone.stop()
    vault.put(LAMP, PASSWORD)
    with (
        Peer(node("hall", HALL, {FREE: "81234\n"})) as hall,
        in_a_thread(linked({FREE: "55"}, uid=LAMP, name="lamp")) as lamp,
    ):
        cache.remember(known(hall, HALL, "hall"), known(lamp, LAMP, "lamp"))
        cache.remember(known(gone, DOOR, "door"))
        said = {it.node: it.text for it in say(Aside(None, (FREE,)), NOBODY, cache, vault)}
    assert said["hall"] == "81234"
    assert said["lamp"] == "55"
    assert "nothing listens there" in said["door"]


def test_a_node_that_is_late_holds_up_nobody(
    cache: Cache, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(others, "BOUND", 0.0)
    answered = threading.Event()

    def mute(wire: Wire) -> None:
        answered.wait(60)

    with Peer(mute) as peer:
        cache.remember(known(peer, HALL, "hall"))
        said = list(say(Aside(None, (FREE,)), NOBODY, cache, vault))
        answered.set()
    assert said == [Said("hall", "has not answered in time; whether it acted is not known")]


def test_the_node_at_hand_answers_over_its_own_connection(cache: Cache, vault: Vault) -> None:
    cache.remember(Node(HALL, "hall", "127.0.0.1", 9))
    heard: list[str] = []

    def ask(line: str) -> str:
        heard.append(line)
        return "refused: not today"

    lines = Aside("hall", ("one", "two"))
    assert list(say(lines, Here(HALL, ask), cache, vault)) == [
        Said("hall", "refused: not today (not sent any more: two)")
    ]
    assert heard == ["one"]


def test_what_was_answered_before_a_refusal_is_told_too(cache: Cache, vault: Vault) -> None:
    answers = {FREE: "81234\n", "two": "refused: not today\n"}
    told = "81234\nrefused: not today (not sent any more: three)"
    with Peer(node("lamp", LAMP, answers)) as lamp:
        cache.remember(Node(HALL, "hall", "127.0.0.1", 9), known(lamp, LAMP, "lamp"))
        here = Here(HALL, lambda line: answers[line].strip())
        every = list(say(Aside(None, (FREE, "two", "three")), here, cache, vault))
    assert sorted((it.node, it.text) for it in every) == [("hall", told), ("lamp", told)]


def test_what_came_from_a_node_that_is_late_is_told_too(
    cache: Cache, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, answered = threading.Event(), threading.Event()

    def mute(line: str) -> str:
        if line == "two":
            heard.set()
            answered.wait(60)
        return "81234"

    class Ended(others.SimpleQueue[others.Target]):
        """Nobody is waited for once the second line is under way."""

        def get(self, block: bool = True, timeout: float | None = None) -> others.Target:
            assert heard.wait(60)
            raise others.Empty

    monkeypatch.setattr(others, "SimpleQueue", Ended)
    cache.remember(Node(HALL, "hall", "127.0.0.1", 9))
    said = list(say(Aside(None, (FREE, "two")), Here(HALL, mute), cache, vault))
    answered.set()
    assert [it.text for it in said] == [
        "81234\nhas not answered in time; whether it acted is not known"
    ]


def test_settings_of_the_node_at_hand_are_read_and_its_shell_goes_on_as_it_was(
    cache: Cache, vault: Vault
) -> None:
    cache.remember(Node(HALL, "hall", "127.0.0.1", 9))
    heard: list[str] = []

    def ask(line: str) -> str:
        heard.append(line)
        return {"app": "kitchen"}.get(line, "")

    lines = Aside("hall", ("conf", "app"))
    assert list(say(lines, Here(HALL, ask), cache, vault)) == [Said("hall", "kitchen")]
    assert heard == ["conf", "app", "noconf"]


def test_the_node_at_hand_holds_up_nobody_either(cache: Cache, vault: Vault) -> None:
    told = threading.Event()
    with Peer(node("lamp", LAMP, {FREE: "55555\n"})) as lamp:
        cache.remember(Node(HALL, "hall", "127.0.0.1", 9), known(lamp, LAMP, "lamp"))

        def slow(_: str) -> str:
            assert told.wait(60)
            return "81234"

        said = say(Aside(None, (FREE,)), Here(HALL, slow), cache, vault)
        assert next(said) == Said("lamp", "55555")
        told.set()
        assert list(said) == [Said("hall", "81234")]


def test_the_node_at_hand_is_hung_up_on_when_it_is_late(
    cache: Cache, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(others, "BOUND", 0.0)
    cache.remember(Node(HALL, "hall", "127.0.0.1", 9))
    heard: list[str] = []
    before = threading.active_count()
    answered, over = threading.Event(), threading.Event()

    def mute(line: str) -> str:
        heard.append(line)
        answered.wait(60)
        return "late"

    here = Here(HALL, mute, over.set)
    assert [it.text for it in say(Aside(None, ("one", "two")), here, cache, vault)] == [
        "has not answered in time; whether it acted is not known"
    ]
    assert over.is_set()
    answered.set()
    eventually(lambda: threading.active_count() <= before, "the end of its thread")
    assert heard in ([], ["one"])  # the second line leaves for nobody any more


def test_nodes_of_one_name_are_told_apart(cache: Cache, vault: Vault) -> None:
    cache.remember(Node(HALL, "lamp", "127.0.0.1", 9), Node(LAMP, "lamp", "127.0.0.2", 9))
    said = say(Aside(HALL, (FREE,)), Here(HALL, lambda _: "1\n2"), cache, vault)
    assert [it.shown for it in said] == [f"lamp ({HALL}):\n  1\n  2"]


def test_in_the_shell_one_and_all_are_reached_names_completed_and_all_of_it_recorded(
    cache: Cache, tmp_path: Path
) -> None:
    record = tmp_path / "said.txt"
    with (
        Peer(node("hall", HALL, {FREE: "81234\n", "dump": ""})) as hall,
        Peer(node("lamp", LAMP, {FREE: "55555\n"})) as lamp,
    ):
        cache.remember(known(hall, HALL, "hall"), known(lamp, LAMP, "lamp"))
        with toolkit(["-c", "-p", "--dev hall", "--transcript", str(record)]) as screen:
            screen.at("hall $").type(">>la" + TAB)
            screen.at("hall $ >>lamp").type(" " + FREE + ENTER)
            screen.expect("lamp: 55555")
            screen.at("hall $").type(">>lmap status" + ENTER)
            screen.expect("did you mean lamp?")
            screen.at("hall $").type("@all " + FREE + ENTER)
            screen.expect("hall: 81234")
            screen.at("hall $").type("conf" + ENTER)
            screen.at("[configure] hall $").type("@all " + FREE + ENTER)
            screen.expect("leave config mode first")
            screen.at("[configure] hall $").type(CTRL_D)
            assert screen.end() == 0
    assert screen.text.count("lamp: 55555") == 2
    assert f"hall $ >>lamp {FREE}\n  lamp: 55555\n" in record.read_text()
    assert "leave config mode first" in record.read_text()
