"""One command for one node: found by name, uid or address, answered by text and exit code."""

from pathlib import Path

import pytest

from tests.network.peers import Peer, node
from toolkit.cli import network, options, ui
from toolkit.model.cache import Cache
from toolkit.model.errors import (
    FaultError,
    InputError,
    LoginError,
    NodeError,
    RefusedError,
    UsageError,
)
from toolkit.model.node import Node
from toolkit.model.secrecy import may_carry_a_secret
from toolkit.model.vault import Vault
from toolkit.operations import connect
from toolkit.operations.connect import Answer, Request, Target

UID = "240ac4000001"
PASSWORD = "7K2M9QXT4WZ8B3HN"
HALL = Node(UID, "hall", "10.0.0.7")
LAMP = Node("240ac4000002", "lamp", "10.0.0.8", 9010)
OLD = Node("0x500x20x910x680xc0xf7", "slim01", "10.0.1.73")


# --- what -p says


def test_without_a_command_and_a_terminal_a_command_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ui, "interactive", lambda: False)
    with pytest.raises(
        UsageError, match="expected a command, as in -p '--dev node01 help', got none"
    ):
        network.CONNECT.run(options.parse(["-c", "-p", "--dev node01 "]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("--dev node01 system memfree", Request("node01", ("system memfree",))),
        ("--dev node01 conf <a> dump", Request("node01", ("conf", "dump"))),
        ("--dev node01 conf <a> dump <a> noconf", Request("node01", ("conf", "dump", "noconf"))),
        (
            '--dev n1 oled text("hello  world") <a> hello',
            Request("n1", ('oled text("hello  world")', "hello")),
        ),
        ("--dev=10.0.0.7:9010 hello", Request("10.0.0.7:9010", ("hello",))),
        ("--dev node01", Request("node01", ())),
        ("--dev ?", Request(None, ())),
        ("hello", Request(None, ("hello",))),
        ("", Request(None, ())),
        ("--dev node01 light toggle a<a>b", Request("node01", ("light toggle a<a>b",))),
        ("--dev node01 <a> hello <a> <a> version <a>", Request("node01", ("hello", "version"))),
    ],
)
def test_parameters_name_a_node_and_its_commands(text: str, expected: Request) -> None:
    assert connect.parse(text) == expected


def test_other_options_are_refused() -> None:
    with pytest.raises(UsageError, match="got '--unknown'"):
        connect.parse("--unknown node01")


@pytest.mark.parametrize(
    "text",
    [
        "--dev node01 conf <a> stapwd my secret words",
        "--dev node01 conf <a> appwd=another-secret",
        "--dev node01 try 60 staessid=home stapwd=my-secret",
    ],
)
def test_a_secret_is_not_taken_from_a_command_line_and_not_quoted(text: str) -> None:
    with pytest.raises(InputError, match="does not belong in a command line") as caught:
        connect.parse(text)
    assert "secret words" not in str(caught.value)
    assert "my-secret" not in str(caught.value)


@pytest.mark.parametrize("text", ["--dev n conf <a> appwd", "--dev n conf <a> dump stapwd"])
def test_asking_about_a_secret_setting_is_no_secret(text: str) -> None:
    assert connect.parse(text).lines


@pytest.mark.parametrize(
    ("line", "forget"),
    [
        ("appwd correct-horse-battery", True),
        ("stapwd=abc", True),
        ("try 60 staessid=home stapwd=abc", True),
        ('mqtt load "host" password="abc"', True),
        ("web login user API_TOKEN: abc", True),
        ("set_secret abc", True),
        ("appwd", False),
        ("system memfree", False),
        ("light rgb 1 2 3", False),
        ("dump stapwd", False),
    ],
)
def test_lines_with_a_secret_are_recognised(line: str, forget: bool) -> None:
    assert may_carry_a_secret(line) is forget


# --- which node is meant


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("hall", Target("10.0.0.7", 9008, UID)),
        (UID, Target("10.0.0.7", 9008, UID)),
        (UID.upper(), Target("10.0.0.7", 9008, UID)),
        (OLD.uid, Target("10.0.1.73", 9008, OLD.uid)),
        ("10.0.0.8:9010", Target("10.0.0.8", 9010, LAMP.uid)),
        ("10.0.0.8", Target("10.0.0.8", 9008, None)),
        ("hall.local", Target("hall.local", 9008, UID)),
        ("Lamp.local", Target("Lamp.local", 9010, LAMP.uid)),
        ("lamp.local:9011", Target("lamp.local", 9011, LAMP.uid)),
        ("porch.local", Target("porch.local", 9008, None)),
        ("somehost:9010", Target("somehost", 9010, None)),
    ],
)
def test_a_node_is_found_by_name_uid_or_address(wanted: str, expected: Target) -> None:
    assert connect.resolve(wanted, [HALL, LAMP, OLD]) == expected


def test_whoever_was_seen_last_at_an_address_is_expected_there() -> None:
    newer = Node("240ac4000009", "new", HALL.address)
    assert connect.resolve("10.0.0.7", [HALL, newer]).uid == newer.uid


@pytest.mark.parametrize("wanted", ["hal", "Hall", "10.0.0.7:0", "10.0.0.7:99999", "a b", "../x"])
def test_an_unknown_name_is_refused_with_the_known_ones(wanted: str) -> None:
    with pytest.raises(InputError, match="known: hall, lamp, slim01"):
        connect.resolve(wanted, [HALL, LAMP, OLD])


def test_a_near_name_is_proposed() -> None:
    with pytest.raises(InputError, match="did you mean hall"):
        connect.resolve("hal", [HALL, LAMP])


