"""The interactive shell, used on a real terminal as a person uses it."""

import os
import stat
import threading
from pathlib import Path

import pytest

from tests.network.linked import linked
from tests.network.peers import Peer, Wire, node
from tests.network.test_vocabulary import HELP, SERVO
from tests.support.reference import BOOT, ReferenceNode, in_a_thread
from tests.support.terminal import CTRL_C, CTRL_D, ENTER, TAB, UP, Terminal, toolkit
from toolkit.model.cache import Cache
from toolkit.model.node import Node
from toolkit.model.vault import Vault

UID = "240ac4000001"
PASSWORD = "7K2M9QXT4WZ8B3HN"
ANSWERS = {
    "help": HELP,
    "help servo": SERVO,
    "system memfree": "81234\n",
    "dump": "  devfid    :  node01\n  stapwd    :  ***\n",
    "stapwd a-new-secret-word": "Saved\n",
    "appwd another-password": "Saved\n",
}


def known(peer: Peer | ReferenceNode, uid: str = UID, name: str = "node01") -> Node:
    return Node(uid, name, peer.address, peer.port)


def history(tmp_path: Path, uid: str = UID) -> Path:
    return tmp_path / "user_data" / "history" / uid


def shell(*arguments: str) -> Terminal:
    return toolkit(["-c", *(("-p", f"--dev {arguments[0]}") if arguments else ())])


def test_a_command_is_answered_and_ctrl_d_leaves(cache: Cache) -> None:
    with Peer(node(answers=ANSWERS)) as peer:
        cache.remember(known(peer))
        with shell() as screen:
            screen.say("node01 $", "system memfree")
            screen.expect("81234")
            screen.say("node01 $", "conf")
            screen.at("[configure] node01 $")
            screen.type(CTRL_D)
            assert screen.end() == 0


def test_exit_leaves_with_the_nodes_last_word(cache: Cache) -> None:
    with Peer(node(answers=ANSWERS)) as peer:
        cache.remember(known(peer))
        with shell("node01") as screen:
            screen.say("node01 $", "exit")
            screen.expect("Bye!")
            assert screen.end() == 0


def test_several_commands_in_a_line_are_given_one_after_the_other(
    cache: Cache, tmp_path: Path
) -> None:
    record = tmp_path / "said.txt"
    heard: list[str] = []
    told = ANSWERS | {"servo angle x": "refused: degrees: expected a number, got x\n"}
    with Peer(node(answers=told, heard=heard)) as peer:
        cache.remember(known(peer))
        with toolkit(["-c", "--transcript", str(record)]) as screen:
            screen.say("node01 $", "system memfree <a> servo angle x <a> system memfree")
            screen.expect("got x")
            screen.expect("not sent any more: system memfree")
            screen.say("node01 $", "conf <a> dump <a> noconf")
            screen.expect("devfid")
            screen.at("node01 $").type(CTRL_D)
            assert screen.end() == 0
    assert heard.count("system memfree") == 1
    lines = [line[26:] if line[:2] == "20" else line for line in record.read_text().splitlines()]
    assert lines == [
        f"--- node01 ({UID})",
        "node01 $ system memfree",
        "  81234",
        "node01 $ servo angle x",
        "  refused: degrees: expected a number, got x",
        "  (not sent any more: system memfree)",
        "node01 $ conf",
        "[configure] node01 $ dump",
        "    devfid    :  node01",
        "    stapwd    :  ***",
        "[configure] node01 $ noconf",
    ]


def test_lines_that_are_pasted_are_given_one_after_the_other(cache: Cache) -> None:
    heard: list[str] = []
    told = ANSWERS | {f"light {n}": f"on {n}\n" for n in range(3)} | {"bad": "refused: bad\n"}
    lines = ["light 0", "light 1 <a> light 2", "", "bad", *(f"later {n}" for n in range(8))]
    with Peer(node(answers=told, heard=heard)) as peer:
        cache.remember(known(peer))
        with shell() as screen:
            screen.at("node01 $").type("\x1b[200~" + "\n".join(lines) + "\x1b[201~")
            screen.expect("later 7")
            screen.clear()
            screen.type(ENTER)
            screen.expect("not sent any more: later 0, later 1, later 2, later 3, later 4, and 3 m")
            for n in range(3):
                assert f"node01 $ light {n}\non {n}\n" in screen.text
            screen.at("node01 $").type(CTRL_D)
            assert screen.end() == 0
    assert [line for line in heard if line[:5] in ("light", "bad", "later")] == [
        "light 0",
        "light 1",
        "light 2",
        "bad",
    ]


