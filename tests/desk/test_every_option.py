"""Every action: what it says under --dummy and touches not, its JSON, and what it goes with."""

import io
import json
import os
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from toolkit.cli import commands, options
from toolkit.cli.main import main
from toolkit.cli.table import OPTIONS
from toolkit.cli.table.option import Option
from toolkit.model import paths
from toolkit.model.backup import Backup
from toolkit.model.cache import Cache
from toolkit.model.errors import InputError, UsageError
from toolkit.model.node import Node
from toolkit.operations import archive, new_module

# Whoever asks for help is never sent away, and gets nothing but help.
WALKED = [option for option in OPTIONS if option.name != "help"]
ACTIONS = [option for option in WALKED if option.acts]
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_FORBIDDEN = (
    *("subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "pty."),
    *("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"),
    *("os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.chmod", "os.link", "os.symlink"),
    *("os.truncate", "os.utime", "shutil.", "tempfile.", "fcntl.flock", "os.kill"),
)
_seen: list[str] | None = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _seen is None:
        return
    wrote = event == "open" and (
        any(it in str(arguments[1]) for it in "wax+") or int(arguments[2] or 0) & _WRITES
    )
    if wrote or event.startswith(_FORBIDDEN):
        _seen.append(f"{event} {arguments!r}")


sys.addaudithook(_hook)  # there is no way to take it away again: `_seen` says when it looks


@contextmanager
def touched() -> Iterator[list[str]]:
    """What is written, started and connected meanwhile."""
    global _seen
    _seen = []
    kept, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield _seen
    finally:
        _seen, sys.dont_write_bytecode = None, kept


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """User data with two known nodes, a virtual board that is off, and a module of one's own."""
    monkeypatch.setenv("MICROS_USER_DATA", str(tmp_path))
    board = tmp_path / "virtual" / "esp32-1"
    board.mkdir(parents=True)
    (board / "board.json").write_text(json.dumps({"chip": "esp32", "number": 2}))
    Cache(tmp_path / "device_conn_cache.json").remember(
        Node("240ac4000001", "node01", "127.77.0.1"), Node("240ac4000002", "hall", "127.77.0.2")
    )
    new_module.begin(f"{tmp_path}/blinds")
    archive.keep(Backup("node01", "240ac4000001", {"soctout": 77}))
    return tmp_path


def words(option: Option, home: Path, *more: str) -> list[str]:
    """The example of an option, with these words beside; it may have some of them itself."""
    text = option.example.splitlines()[-1].replace("user_data/", f"{home}/")
    own = shlex.split(text.replace(f"{home}/blinds", f"{home}/shutter"))
    return [*own, *(word for word in more if word not in own)]


def printed(arguments: list[str]) -> str:
    """What a call that is well prints."""
    out = io.StringIO()
    with redirect_stdout(out):
        assert main(arguments) == 0, arguments
    return out.getvalue()


# -- --dummy --------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", WALKED, ids=lambda it: it.name)
def test_dummy_prints_numbered_steps_and_touches_nothing(option: Option, home: Path) -> None:
    arguments = words(option, home, "--dummy")
    arguments = [word for word in arguments if word != "--json"]
    with touched() as seen:
        steps = printed(arguments).splitlines()
    assert seen == []
    assert [line.split(" ")[:2] for line in steps] == [
        ["would", f"{number}."] for number in range(1, len(steps) + 1)
    ]
    assert steps


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--new-module Bad", "got 'Bad'"),
        ("--lint LM_nothing.py", "got LM_nothing.py: no such file"),
        ("--test-module LM_nothing.py", "got test_nothing.py: no such file"),
        ("--watch nowhere", "expected a folder of load modules, got nowhere"),
        ("-m --profile nothing", "there is no profile 'nothing'"),
        ("-i --set nothing=1", "got 'nothing'"),
        ("-o --set app=a --set app=b", "each setting once, got app twice"),
        ("-o LM_nothing.py", "got LM_nothing.py: no such file"),
        ("--profile new:a/b", "a/b"),
        ("--virtual nothing -m", "there is no virtual board 'nothing'"),
        ("--virtual nothing --power-cycle", "there is no virtual board 'nothing'"),
    ],
)
def test_dummy_refuses_what_could_not_be_done(
    arguments: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*shlex.split(arguments), "--dummy"]) == InputError.exit_code
    assert sentence in capsys.readouterr().err


NO_BOARD = ("list", "stop")  # of the actions with virtual boards, those without --board
ON_BOARDS = [
    it for it in ACTIONS if "virtual" in (*it.takes, *it.needs) and it.name not in NO_BOARD
]