def test_without_any_known_node_a_search_is_proposed() -> None:
    with pytest.raises(InputError, match=r"search the network \(-s\)"):
        connect.resolve("hall", [])


def test_a_name_of_two_nodes_is_refused_with_both() -> None:
    twin = Node("240ac4000005", "hall", "10.0.0.99")
    with pytest.raises(InputError, match=rf"{UID} at 10\.0\.0\.7, 240ac4000005 at 10\.0\.0\.99"):
        connect.resolve("hall", [HALL, twin])
    assert connect.resolve(twin.uid, [HALL, twin]).address == "10.0.0.99"


def test_no_name_means_the_only_node() -> None:
    assert connect.resolve(None, [HALL]).uid == UID
    with pytest.raises(InputError, match="which node"):
        connect.resolve(None, [HALL, LAMP])


# --- the commands


def run(peer: Peer, cache: Cache, vault: Vault, *lines: str, uid: str | None = UID) -> list[str]:
    target = Target(peer.address, peer.port, uid)
    return [answer.text for answer in connect.run(target, lines, cache, vault, timeout=5)]


def test_several_lines_go_through_one_connection(cache: Cache, vault: Vault) -> None:
    with Peer(node(answers={"dump": "  devfid    :  hall\n"})) as peer:
        target = Target(peer.address, peer.port, UID)
        answers = list(connect.run(target, ["conf", "dump"], cache, vault))
    assert answers == [Answer("conf", ""), Answer("dump", "  devfid    :  hall")]
    assert peer.connections == 2  # the first has found out that it speaks text alone


@pytest.mark.parametrize(
    ("text", "error", "code"),
    [
        ("refused: no module 'lihgt'; did you mean light?", RefusedError, 9),
        ("fault: ZeroDivisionError: division by zero", FaultError, 10),
        ("Invalid key", RefusedError, 9),
        ("first line\nrefused: not enough memory", RefusedError, 9),
        ("Core error: LM_light->x: no attribute", FaultError, 10),
    ],
)
def test_the_first_words_of_an_answer_are_the_verdict(
    cache: Cache, vault: Vault, text: str, error: type[Exception], code: int
) -> None:
    with (
        Peer(node(answers={"do it": f"{text}\n"})) as peer,
        pytest.raises(error, match="node01: ") as caught,
    ):
        run(peer, cache, vault, "version", "do it", "version")
    assert text in str(caught.value)  # with what was said before
    assert "not sent any more: version" in str(caught.value)
    assert getattr(caught.value, "exit_code", None) == code


def test_a_word_inside_of_an_answer_is_no_verdict(cache: Cache, vault: Vault) -> None:
    with Peer(node(answers={"log": "12:00 refused: nothing\n"})) as peer:
        assert run(peer, cache, vault, "log") == ["12:00 refused: nothing"]


def test_a_node_that_speaks_text_alone_gets_no_password(cache: Cache, vault: Vault) -> None:
    heard: list[str] = []
    vault.put(UID, PASSWORD)
    with Peer(node(password=PASSWORD, heard=heard)) as peer:
        with pytest.raises(LoginError, match="speaks text alone, and its password is not sent"):
            run(peer, cache, vault, "version")
        assert run(peer, cache, vault, "hello") == [f"hello:node01:{UID}:dev"]
    assert PASSWORD not in " ".join(heard)
    assert {line for line in heard if line[0] != "{"} == {"hello"}


def test_a_text_node_whose_password_is_unknown_is_refused_before_a_command_is_sent(
    cache: Cache, vault: Vault
) -> None:
    heard: list[str] = []
    with (
        Peer(node(password=PASSWORD, heard=heard)) as peer,
        pytest.raises(LoginError, match=f"none is kept for {UID}"),
    ):
        run(peer, cache, vault, "version")
    assert "version" not in heard


def test_another_node_at_the_address_is_named(cache: Cache, vault: Vault) -> None:
    with (
        Peer(node("guest", "240ac4000066")) as peer,
        pytest.raises(NodeError, match=r"answers guest \(240ac4000066\), not 240ac4000001"),
    ):
        run(peer, cache, vault, "version")


def test_a_new_name_of_a_node_is_remembered(cache: Cache, vault: Vault) -> None:
    with Peer(node("kitchen")) as peer:
        cache.remember(Node(UID, "hall", peer.address, peer.port))
        run(peer, cache, vault, "version")
    assert [one.name for one in cache.nodes()] == ["kitchen"]


def test_a_transcript_is_the_same_as_of_the_shell(
    cache: Cache, vault: Vault, tmp_path: Path
) -> None:
    record = tmp_path / "said.txt"
    cache.remember(Node(UID, "old-name", "127.0.0.1", 9))
    parameters = ("--transcript", str(record), "-p")
    line = "conf <a> app <a> noconf <a> bad <a> version"
    with Peer(node("hall", answers={"app": "kitchen\n", "bad": "refused: bad\n"})) as peer:
        cache.remember(Node(UID, "hall", peer.address, peer.port))
        with pytest.raises(RefusedError):
            network.CONNECT.run(options.parse(["-c", *parameters, f"--dev hall {line}"]))
    with pytest.raises(NodeError):
        network.CONNECT.run(options.parse(["-c", *parameters, "--dev hall version"]))
    told = record.read_text().splitlines()
    lines = [line[26:] if line[:2] == "20" else line for line in told]
    assert lines[:-1] == [
        f"--- hall ({UID})",
        "hall $ conf",
        "[configure] hall $ app",
        "  kitchen",
        "[configure] hall $ noconf",
        "hall $ bad",
        "  refused: bad (not sent any more: version)",
    ]
    assert lines[-1].startswith(f"--- {peer.address}")
