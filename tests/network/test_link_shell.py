"""Lines of a person over the link: the same answers as on the text shell, and no password sent."""

from typing import Any

import pytest

from tests.network.linked import linked
from tests.support.reference import PASSWORD, UID, ReferenceNode, in_a_thread
from toolkit.model.cache import Cache
from toolkit.model.errors import LoginError, NodeError, RefusedError
from toolkit.model.node import Node
from toolkit.model.vault import ROUNDS, Vault
from toolkit.operations import connect
from toolkit.operations.connect import Target
from toolkit.operations.conversation import Conversation
from toolkit.transport import link as link_file
from toolkit.transport import linkconf

NEW = "correct horse battery"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_file, "TRIES", ())


def run(
    node: ReferenceNode, cache: Cache, vault: Vault, *lines: str, uid: str | None = UID
) -> list[str]:
    with in_a_thread(node):
        target = Target(node.address, node.port, uid)
        answers = [answer.text for answer in connect.run(target, lines, cache, vault, timeout=5)]
    assert node.errors == []
    return answers


@pytest.fixture
def known(vault: Vault) -> Vault:
    """A vault that knows the node's password."""
    vault.put(UID, PASSWORD)
    return vault


# --- lines


def test_a_kept_password_opens_the_node_and_is_not_sent(cache: Cache, known: Vault) -> None:
    node = linked()
    assert run(node, cache, known, "version", "hello") == ["0.1.0-0", f"hello:node01:{UID}:dev"]
    assert (node.logins, PASSWORD in f"{node.asked}") == (1, False)
    assert [one.name for one in cache.nodes()] == ["node01"]


def test_a_refusal_has_the_words_of_the_text_shell(cache: Cache, known: Vault) -> None:
    with pytest.raises(RefusedError) as caught:
        run(linked(), cache, known, "nonsense", "version")
    assert str(caught.value) == (
        "node01: refused: unknown command 'nonsense' (not sent any more: version)"
    )


def test_a_stranger_at_an_address_is_looked_up_by_its_uid(cache: Cache, known: Vault) -> None:
    assert run(linked(), cache, known, "version", uid=None) == ["0.1.0-0"]


def test_a_node_that_has_moved_is_remembered_where_it_has_proved_to_be(
    cache: Cache, known: Vault
) -> None:
    cache.remember(Node(UID, "hall", "10.0.0.7"))
    node = linked(name="hall")
    run(node, cache, known, "version", uid=None)
    assert [(one.address, one.port) for one in cache.nodes()] == [(node.address, node.port)]


def test_a_false_node_that_claims_a_uid_is_not_remembered(cache: Cache, known: Vault) -> None:
    cache.remember(Node(UID, "hall", "10.0.0.7"))
    node = linked(password="guessed and wrong")
    with pytest.raises(LoginError):
        run(node, cache, known, "version", uid=None)
    assert (node.heard, cache.nodes()) == ([], [Node(UID, "hall", "10.0.0.7")])


def test_without_a_password_nothing_but_hello_is_answered(cache: Cache, vault: Vault) -> None:
    with pytest.raises(LoginError, match=f"none is kept for {UID}"):
        run(linked(), cache, vault, "version")
    assert run(linked(), cache, vault, "hello") == [f"hello:node01:{UID}:dev"]


# --- settings


def test_settings_are_shown_and_set_as_in_config_mode(cache: Cache, known: Vault) -> None:
    flag = {"flag": True}
    lines = ["conf", "soctout 60", "soctout", "nothing", "dump soc", "flag", "noconf", "version"]
    with pytest.raises(RefusedError, match="Invalid key"):
        run(linked(settings=flag), cache, known, *lines)
    with pytest.raises(RefusedError, match=r"Invalid key, did you mean 'soctout'\\?"):
        run(linked(settings=flag), cache, known, "conf", "soctuot")
    lines.remove("nothing")
    assert run(linked(settings=flag), cache, known, *lines) == [
        *("", "Saved", "60", "  soctout   :  60", "True", "", "0.1.0-0")
    ]


def test_an_unknown_setting_is_refused_in_the_nodes_words(cache: Cache, known: Vault) -> None:
    with pytest.raises(RefusedError, match="node01: refused: Invalid key: nonsense"):
        run(linked(), cache, known, "conf", "nonsense 1")


def test_a_word_is_a_word_in_config_mode_too(cache: Cache, known: Vault) -> None:
    node = linked()
    run(node, cache, known, "conf", "version")
    assert node.heard == ["version"]


def test_a_secret_is_sealed(cache: Cache, known: Vault) -> None:
    node = linked()
    with in_a_thread(node):
        talk = Conversation(Target(node.address, node.port, UID), cache, known)
        talk.open()
        talk.ask("conf")
        assert talk.prompt == "[configure] node01 $ "
        assert talk.ask(f"stapwd {NEW}") == "Saved"
        talk.close()
    assert node.secrets == {"stapwd": NEW}
    assert "horse" not in f"{node.asked}"