@pytest.mark.parametrize("option", [None, *ON_BOARDS], ids=lambda it: it.name if it else "start")
@pytest.mark.parametrize("board", ["tinypico", "esp32c3"])
def test_a_board_that_contradicts_a_virtual_one_is_refused_by_all_that_take_both(
    option: Option | None, board: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    action = [option.flags[0], *(["node01"] if option.name == "restore" else [])] if option else []
    really = [[]] if action != ["-u"] else []  # a prompt wants a terminal before all else
    for more in (*really, ["--dummy"]):
        arguments = [*action, "--virtual", "esp32-1", "--board", board, "--yes", *more]
        with touched() as seen:
            assert main(arguments) == InputError.exit_code, arguments
        said = capsys.readouterr()
        assert said.err.startswith(f"devToolKit: --board says {board}, and "), said
        assert (said.err.count("\n"), said.out, seen) == (1, "", [])


UNFIT = (
    (["--profile", "lamp"], "the profile lamp is not for the board esp8266: "),
    (["--set", "resetpin=99"], "resetpin: expected one of the pins "),
    (["--set", "cstmpmap=lamp:99"], "cstmpmap: expected one of the pins "),
)


@pytest.mark.parametrize(("given", "sentence"), UNFIT, ids=lambda it: str(it[-1]))
@pytest.mark.parametrize("option", ["-m", "-i", "-r", "-sim", "--restore"])
def test_what_a_board_does_not_take_is_refused_before_anything_is_touched(
    option: str, given: list[str], sentence: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    action = [option, *(["node01"] if option == "--restore" else [])]
    action += ["esp8266-1"] if option == "-sim" else ["--virtual", "esp8266-1"]
    for more in ([], ["--dummy"]):
        with touched() as seen:
            assert main([*action, *given, "--yes", *more]) == InputError.exit_code, action
        said = capsys.readouterr().err
        assert said.startswith(f"devToolKit: {sentence}"), said
        assert (said.count("\n"), seen) == (1, [])
    assert not (home / "virtual" / "esp8266-1").exists()


def test_a_pin_that_an_own_map_may_name_is_left_to_the_board(home: Path) -> None:
    for given in ("resetpin=door", "poweron=door:on; 13:off"):
        told = printed(["-m", "--virtual", "esp32-1", "--set", given, "--yes", "--dummy"])
        assert "start the virtual board esp32-1" in told, given


def test_the_name_of_a_virtual_board_says_whose_pins_it_has(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = printed(["--virtual", "tinypico-2", "--make", "--dummy"])
    assert "start the virtual board tinypico-2" in told
    lamp = ["--virtual", "tinypico-2", "--make", "--set", "cstmpmap=lamp:16", "--dummy"]
    assert main(lamp) == InputError.exit_code, "its flash hangs there"
    assert "cstmpmap: expected one of the pins 0 1 2 3 4 5 12 13" in capsys.readouterr().err


def test_a_command_where_none_runs_is_refused_before_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["-b", "-p", "--dev hall version", "--dummy"]) == UsageError.exit_code
    assert "-p: a command goes with -c; else only '--dev <name>'" in capsys.readouterr().err


def test_what_looks_sees_what_is_touched(home: Path) -> None:
    with touched() as seen:
        (home / "written").write_text("")
        os.system("true")
    assert [it.split(" ")[0] for it in seen] == ["open", "os.system"]


# Of these, only some calls have facts to tell.
FACTS = {"manual": ["--manual"], "version": ["-v"], "applications": ["-a", "list"]}


# -- --json ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ACTIONS, ids=lambda it: it.name)
def test_steps_come_as_one_document_too_or_the_action_says_why_there_is_none(
    option: Option, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = words(option, home, "--dummy", "--json")
    if option.name in FACTS:
        arguments = [*FACTS[option.name], "--dummy", "--json"]
    if option.no_json:
        assert main(arguments) == UsageError.exit_code
        said = capsys.readouterr().err
        assert said == f"devToolKit: --json is not for {option.label}: {option.no_json}\n"
    else:
        assert json.loads(printed(arguments))["would"]


@pytest.mark.parametrize("arguments", [["--virtual"], ["--profile", "new", "-p", "--dev hall"]])
def test_what_acts_by_its_value_has_steps_too(arguments: list[str]) -> None:
    assert json.loads(printed([*arguments, "--dummy", "--json"]))["would"]


AT_HAND = (
    "list_devs_n_bins",
    "manual",
    "new_module",
    "list",
    "version",
    "applications",
    "cross_compile_micros",
)


@pytest.mark.parametrize("name", AT_HAND)
def test_facts_at_hand_are_one_document(name: str, home: Path) -> None:
    (option,) = (it for it in ACTIONS if it.name == name)
    assert json.loads(printed([*FACTS.get(name, words(option, home)), "--json"]))


# -- what goes together ---------------------------------------------------------------------------


def bare(option: Option, value: str = "x") -> list[str]:
    """An option as short as it can be given, with what it needs."""
    metavar = option.extra.get("metavar", "")
    takes_one = metavar and option.extra.get("nargs") not in ("?", "*")
    text = [{"N": "1"}.get(metavar, value)] if takes_one else []
    return [option.flags[0], *text, *(["--virtual"] if option.needs else [])]


def refusal(arguments: list[str]) -> str:
    """The sentence that refuses a call, empty where it is understood."""
    try:
        options.parse(arguments)
    except UsageError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("one", ACTIONS, ids=lambda it: it.name)
def test_two_actions_run_in_the_order_that_is_told_or_are_refused(one: Option) -> None:
    order = [name for name, _ in commands.COMMANDS]
    refused: list[str] = []
    for other in ACTIONS:
        if other is one:
            continue
        arguments = [*bare(one), *bare(other)]
        sentence = refusal(arguments)
        if sentence:
            assert re.fullmatch(r"[^.\n]+( [^\n]+)?", sentence)
            refused.append(other.name)
            continue
        run = [it.__qualname__ for it in commands.chosen(options.parse(arguments))]
        places = dict(commands.COMMANDS)
        wanted = sorted((one.name, other.name), key=order.index)
        assert run == [commands.command(places[it]).run.__qualname__ for it in wanted]
    assert ("test" in refused) is (one.name != "test")


@pytest.mark.parametrize("one", ACTIONS, ids=lambda it: it.name)
def test_what_would_change_nothing_about_an_action_is_refused(one: Option) -> None:
    for detail in [it for it in OPTIONS if not it.acts]:
        arguments = [*bare(one), *bare(detail, "y")]
        taken = detail.name in (*one.takes, *one.needs, "yes", "dummy")
        if detail.name == "json":
            assert bool(refusal(arguments)) is bool(one.no_json)
        elif not taken and not (detail.name == "board" and one.needs):
            assert refusal(arguments).startswith(f"{detail.label} goes with "), arguments


@pytest.mark.parametrize(("name", "place"), commands.COMMANDS)
def test_what_an_action_takes_is_read_by_what_does_it(name: str, place: str) -> None:
    folder = paths.repository() / "toolkit" / "cli"
    texts: dict[str, str] = {}
    left = [place.partition(".")[0]]
    while left:
        file = left.pop()
        if file not in texts and (folder / f"{file}.py").is_file():
            texts[file] = (folder / f"{file}.py").read_text(encoding="utf-8")
            imports = re.findall(r"^ *from toolkit\.cli import (.*)", texts[file], re.M)
            left += [it for line in imports for it in line.split(", ")]
    read = set(re.findall(r"\boptions\.(\w+)", " ".join(texts.values())))
    takes = [it.takes for it in ACTIONS if it.name == name]
    assert {it for taken in takes for it in taken} <= read


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("-u --json", "--json is not for -u: it is a prompt for a person"),
        ("-s --port x", "--port goes with -m, "),
        ("-e --profile lamp", "--profile goes with -m, "),
        ("-s -stat --json", "--json prints one document: -s or -stat, not both"),
        ("--virtual -c", "--virtual goes with -m, "),
        ("-ls --board esp32", "--board goes with -m, "),
        ("-m -e", "-m erases, flashes and installs: leave -e out"),
        ("-e -d", "-d erases the board itself: leave -e out"),
        ("-e -ls", "-e leaves no MicroPython on the board, and -ls needs one"),
        ("--test -s", "--test goes alone"),
        ("-stat --every -c", "--every goes on until Ctrl-C: say -c in a second terminal"),
        ("--watch x -a list", "--watch goes on until Ctrl-C: say -a in a second terminal"),
        ("-e --port x --port=y", "--port is given twice"),
        ("-c -p --port --connect_parameters y", "-p is given twice"),
        ("-a list -p x", "-a list and -a new:NAME talk to no node: leave -p out"),
        ("--manual x --json", "--manual --json prints the manual: leave FOLDER out"),
        ("-d --selfcheck", "-d leaves no node on the board, and --selfcheck tries one"),
        ("--virtual --stop -m", "--stop switches virtual boards off before all else: leave -m out"),
        ("-r --profile new", "--profile new reads a node that runs: leave -r out"),
        ("-sim --profile new:x", "--profile new reads a node that runs: leave -sim out"),
        ("-m -o --set app=a", "--set is for -m or for what goes over the air: give them one after"),
        ("-d --push --firmware x", "--firmware is for -d or for what goes over the air"),
        ("-l -d --firmware x", "-l --firmware tells what a file is, -d is for writing it: give"),
        ("--virtual --stop --board esp32", "--virtual NAME, not --board"),
    ],
)
def test_what_makes_no_sense_says_why(arguments: str, sentence: str) -> None:
    assert sentence in refusal(shlex.split(arguments))
