"""A connection to a node: friendly, old, busy, wrong, hostile."""

import socket
import threading
import time
import traceback

import pytest

from tests.network.peers import Peer, Wire, node
from toolkit.model.errors import InputError, LoginError, NodeError
from toolkit.model.node import Hello
from toolkit.transport.textshell import TextShell

UID = "240ac4000001"
PASSWORD = "7K2M9QXT4WZ8B3HN"


def shell(peer: Peer, **options: object) -> TextShell:
    return TextShell(peer.address, peer.port, **{"timeout": 5, **options})  # type: ignore[arg-type]


def test_commands_are_answered_without_the_prompt() -> None:
    answers = {"status": "name: node01\nuid: 240ac4000001\n", "system nothing": ""}
    with Peer(node(answers=answers)) as peer, shell(peer) as node01:
        assert node01.name == "node01"
        assert node01.hello() == Hello("node01", UID, "dev")
        assert node01.command("version") == "0.1.0-0"
        assert node01.command("  status ") == "name: node01\nuid: 240ac4000001"
        assert node01.command("system nothing") == ""
        assert node01.command("nonsense") == "refused: unknown command 'nonsense'"


def test_the_config_mode_of_the_prompt_is_seen() -> None:
    with Peer(node()) as peer, shell(peer) as node01:
        node01.command("conf")
        assert node01.configuring
        node01.command("noconf")
        assert not node01.configuring


def test_an_older_node_with_two_blanks_in_its_prompt_is_served() -> None:
    def old(wire: Wire) -> None:
        wire.send("slim01 $ ")
        time.sleep(0.05)
        wire.send(" ")
        while True:
            line = wire.line()
            answer = {"hello": "hello:slim01:0x500x20x910x680xc0xf7\n", "version": "0.4.0-1\n"}
            wire.send(answer.get(line, "?\n"))
            wire.send("slim01 $ ")
            time.sleep(0.05)
            wire.send(" ")

    with Peer(old) as peer, shell(peer) as slim01:
        assert slim01.hello() == Hello("slim01", "0x500x20x910x680xc0xf7", "dev")
        assert [slim01.command("version") for _ in range(5)] == ["0.4.0-1"] * 5


def test_an_answer_in_packets_of_one_byte_is_whole() -> None:
    def dribble(wire: Wire) -> None:
        wire.send("n")
        for byte in b"ode01 $ ":
            time.sleep(0.002)
            wire.send(bytes([byte]))
        while True:
            line = wire.line()
            answer = f"hello:node01:{UID}:dev\n" if line == "hello" else "one $ two\nthree\n"
            for byte in f"{answer}node01 $ ".encode():
                time.sleep(0.002)
                wire.send(bytes([byte]))

    with Peer(dribble) as peer, shell(peer) as node01:
        assert node01.command("text") == "one $ two\nthree"


def test_a_node_that_changes_its_name_is_followed() -> None:
    def rename(wire: Wire) -> None:
        name = "node01"
        wire.send(f"{name} $ ")
        while True:
            line = wire.line()
            if line.startswith("devfid "):
                name = line.split()[1]
            answer = f"hello:{name}:{UID}:dev" if line == "hello" else "Saved"
            wire.send(f"{answer}\n{name} $ ")

    with Peer(rename) as peer, shell(peer) as node01:
        assert node01.command("devfid hall") == "Saved"
        assert node01.name == "hall"
        assert node01.command("hello") == f"hello:hall:{UID}:dev"


def test_what_comes_unasked_is_not_taken_for_an_answer() -> None:
    answered, said = threading.Event(), threading.Event()

    def chatty(wire: Wire) -> None:
        wire.send("node01 $ ")
        while True:
            line = wire.line()
            answer = f"hello:node01:{UID}:dev" if line == "hello" else f"you said {line}"
            wire.send(f"{answer}\nnode01 $ ")
            if line == "one":
                answered.wait(10)
                wire.send("~~~ somebody came in\nnode01 $ ")
                said.set()

    with Peer(chatty) as peer, shell(peer) as node01:
        assert node01.command("one") == "you said one"
        answered.set()
        said.wait(10)
        assert node01.command("two") == "you said two"


# --- login


def test_the_password_is_sent_when_it_is_owed_and_the_uid_is_the_expected_one() -> None:
    heard: list[str] = []
    with (
        Peer(node(password=PASSWORD, heard=heard)) as peer,
        shell(peer, uid=UID, password=PASSWORD) as node01,
    ):
        assert not node01.locked
        assert node01.command("version") == "0.1.0-0"
    assert heard[:3] == ["hello", PASSWORD, "version"]


def test_another_node_never_gets_the_password() -> None:
    heard: list[str] = []
    thief = node(uid="66666666dead", password=PASSWORD, heard=heard)
    with Peer(thief) as peer:
        with pytest.raises(NodeError, match="66666666dead"):
            shell(peer, uid=UID, password=PASSWORD).open()
        assert heard == ["hello"]