def test_a_secret_with_the_separator_in_it_stays_whole(cache: Cache) -> None:
    heard: list[str] = []
    with Peer(node(answers=ANSWERS, heard=heard)) as peer:
        cache.remember(known(peer))
        with shell() as screen:
            screen.say("node01 $", "conf")
            screen.say("[configure] node01 $", "stapwd two <a> words")
            screen.at("[configure] node01 $").type(CTRL_D)
            assert screen.end() == 0
    assert "stapwd two <a> words" in heard


def test_a_node_is_chosen_by_arrow_keys_its_number_or_its_name(cache: Cache) -> None:
    with Peer(node("hall", UID)) as hall, Peer(node("lamp", "240ac4000002")) as lamp:
        cache.remember(known(hall, UID, "hall"), known(lamp, "240ac4000002", "lamp"))
        with shell() as screen:
            screen.answer("which node", "zzz")
            screen.answer("known: hall, lamp", UP)
            screen.at("hall $")
        with shell() as screen:
            screen.answer("which node", "0")
            screen.at("hall $")
        with toolkit(["-c"], {"TERM": "dumb"}) as screen:
            screen.answer("which node", "7")
            screen.answer("known: hall, lamp", "hall")
            screen.at("hall $")


def test_who_chooses_no_node_leaves(cache: Cache) -> None:
    cache.remember(Node(UID, "hall", "127.0.0.1"), Node("240ac4000002", "lamp", "127.0.0.2"))
    with shell() as screen:
        screen.expect("which node")
        screen.type(CTRL_D)
        assert screen.end() == 1
        assert "no node was chosen" in screen.text
    with shell() as screen:
        screen.expect("which node")
        screen.type(CTRL_C)
        assert screen.end() == 130
        assert "devToolKit: no node was chosen" in screen.text
        assert "acted" not in screen.text


def test_tab_completes_and_the_signature_stands_below(cache: Cache) -> None:
    with Peer(node(answers=ANSWERS)) as peer:
        cache.remember(known(peer))
        with shell() as screen:
            screen.at("node01 $")
            screen.type("serv" + TAB)
            screen.at("node01 $ servo")
            screen.type(" an" + TAB)
            screen.at("node01 $ servo angle")
            screen.expect("servo angle <degrees: float> [servo: int = 1] - Turn a servo")
            screen.type(" deg" + TAB)
            screen.expect("node01 $ servo angle degrees=")


def test_who_is_talked_to_and_how_stands_below_the_prompt(cache: Cache, vault: Vault) -> None:
    vault.put(UID, PASSWORD)
    told = {"status >json": '{"version": "0.4.0-0", "mem_free": 81234}', "system rssi": "-57"}
    with in_a_thread(linked(told)) as peer:
        cache.remember(known(peer))
        with shell() as screen:
            screen.at("node01 $")
            screen.expect(f"node01  {known(peer).endpoint}  0.4.0-0  79 KB free  link, signed")
            screen.type("system rssi" + ENTER)
            screen.expect("-57")
            screen.at("node01 $")
    assert f"{peer.asked}".count("status >json") == 1


def test_a_dumb_terminal_has_the_prompt_alone(cache: Cache) -> None:
    with Peer(node(answers=ANSWERS)) as peer:
        cache.remember(known(peer))
        with toolkit(["-c"], {"TERM": "dumb"}) as screen:
            screen.say("node01 $", "system memfree")
            screen.expect("81234")
            screen.say("node01 $", "exit")
            screen.expect("Bye!")
            assert screen.end() == 0
    assert known(peer).endpoint not in screen.text


def test_ctrl_c_drops_the_line_and_nothing_is_sent(cache: Cache) -> None:
    heard: list[str] = []
    with Peer(node(answers=ANSWERS, heard=heard)) as peer:
        cache.remember(known(peer))
        with shell() as screen:
            screen.at("node01 $")
            screen.type("reboot" + CTRL_C)
            screen.type("system memfree" + ENTER)
            screen.expect("81234")
    assert heard[-1] == "system memfree"
    assert not [line for line in heard if "reboot" in line]