def test_a_new_name_is_the_one_in_the_prompt(cache: Cache, known: Vault) -> None:
    node = linked()
    with in_a_thread(node):
        talk = Conversation(Target(node.address, node.port, UID), cache, known)
        talk.open()
        talk.ask("conf")
        talk.ask("devfid kitchen")
        assert talk.prompt == "[configure] kitchen $ "
        talk.close()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("60 soctout=5", (60, {"soctout": "5"})),
        (
            "5 staessid=\"my home\" stapwd='a b' x=",
            (5, {"staessid": "my home", "stapwd": "a b", "x": ""}),
        ),
    ],
)
def test_what_follows_try_is_read_as_a_node_reads_it(text: str, expected: Any) -> None:
    assert linkconf.tried(text) == expected


@pytest.mark.parametrize("text", ["", "60", "soctout=5", "60 soctout", '60 stapwd="a secret'])
def test_a_try_that_cannot_be_read_is_refused_without_what_came(text: str) -> None:
    with pytest.raises(RefusedError, match="expected try") as caught:
        linkconf.tried(text)
    assert "a secret" not in str(caught.value)


# --- passwords


def test_a_new_password_comes_with_a_key_of_many_rounds(cache: Cache, known: Vault) -> None:
    node = linked()
    with in_a_thread(node):
        talk = Conversation(Target(node.address, node.port, UID), cache, known)
        talk.open()
        talk.ask("conf")
        assert talk.ask(f"appwd {NEW}") == "Saved"
        talk.open()
        assert talk.ask("version") == "0.1.0-0"
        talk.close()
    kept = known.get(UID)
    assert kept is not None
    assert (kept.appwd, kept.i, kept.before) == (NEW, ROUNDS, "")
    assert (node.secrets["appwd"], node.kept["i"]) == (NEW, ROUNDS)


@pytest.mark.parametrize("arrived", [True, False])
def test_a_password_that_may_have_arrived_is_found_out(
    cache: Cache, known: Vault, arrived: bool
) -> None:
    known.offer(UID, NEW)
    node = linked(password=NEW if arrived else PASSWORD)
    assert run(node, cache, known, "version") == ["0.1.0-0"]
    kept = known.get(UID)
    assert kept is not None
    assert (kept.appwd, kept.i, kept.before) == (NEW if arrived else PASSWORD, ROUNDS, "")


def test_a_refused_password_is_not_kept(cache: Cache, known: Vault) -> None:
    node = linked()
    node.answers["conf"] = lambda visit, request: "Saved" if False else refused()
    with in_a_thread(node):
        talk = Conversation(Target(node.address, node.port, UID), cache, known)
        talk.open()
        talk.ask("conf")
        assert talk.ask("appwd short").startswith("refused: ")
        talk.close()
    kept = known.get(UID)
    assert kept is not None
    assert (kept.appwd, kept.before) == (PASSWORD, "")


def refused() -> None:
    from tests.support.reference import refuse

    refuse("refused", "appwd: expected a text from 12 to 63 characters")


def test_a_key_of_few_rounds_is_replaced_by_one_of_many(cache: Cache, vault: Vault) -> None:
    vault.put(UID, PASSWORD, 400)
    node = linked(rounds=400)
    run(node, cache, vault, "version")
    assert (node.told_rounds, set(node.secrets)) == (ROUNDS, {"k"})
    kept = vault.get(UID)
    assert kept is not None
    assert kept.i == ROUNDS
    assert run(node, cache, vault, "version") == ["0.1.0-0"]


def test_a_typed_password_is_proved_and_kept(cache: Cache, vault: Vault) -> None:
    node = linked()
    with in_a_thread(node):
        talk = Conversation(Target(node.address, node.port, UID), cache, vault)
        talk.open()
        assert talk.locked
        assert not talk.in_clear
        talk.login(PASSWORD)
        assert not talk.locked
        assert talk.ask("version") == "0.1.0-0"
        talk.close()
    kept = vault.get(UID)
    assert kept is not None
    assert (kept.appwd, kept.i) == (PASSWORD, ROUNDS)


def test_a_reboot_ends_the_connection_whether_it_is_answered_or_not(
    cache: Cache, known: Vault
) -> None:
    from tests.support import reference_faults as faults

    for answer in (lambda visit, request: "Rebooting.\nBye!", faults.hang_up):
        node = linked()
        node.answers["run"] = answer
        with in_a_thread(node):
            talk = Conversation(Target(node.address, node.port, UID), cache, known)
            talk.open()
            assert talk.ask("reboot").endswith("Bye!")
            assert talk.closed
            talk.close()


def test_a_node_that_is_away_is_one_sentence(cache: Cache, known: Vault) -> None:
    with pytest.raises(NodeError, match="nothing listens there"):
        list(connect.run(Target("127.77.3.1", 9, UID), ["version"], cache, known))