def test_a_password_without_a_uid_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="for one uid"):
        TextShell("127.0.0.1", password=PASSWORD)


def test_a_password_typed_later_is_bound_to_the_uid_too() -> None:
    heard: list[str] = []
    with Peer(node(password=PASSWORD, heard=heard)) as peer, shell(peer) as node01:
        assert node01.locked
        with pytest.raises(LoginError):
            node01.login("66666666dead", PASSWORD)
        node01.login(UID, PASSWORD)
        assert not node01.locked
    assert heard == ["hello", PASSWORD]


def test_a_locked_node_is_never_sent_a_command_for_a_password() -> None:
    heard: list[str] = []
    with Peer(node(password=PASSWORD, heard=heard)) as peer, shell(peer) as node01:
        with pytest.raises(LoginError, match="wants its password before 'system'"):
            node01.command("system memfree")
        assert node01.command("hello").startswith("hello:node01:")
    assert heard == ["hello", "hello"]


def test_an_open_node_gets_no_password() -> None:
    heard: list[str] = []
    with Peer(node(heard=heard)) as peer, shell(peer, uid=UID, password=PASSWORD) as node01:
        node01.command("version")
    assert heard == ["hello", "version"]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("AuthFailed\nBye!\n", "refused the password"),
        ("AuthWait: 16\n", "takes no password for 16 s"),
        ("", "answered the password with ''"),
        (f"AuthFailed {PASSWORD}\n", "refused the password"),
        (f"you said {PASSWORD}\n", "answered the password with 'you said \\*\\*\\*'"),
        (f"AuthOk\n[password] {PASSWORD} $ ", r"answered the password with 'AuthOk"),
        ("AuthOk\n", "answered the password with 'AuthOk'"),
        ("Connection is busy. Bye!\n", "answered the password with 'Connection is busy. Bye!'"),
    ],
)
def test_a_login_that_fails_is_one_sentence_without_the_password(
    answer: str, sentence: str
) -> None:
    def refuse(wire: Wire) -> None:
        wire.send("[password] node01 $ ")
        wire.line()
        wire.send(f"hello:node01:{UID}:dev\n[password] node01 $ ")
        wire.line()
        wire.send(answer)

    with Peer(refuse) as peer, pytest.raises(LoginError, match=sentence) as caught:
        shell(peer, uid=UID, password=PASSWORD, timeout=1).open()
    text = "".join(traceback.format_exception(caught.value))
    assert PASSWORD not in text.replace("Peer(", "")
    assert caught.value.exit_code == 7


def test_a_node_that_echoes_the_password_later_does_not_make_us_show_it() -> None:
    answers = {"dump": f"  appwd     :  {PASSWORD}\n"}
    with (
        Peer(node(password=PASSWORD, answers=answers)) as peer,
        shell(peer, uid=UID, password=PASSWORD) as node01,
    ):
        assert node01.command("dump") == "  appwd     :  ***"


# --- bad peers


def says(*chunks: bytes | str, stay: bool = False) -> Peer:
    def script(wire: Wire) -> None:
        for chunk in chunks:
            wire.send(chunk)
        if stay:
            wire.wait_for_end()

    return Peer(script)


def refused(peer: Peer, **options: object) -> str:
    """The sentence with which opening a connection to that peer ends."""
    with peer, pytest.raises(NodeError) as caught:
        shell(peer, **{"timeout": 0.5, **options}).open()
    return str(caught.value)


def test_a_busy_node_is_called_busy() -> None:
    assert "is busy" in refused(says("Connection is busy. Bye!\n"))


def test_a_node_that_hangs_up_is_quoted() -> None:
    assert "with the words 'Session timeout 100 sec'" in refused(says("Session timeout 100 sec\n"))
    assert "hung up" in refused(says())


def test_a_peer_that_says_nothing_is_left() -> None:
    assert "says nothing" in refused(says(stay=True))


def test_a_stranger_on_the_port_is_no_node() -> None:
    sentence = refused(says("SSH-2.0-OpenSSH_9.2p1\r\n", stay=True))
    assert "is no node of ours: expected a prompt, got 'SSH-2.0-OpenSSH_9.2p1'" in sentence
    sentence = refused(Peer(lambda wire: _answer_all(wire, "what? " * 50)))
    assert "is no node of ours: expected hello:<name>:<uid>, got 'what? " in sentence
    assert len(sentence) < 250


def _answer_all(wire: Wire, answer: str) -> None:
    wire.send("box $ ")
    while True:
        wire.line()
        wire.send(f"{answer}\nbox $ ")


def test_an_endless_stream_is_cut_off() -> None:
    def flood(wire: Wire) -> None:
        while True:
            wire.send(b"x" * 65536)

    assert "more than 256 KB" in refused(Peer(flood))