def test_history_is_kept_for_each_node_without_secrets(cache: Cache, tmp_path: Path) -> None:
    with Peer(node(answers=ANSWERS)) as peer:
        cache.remember(known(peer))
        with shell() as screen:
            screen.say("node01 $", "system memfree")
            screen.expect("81234")
            screen.say("node01 $", "conf")
            for line in ("stapwd a-new-secret-word", "dump", "noconf"):
                screen.say("[configure] node01 $", line)
            screen.at("node01 $")
            screen.type(CTRL_D)
            screen.end()
        assert history(tmp_path).read_text() == "system memfree\nconf\ndump\nnoconf\n"
        assert stat.S_IMODE(history(tmp_path).stat().st_mode) == 0o600
        with shell() as screen:
            screen.at("node01 $")
            screen.type(UP * 4)
            screen.expect("node01 $ system memfree")


def test_a_secret_is_not_found_by_the_arrow_keys_either(cache: Cache) -> None:
    with Peer(node(answers=ANSWERS)) as peer:
        cache.remember(known(peer))
        with shell() as screen:
            screen.say("node01 $", "conf")
            screen.say("[configure] node01 $", "stapwd a-new-secret-word")
            screen.expect("Saved")
            screen.at("[configure] node01 $").type(UP)
            screen.at("[configure] node01 $ conf")


def test_a_password_is_asked_for_kept_and_shown_nowhere(
    cache: Cache, vault: Vault, tmp_path: Path
) -> None:
    with in_a_thread(linked({"system memfree": "81234"})) as peer:
        cache.remember(known(peer))
        with shell() as screen:
            screen.answer(f"password of node01 ({UID})", "a wrong password")
            screen.expect("refused the password")
            screen.say(f"password of node01 ({UID}):", PASSWORD)
            screen.expect("it is kept in user_data/secrets.json")
            screen.say("node01 $", "system memfree")
            screen.expect("81234")
            assert PASSWORD not in screen.text
            assert "a wrong password" not in screen.text
        assert PASSWORD not in history(tmp_path).read_text()
        kept = vault.get(UID)
        assert kept is not None
        assert kept.appwd == PASSWORD
        with shell() as screen:
            screen.at("node01 $")
            assert "password" not in screen.text
    assert PASSWORD not in f"{peer.asked}"


def test_a_password_that_was_changed_elsewhere_is_asked_for_again(
    cache: Cache, vault: Vault
) -> None:
    vault.put(UID, "what it used to be")
    with in_a_thread(linked()) as peer:
        cache.remember(known(peer))
        with shell() as screen:
            screen.expect("it was changed")
            screen.say(f"password of node01 ({UID}):", PASSWORD)
            screen.at("node01 $")


def test_ctrl_c_at_the_question_for_a_password_leaves_and_says_that_nothing_was_done(
    cache: Cache,
) -> None:
    with in_a_thread(linked()) as peer:
        cache.remember(known(peer))
        with shell() as screen:
            screen.at(f"password of node01 ({UID}):").type(CTRL_C)
            assert screen.end() == 130
            assert "node01 was given no password, and nothing was said to it" in screen.text
            assert screen.as_before


def test_three_wrong_passwords_are_enough(cache: Cache) -> None:
    with in_a_thread(linked()) as peer:
        cache.remember(known(peer))
        with shell() as screen:
            for _ in range(3):
                screen.say(f"password of node01 ({UID}):", "a wrong password")
            assert screen.end() == 7


def test_who_types_a_password_for_a_text_node_is_told_that_all_can_read_it(
    cache: Cache, vault: Vault
) -> None:
    vault.put(UID, PASSWORD)
    with Peer(node(answers=ANSWERS, password=PASSWORD)) as peer:
        cache.remember(known(peer))
        with shell() as screen:
            screen.expect("can be read by everybody in its network")
            screen.say(f"password of node01 ({UID}):", PASSWORD)
            screen.say("node01 $", "system memfree")
            screen.expect("81234")


def test_a_new_password_of_the_node_is_kept(cache: Cache, vault: Vault) -> None:
    with Peer(node(answers=ANSWERS)) as peer:
        cache.remember(known(peer))
        with shell() as screen:
            screen.say("node01 $", "conf")
            screen.say("[configure] node01 $", "appwd another-password")
            screen.expect("Saved")
            screen.say("[configure] node01 $", "noconf")
            screen.at("node01 $")
    kept = vault.get(UID)
    assert kept is not None
    assert kept.appwd == "another-password"


