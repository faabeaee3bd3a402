"""The menu: what is offered, in which order, in whose words; what fits on which screen."""

import shlex

import pytest

from toolkit.cli import options
from toolkit.model.menu import LEAVE, Entry, entries
from toolkit.model.menu_screen import Menu
from toolkit.model.node import Node
from toolkit.model.surroundings import Board, Seen, Surroundings

NOW, OLD = "0.5.0-0", "0.4.0-0"
CABLE = Board("/dev/ttyUSB0", "CP2102 USB to UART")
VIRTUAL = Board("esp32-1", "virtual esp32", "240ac4000001", virtual=True)
OFF = Board("esp32-1", "virtual esp32", "240ac4000001", virtual=True, running=False)
BLANK = Board("esp32-2", "virtual esp32", "240ac4000009", virtual=True)
BLANK_OFF = Board("esp32-2", "virtual esp32", "240ac4000009", virtual=True, running=False)
HALL = Node("240ac4000001", "hall", "10.0.0.7")
LAMP = Node("240ac4000002", "lamp", "10.0.0.8")
MICROS = Node("0x500x20x910x680xc0xf7", "slim", "10.0.0.9")


def around(*parts: Board | Seen, looking: bool = False) -> Surroundings:
    boards = tuple(it for it in parts if isinstance(it, Board))
    nodes = tuple(it for it in parts if isinstance(it, Seen))
    return Surroundings(boards, nodes, looking, NOW)


def on(node: Node, version: str = NOW, note: str = "") -> Seen:
    return Seen(node, True, version, note)


def off(node: Node) -> Seen:
    return Seen(node, False)


FRESH = Board("/dev/ttyACM0", "a board", fresh=True)
TALK = "-c -p '--dev hall'"


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (Surroundings(release=NOW), "--make --virtual"),
        (around(), "--make --virtual"),
        (around(looking=True), "--make --virtual"),
        (around(CABLE), "--make --port /dev/ttyUSB0"),
        (around(VIRTUAL), "--make --virtual esp32-1"),
        (around(VIRTUAL, CABLE), "--make --virtual esp32-1"),
        (around(OFF), "--virtual esp32-1"),
        (around(OFF, off(HALL)), "--virtual esp32-1"),
        (around(off(HALL)), "-s"),
        (around(Seen(HALL)), TALK),
        (around(on(HALL)), TALK),
        (around(VIRTUAL, on(HALL)), TALK),
        (around(BLANK, on(HALL)), TALK),
        (around(BLANK, Seen(HALL)), TALK),
        (around(BLANK, off(HALL)), "--make --virtual esp32-2"),
        (around(BLANK_OFF, on(HALL)), TALK),
        (around(BLANK_OFF, Seen(HALL)), TALK),
        (around(CABLE, on(HALL)), TALK),  # it may be the board on the cable
        (around(FRESH, on(HALL)), "--make --port /dev/ttyACM0"),
        (around(on(HALL, OLD)), "-o -p '--dev hall'"),
        (around(on(HALL, OLD), on(LAMP, OLD)), "--push --select 'version<0.5.0-0'"),
        (around(on(HALL, OLD), on(LAMP)), "-o -p '--dev hall'"),
        (around(on(MICROS, OLD)), "-c -p '--dev slim'"),  # it takes no update of ours
        (around(on(HALL, "0.6.0-0")), TALK),
        (around(on(HALL, "n/a")), TALK),
        (around(off(HALL), on(LAMP)), "-c -p '--dev lamp'"),
        (around(OFF, off(HALL), on(LAMP)), "--virtual esp32-1"),
    ],
)
def test_the_next_sensible_thing_comes_first(now: Surroundings, first: str) -> None:
    found = [shlex.join(it.arguments) for it in entries(now)]
    assert found[0] == first


EVERY = around(CABLE, FRESH, VIRTUAL, on(HALL, OLD), on(LAMP), off(MICROS), Seen(MICROS))