def test_a_trickle_without_end_is_cut_off() -> None:
    def trickle(wire: Wire) -> None:
        while True:
            wire.send(b".")
            time.sleep(0.05)

    assert "is no node of ours: expected a prompt, got '.." in refused(Peer(trickle), timeout=0.2)


def test_a_connection_has_a_lifetime_when_one_is_given() -> None:
    def trickle(wire: Wire) -> None:
        while True:
            wire.send(b".")
            time.sleep(0.05)

    assert "is no node of ours: expected a prompt, got '.." in refused(
        Peer(trickle), timeout=3600, lifetime=0.5
    )


def test_garbage_is_not_believed() -> None:
    sentence = refused(says(bytes(range(256)) * 20, stay=True))
    assert "is no node of ours" in sentence
    assert "\x1b" not in sentence


def test_a_closed_port_and_an_unknown_host_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    peer = says()
    peer.stop()
    assert "nothing listens there" in refused(peer)
    with pytest.raises(NodeError, match="that name has no address"):
        TextShell("no..name", timeout=1).open()

    def unknown(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)  # a real one would ask the network
    with pytest.raises(NodeError, match="that name has no address"):
        TextShell("no-such-host.invalid", timeout=1).open()


def test_a_node_that_dies_while_it_works_leaves_one_sentence() -> None:
    def die(wire: Wire) -> None:
        wire.send("node01 $ ")
        wire.line()
        wire.send(f"hello:node01:{UID}:dev\nnode01 $ ")
        wire.line()
        wire.send("half an ans")

    with Peer(die) as peer, shell(peer) as node01:
        with pytest.raises(NodeError, match="whether it acted is not known"):
            node01.command("system slow")
        assert node01.closed
        with pytest.raises(NodeError, match="before anything was sent"):
            node01.command("version")


def test_a_reset_connection_reads_like_a_closed_one() -> None:
    def reset(wire: Wire) -> None:
        wire.send("node01 $ ")
        wire.line()
        wire.send(f"hello:node01:{UID}:dev\nnode01 $ ")
        wire.line()
        wire.reset()

    with (
        Peer(reset) as peer,
        shell(peer) as node01,
        pytest.raises(NodeError, match="whether it acted is not known"),
    ):
        node01.command("system slow")


def test_an_answer_that_stops_in_the_middle_is_not_taken_for_a_whole_one() -> None:
    with Peer(node(answers={"half": "half an ans"})) as peer, shell(peer) as node01:
        assert node01.command("half") == "half an ans"  # a missing newline is forgiven

    def stop(wire: Wire) -> None:
        wire.send("node01 $ ")
        wire.line()
        wire.send(f"hello:node01:{UID}:dev\nnode01 $ ")
        wire.line()
        wire.send("half an ans")
        wire.wait_for_end()

    with (
        Peer(stop) as peer,
        shell(peer, timeout=0.3) as node01,
        pytest.raises(NodeError, match="never came to the end"),
    ):
        node01.command("system slow")


def test_a_silent_node_is_given_up_and_the_connection_is_not_used_again() -> None:
    def mute(wire: Wire) -> None:
        wire.send("node01 $ ")
        wire.line()
        wire.send(f"hello:node01:{UID}:dev\nnode01 $ ")
        wire.wait_for_end()

    with Peer(mute) as peer, shell(peer) as node01:
        with pytest.raises(NodeError, match=r"has not answered within 0\.2 s"):
            node01.command("system slow", timeout=0.2)
        assert node01.closed


@pytest.mark.parametrize("word", ["exit", "reboot", "reboot -h", "webrepl"])
def test_words_that_end_the_session_are_answered_by_a_hang_up(word: str) -> None:
    def end(wire: Wire) -> None:
        wire.send("node01 $ ")
        wire.line()
        wire.send(f"hello:node01:{UID}:dev\nnode01 $ ")
        wire.line()
        wire.send("Bye!\n")

    with Peer(end) as peer, shell(peer) as node01:
        assert node01.command(word) == "Bye!"
        assert node01.closed


@pytest.mark.parametrize("line", ["a\nb", "a\rb", "a\x00b", "a\x1bb"])
def test_a_command_is_one_printable_line(line: str) -> None:
    with Peer(node()) as peer, shell(peer) as node01, pytest.raises(InputError):
        node01.command(line)


def test_an_empty_line_is_not_sent_because_some_releases_hang_up_on_it() -> None:
    heard: list[str] = []
    with Peer(node(heard=heard)) as peer, shell(peer) as node01:
        assert node01.command("   ") == ""
    assert heard == ["hello"]


def test_a_node_that_reads_nothing_does_not_hold_us() -> None:
    def deaf(wire: Wire) -> None:
        wire.send("node01 $ ")
        wire.line()
        wire.send(f"hello:node01:{UID}:dev\nnode01 $ ")
        threading.Event().wait(10)

    with Peer(deaf) as peer, shell(peer, timeout=0.3) as node01, pytest.raises(NodeError):
        node01.command("x" * 50_000_000)