def test_after_a_reboot_the_shell_is_there_again(cache: Cache) -> None:
    def rebooting(wire: Wire) -> None:
        wire.send("node01 $ ")
        while True:
            line = wire.line()
            if line == "reboot":
                wire.send("Rebooting.\nBye!\n")
                return
            answer = f"hello:node01:{UID}:dev" if line == "hello" else "81234"
            wire.send(f"{answer}\nnode01 $ ")

    peer = Peer(rebooting)
    cache.remember(known(peer))
    with shell() as screen:
        screen.at("node01 $")
        peer.stop()
        screen.type("system memfree" + ENTER)
        screen.expect("nothing listens there")
        screen.expect("the line was not sent")
        screen.expect("waiting for node01 to come back; Ctrl-C ends")
        with Peer(rebooting, peer.address, peer.port):
            screen.expect("connected to node01 again")
            screen.at("node01 $").clear()
            screen.type("reboot" + ENTER)
            screen.expect("Bye!")
            screen.expect("connected to node01 again")
            screen.say("node01 $", "system memfree")
            screen.expect("81234")


def test_ctrl_c_ends_the_wait_for_a_node_that_does_not_come_back(
    cache: Cache, tmp_path: Path
) -> None:
    peer = Peer(node(answers=ANSWERS))
    cache.remember(known(peer))
    with toolkit(["-c", "--transcript", str(tmp_path / "said.txt")]) as screen:
        screen.at("node01 $")
        peer.stop()
        screen.type("system memfree" + ENTER)
        screen.expect("waiting for node01")
        screen.type(CTRL_C)
        assert screen.end() == 6
        assert "Traceback" not in screen.text
    told = (tmp_path / "said.txt").read_text()
    assert "--- waiting for node01 to come back; Ctrl-C ends\n" in told
    assert told.endswith("--- node01 is not back yet\n")


def dying(*, after: str) -> tuple[Peer, threading.Event]:
    """A node that goes away, or falls silent, in the middle of the command `slow`."""
    busy = threading.Event()

    def serve(wire: Wire) -> None:
        wire.send("node01 $ ")
        while True:
            line = wire.line()
            if line == "slow":
                busy.set()
                if after == "silence":
                    wire.wait_for_end()
                return
            answer = f"hello:node01:{UID}:dev" if line == "hello" else f"you said {line}"
            wire.send(f"{answer}\nnode01 $ ")

    return Peer(serve), busy


def test_a_node_that_goes_away_in_the_middle_of_a_command_is_one_sentence(cache: Cache) -> None:
    peer, _ = dying(after="hang-up")
    with peer:
        cache.remember(known(peer))
        with shell() as screen:
            screen.say("node01 $", "slow")
            screen.expect("hung up before it had answered; whether it acted is not known")
            screen.expect("connected to node01 again")
            screen.say("node01 $", "again")
            screen.expect("you said again")
            assert "Traceback" not in screen.text


def test_ctrl_c_ends_the_wait_for_an_answer(cache: Cache) -> None:
    peer, busy = dying(after="silence")
    with peer:
        cache.remember(known(peer))
        with shell() as screen:
            screen.say("node01 $", "slow")
            assert busy.wait(60)
            screen.type(CTRL_C)
            screen.expect("dropped; whether the node acted is not known")
            screen.say("node01 $", "again")
            screen.expect("you said again")
            assert "Traceback" not in screen.text


def test_a_connection_closed_while_idle_is_made_again_before_the_line_is_sent(
    cache: Cache, tmp_path: Path
) -> None:
    heard: list[str] = []
    first = threading.Event()

    def evicting(wire: Wire) -> None:
        wire.send("node01 $ ")
        while True:
            line = wire.line()
            heard.append(line)
            answer = f"hello:node01:{UID}:dev" if line == "hello" else f"you said {line}"
            wire.send(f"{answer}\nnode01 $ ")
            if line == "one" and not first.is_set():
                wire.hang_up()
                first.set()
                return

    with Peer(evicting) as peer:
        cache.remember(known(peer))
        with toolkit(["-c", "--transcript", str(tmp_path / "said.txt")]) as screen:
            screen.say("node01 $", "one")
            screen.expect("you said one")
            assert first.wait(60)
            screen.say("node01 $", "two")
            screen.expect("connected again")
            screen.expect("you said two")
            screen.at("node01 $")
    assert heard.count("two") == 1
    told = (tmp_path / "said.txt").read_text().splitlines()
    assert told[-2].endswith(" --- the connection had ended; connected again")
    assert told[-1] == "  you said two"