@pytest.mark.parametrize("now", [around(), around(OFF, off(HALL)), EVERY])
def test_every_entry_is_a_command_line_that_is_understood(now: Surroundings) -> None:
    found = entries(now)
    assert found[-1] == LEAVE
    assert len({it.arguments for it in found}) == len(found)
    for entry in found[:-1]:
        words = shlex.split(entry.command)
        assert words[0] == "./devToolKit.py"
        assert tuple(words[1:]) == entry.arguments
        if entry.arguments != ("--help",):
            options.parse(entry.arguments)


def test_nodes_of_one_name_are_told_apart_by_their_uids() -> None:
    twin = Node(LAMP.uid, "hall", LAMP.address)
    found = {it.title: it.arguments[-1:] for it in entries(around(on(HALL), on(twin)))}
    for uid in (HALL.uid, LAMP.uid):
        assert found[f"Talk to hall ({uid})"] == (f"--dev {uid}",)


def test_nodes_are_offered_by_name_whoever_was_seen_last() -> None:
    for seen in ((on(HALL), on(LAMP)), (on(LAMP), on(HALL))):
        titles = [it.title for it in entries(around(*seen))]
        assert titles[:2] == ["Talk to hall", "Talk to lamp"]
        assert titles.index("Back up hall: settings, state, your own files") + 1 == titles.index(
            "Back up lamp: settings, state, your own files"
        )


def test_where_there_are_many_nodes_one_is_chosen_from_a_list() -> None:
    nodes = [on(Node(f"240ac40001{n:02}", f"n{n:02}", f"10.0.1.{n}")) for n in range(60)]
    found = [shlex.join(it.arguments) for it in entries(around(*nodes))]
    assert {"-c", "-b -p '--dev ?'"} <= set(found)
    assert len(found) < 24


def test_each_of_a_few_nodes_can_be_backed_up() -> None:
    nodes = [on(Node(f"240ac40001{n:02}", f"n{n:02}", f"10.0.1.{n}")) for n in range(4)]
    found = [shlex.join(it.arguments) for it in entries(around(*nodes))]
    assert [it for it in found if it.startswith("-b -p")] == [
        f"-b -p '--dev n{n:02}'" for n in range(4)
    ]


def test_backups_checks_and_simulations_are_offered_where_they_make_sense() -> None:
    def offered(*parts: Board | Seen) -> set[str]:
        return {shlex.join(it.arguments) for it in entries(around(*parts))}

    always = {"-sim", "-sim 3"}
    cable = {"-b --port /dev/ttyUSB0", "--selfcheck --port /dev/ttyUSB0"}
    assert always <= offered()
    assert "-b list" not in offered()
    assert always | cable <= offered(CABLE)
    assert {"-b -p '--dev hall'", "-b list"} <= offered(on(HALL), off(LAMP))
    assert "-b -p '--dev slim'" not in offered(on(MICROS))  # it has no such link


def test_what_makes_a_node_of_a_board_on_a_cable_tells_which_board() -> None:
    told = {shlex.join(it.arguments): it.board for it in entries(around(CABLE, VIRTUAL))}
    assert told["--make --port /dev/ttyUSB0"] == told["-r --port /dev/ttyUSB0"] == CABLE.name
    assert told["--make --virtual esp32-1"] == ""  # whose uid is known


def test_what_erases_must_be_said_yes_to() -> None:
    menu, chosen = Menu(around(CABLE)).enter()
    assert chosen is None
    assert "erases" in "\n".join(text for _, text in menu.lines(80, 20))
    assert menu.enter() == (menu.back(), None)  # the mark stands on No
    menu, chosen = menu.move(1).enter()
    assert chosen is not None
    assert chosen.arguments == ("--make", "--port", "/dev/ttyUSB0")
    assert menu.asked is None


def test_a_blank_virtual_board_is_made_without_a_question() -> None:
    _, chosen = Menu(around(VIRTUAL)).enter()
    assert chosen is not None
    assert chosen.arguments == ("--make", "--virtual", "esp32-1")