@pytest.mark.parametrize(
    ("boot", "happened"),
    [
        ("0123456789abcdef", "the node had started again (brown-out), 0:00:07 ago; connected"),
        (BOOT, "the node had closed the idle connection, and has not started anew; connected"),
    ],
)
def test_a_restart_is_told_from_a_connection_that_was_idle(
    cache: Cache, vault: Vault, boot: str, happened: str
) -> None:
    vault.put(UID, PASSWORD)
    told = {"status >json": '{"uptime": 7, "reset": "brown-out"}', "system rssi": "-57"}
    with in_a_thread(linked(told)) as peer:
        cache.remember(known(peer))
        with shell() as screen:
            screen.say("node01 $", "system rssi")
            screen.expect("-57")
            peer.boot = boot
            peer.hang_up()
            screen.expect("not connected")
            screen.at("node01 $").clear()
            screen.type("system rssi" + ENTER)
            screen.expect(happened)
            screen.expect("-57")
            assert peer.heard.count("system rssi") == 2


def test_a_link_that_ends_in_config_mode_is_in_config_mode_again(
    cache: Cache, vault: Vault
) -> None:
    vault.put(UID, PASSWORD)
    with in_a_thread(peer := linked()):
        cache.remember(known(peer))
        with shell() as screen:
            screen.say("node01 $", "conf")
            screen.at("[configure] node01 $")
            peer.hang_up()
            screen.expect("not connected")
            screen.say("[configure] node01 $", "soctout 60")
            screen.expect("connected again")
            screen.expect("Saved")
    assert peer.kept["soctout"] == "60"


def test_an_older_node_that_says_when_it_started_is_believed(cache: Cache) -> None:
    left = threading.Event()

    def restarting(wire: Wire) -> None:
        wire.send("node01 $ ")
        while True:
            line = wire.line()
            told = {"hello": f"hello:node01:{UID}:dev", "status >json": '{"uptime": -1}'}
            wire.send(f"{told.get(line, f'you said {line}')}\nnode01 $ ")
            if line == "one" and not left.is_set():
                wire.hang_up()
                left.set()
                return

    with Peer(restarting) as peer:
        cache.remember(known(peer))
        with shell() as screen:
            screen.say("node01 $", "one")
            assert left.wait(60)
            screen.say("node01 $", "two")
            screen.expect("the node had started again, 0:00:00 ago; connected again")
            screen.expect("you said two")


def test_config_mode_is_entered_again_on_the_new_connection(cache: Cache) -> None:
    heard: list[str] = []
    left = threading.Event()

    def evicting(wire: Wire) -> None:
        prompt = "node01 $ "
        wire.send(prompt)
        while True:
            line = wire.line()
            heard.append(line)
            if line == "conf":
                prompt = "[configure] node01 $ "
            answer = {"hello": f"hello:node01:{UID}:dev\n", "soctout 60": "Saved\n"}.get(line, "")
            wire.send(answer + prompt)
            if line == "dump" and not left.is_set():
                wire.hang_up()
                left.set()
                return

    with Peer(evicting) as peer:
        cache.remember(known(peer))
        with shell() as screen:
            screen.say("node01 $", "conf")
            screen.at("[configure] node01 $")
            assert left.wait(60)
            screen.type("soctout 60" + ENTER)
            screen.expect("connected again")
            screen.expect("Saved")
    assert heard[heard.index("soctout 60") - 1] == "conf"


def test_a_node_cannot_paint_on_the_terminal(cache: Cache) -> None:
    nasty = {"nasty": "\x1b[2J\x1b]0;title\x07\x1b[31mdone\n"}
    with Peer(node(answers=nasty)) as peer:
        cache.remember(known(peer))
        with shell() as screen:
            screen.say("node01 $", "nasty")
            screen.expect("]0;title")
            screen.expect("done")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--dev", "nobody"], 3, "no node 'nobody' is known"),
        (["--dev", "127.78.250.1:9"], 6, "nothing listens there"),
    ],
)
def test_a_node_that_is_not_there_is_one_sentence_and_an_exit_code(
    arguments: list[str], code: int, sentence: str
) -> None:
    with toolkit(["-c", "-p", " ".join(arguments)]) as screen:
        screen.expect(sentence)
        assert screen.end() == code
        assert "Traceback" not in screen.text


def test_the_environment_of_these_tests_keeps_everything_on_loopback() -> None:
    assert os.environ["MICROS_NETWORKS"].startswith("127.")