def test_the_mark_stays_on_what_it_stands_on_while_others_come() -> None:
    menu = Menu(around(on(HALL))).move(1)
    entry = menu.entries[menu.at]
    later = menu.seen(around(CABLE, FRESH, on(HALL, OLD), on(LAMP)))
    assert later.at != menu.at
    assert later.entries[later.at].arguments == entry.arguments
    gone = menu.seen(around())
    assert gone.at == 0 or gone.entries[gone.at].arguments == entry.arguments


def test_the_mark_goes_round_and_numbers_set_it() -> None:
    menu = Menu(around(on(HALL)))
    assert menu.move(-1).entries[menu.move(-1).at] == LEAVE
    assert menu.move(-1).move(1).at == 0
    assert menu.number(2).at == 1
    assert menu.number(99).at == 0


def test_a_board_that_is_plugged_in_later_is_a_new_one() -> None:
    now = Surroundings(release=NOW).with_boards([CABLE])
    assert not now.at_hand[0].fresh
    now = now.with_boards([CABLE, Board("/dev/ttyACM0", "a board")])
    assert [it.fresh for it in now.at_hand] == [False, True]
    assert [it.fresh for it in now.with_boards(now.at_hand).at_hand] == [False, True]


def test_what_a_node_told_stays_while_the_list_is_read_anew() -> None:
    now = around(on(HALL, OLD, "no clock")).with_nodes([HALL, LAMP])
    assert [(it.online, it.note) for it in now.nodes] == [(True, "no clock"), (None, "")]
    now = now.with_told(off(HALL)).with_told(on(LAMP)).with_told(on(MICROS))
    assert [it.online for it in now.nodes] == [False, True]


@pytest.mark.parametrize(("columns", "rows"), [(40, 10), (80, 24), (200, 60), (20, 6)])
@pytest.mark.parametrize("now", [around(looking=True), EVERY])
def test_it_fits_on_every_screen(now: Surroundings, columns: int, rows: int) -> None:
    menu = Menu(now)
    for _ in menu.entries:
        lines = menu.lines(columns, rows)
        assert len(lines) <= rows
        assert max(len(text) for _, text in lines) <= columns
        assert [style for style, _ in lines].count("reverse") == 1
        menu = menu.move(1)


def test_boards_and_nodes_are_told_at_a_glance() -> None:
    text = "\n".join(text for _, text in Menu(EVERY).lines(120, 40))
    for part in (
        "/dev/ttyUSB0",
        "not known yet",
        "esp32-1",
        "hall",
        "older than 0.5.0-0",
        "micrOS",
    ):
        assert part in text
    assert "3 boards, 4 nodes (2 on)" in text


def test_a_board_that_cannot_be_used_says_why() -> None:
    board = Board("/dev/ttyUSB0", "a board", problem="no permission on /dev/ttyUSB0")
    text = "\n".join(text for _, text in Menu(around(board)).lines(120, 40))
    assert "a board  no permission on /dev/ttyUSB0" in text


def test_many_nodes_leave_room_for_what_can_be_done() -> None:
    nodes = [on(Node(f"240ac40001{n:02}", f"n{n:02}", f"10.0.1.{n}")) for n in range(60)]
    lines = [text for _, text in Menu(around(CABLE, *nodes)).lines(80, 24)]
    assert any("/dev/ttyUSB0" in line for line in lines)
    assert any("more (-l, -stat show all)" in line for line in lines)
    assert sum("Talk to" in line for line in lines) == 5


def test_the_command_line_of_the_marked_entry_is_shown() -> None:
    lines = [text for _, text in Menu(around(on(HALL))).lines(80, 24)]
    assert "  that is: ./devToolKit.py -c -p '--dev hall'" in lines


def test_where_it_is_narrow_it_is_still_said_how_to_leave() -> None:
    lines = [text for _, text in Menu(around()).lines(40, 10)]
    assert lines[-2:] == ["./devToolKit.py --make --virtual", "Enter does it, r searches, q leaves"]


def test_what_came_of_the_last_one_stands_above() -> None:
    lines = Menu(around(), outcome="done: ./devToolKit.py -s").lines(80, 24)
    assert lines[1] == ("", "done: ./devToolKit.py -s")
    assert Entry("x", ("-s",)).command == "./devToolKit.py -s"
