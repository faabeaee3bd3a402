"""Bad values of every option: one sentence, a documented exit code, nothing written.

In one process, through the composition root; `tests/system/test_bad_input.py` has the command.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.boards import engine  # noqa: F401 - a fixture
from tests.support.toolkit import REPOSITORY
from toolkit.cli.main import main
from toolkit.cli.options import OPTIONS
from toolkit.cli.table.option import Option
from toolkit.model.errors import InputError, NodeError, PortError, UsageError
from toolkit.model.exit_codes import EXIT_CODES
from toolkit.virtual.engine import Engine

USAGE, INPUT, PORT = UsageError.exit_code, InputError.exit_code, PortError.exit_code
_UNSAFE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
_WORDS = {
    "nothing": "",
    "a blank": " ",
    "two lines": "a\nb",
    "a colour": "\x1b[31mred",
    "a title": "a\x1b]0;title\x07",
    "a NUL": "a\0b",
    "a C1 control": "a\x9b31m",
    "turned around": "a\u202egnp.exe",
    "not UTF-8": "caf\udce9",
    "endless": "x" * 70_000,
}
_ODD = ("\u65e5\u672c", "..", "../../dev/null/x", "x" * 300, "=", "-", "5", "99999999999999999999")
_CONTENTS: Mapping[str, bytes] = {
    "binary": bytes(range(256)) * 40,
    "latin1": '"""caf\xe9"""\n'.encode("latin-1"),
    "nul": b'"""x"""\0\n',
    "torn": b'{"about": "x", ',
    "empty": b"",
    "nested": b"[" * 100_000,
    "signs": b"x = " + b"-" * 100_000 + b"1",
}
_BIG = 10_000_000


@dataclass(frozen=True)
class Row:
    """How an option is given a value, how its files are named, what else is bad, with its code."""

    words: Sequence[str]
    form: str = ""
    bad: Sequence[str] = ()
    code: int = INPUT
    good: Sequence[str] = ()  # contents that are no fault here


_NEW = ("-m", "--yes", "--port", "/dev/null")
_MODULE = "LM_{}.py"
ROWS: Mapping[str, Row] = {
    "connect_parameters": Row(
        ["-c", "-p"],
        bad=["--dev", "--dev nobody hello", "--dev= hello", "--nonsense", "--dev \u65e5 x"],
    ),
    "OTA": Row(["-o"], _MODULE, _ODD),
    "backup_node_config": Row(["-b"], bad=[*_ODD, "show", "diff", "lists"], code=USAGE),
    "restore": Row(
        ["--yes", "--port", "/dev/null", "--restore"], "{}.json", [*_ODD, "node01", "folder"]
    ),
    "applications": Row(["-a"], bad=[*_ODD, "no-such", "new:", "new:../x", "new:A b", "torn.json"]),
    "transcript": Row(
        ["-c", "-p", "--dev 127.0.0.1:1 hello", "--transcript"],
        bad=["folder", "folder/no/such", "torn.json/below", "x" * 300],
    ),
    "manual": Row(["--manual"], bad=["torn.json", "torn.json/below", "x" * 300]),
    "select": Row(
        ["--push", "--select"], bad=[*_ODD, "kitchen", "version<x", "colour=red", "name="]
    ),
    "canary": Row(["--push", "--canary"], bad=["one", "-1", "1.5", "\u00b2", "0x1"], code=USAGE),
    "stop_after": Row(["--push", "--stop-after"], bad=["one", "0", "-1"], code=USAGE),
    "at_once": Row(["--push", "--at-once"], bad=["one", "0", "-1"], code=USAGE),
    "module": Row(["-o", "--module"], _MODULE, _ODD),
    "watch": Row(["--watch"], bad=["torn.json", "nowhere", "x" * 300, ".../..."]),
    "new_module": Row(
        ["--new-module"],
        bad=[
            "5",
            "Big",
            "caf\u00e9",
            "a-b",
            "class",
            "light",
            "no/such",
            "x" * 30,
            "..",
            "torn.json/x",
        ],
    ),
    "lint": Row(["--lint"], _MODULE, _ODD, good=["empty"]),
    "test_module": Row(["--test-module"], "test_{}.py", _ODD),
    "virtual": Row(["-e", "--virtual"], bad=[*_ODD, "toaster", "esp32", "ESP32-1", "esp32-1/.."]),
    "port": Row(["-e", "--port"], "{}.json", [*_ODD, "/dev/null", "socket://", "nosuch://x"], PORT),
    "board": Row(["-cc", "--board"], bad=[*_ODD, "esp33", "ESP32", "folder"]),
    # A folder of images is none of them.
    "firmware": Row(
        [*_NEW, "--firmware"], "{}.bin", [it for it in _ODD if it != ".."], good=["afolder"]
    ),
    "profile": Row([*_NEW, "--profile"], "{}.json", [*_ODD, "no-such", "new:light/x"]),
    "set": Row(
        [*_NEW, "--set"],
        "boothook=@{}.json",
        [
            "devfid",
            "devfid=",
            "=x",
            "5",
            "soctout=soon",
            "soctout=5.5",
            "stapwd=secret-word",
            "devfid=@",
        ],
        good=["empty"],
    ),
    "every": Row(["-stat", "--every"], bad=["soon", "0", "-1", "1.5", "9" * 300], code=USAGE),
    "help": Row(["--help"], bad=["no-such", "\u65e5\u672c", "x" * 300], code=USAGE),
    "simulate": Row(["--simulate"], bad=["..", "toaster", "\u65e5\u672c", "x" * 300, "esp32-1/.."]),
    "test": Row(["--test"], bad=["some", "5", "tests/desk"], code=USAGE),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Path]:
    """A folder with files that are none, a node that is away, and the toolkit in it."""
    folder = tmp_path_factory.mktemp("bad")
    data = folder / "user data"
    data.mkdir()
    known = {"240ac4000001": ["127.0.0.1", 1, "lamp"]}
    (data / "device_conn_cache.json").write_text(json.dumps(known), encoding="utf-8")
    (folder / "folder").mkdir()
    for form in ("LM_{}.py", "test_{}.py", "{}.json", "{}.bin"):
        for name, content in _CONTENTS.items():
            (folder / form.format(name)).write_bytes(content)
        (folder / form.format("afolder")).mkdir()
        (folder / form.format("loop")).symlink_to(form.format("loop"))
        (folder / form.format("dangling")).symlink_to("nowhere")
        (folder / form.format("big")).write_bytes(b"")
        os.truncate(folder / form.format("big"), _BIG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MICROS_USER_DATA", str(data))
        patch.setenv("MICROS_MICROPYTHON", shlex.join(engine.command))
        patch.chdir(folder)
        yield folder


def values(row: Row) -> Iterator[str]:
    """The bad values of an option, beside those that are bad for any."""
    yield from row.bad
    if row.form:
        kinds = [*_CONTENTS, "afolder", "loop", "dangling", "big", "missing", "torn.json/below"]
        yield from (row.form.format(it) for it in kinds if it not in row.good)


def tree(folder: Path) -> set[tuple[str, int]]:
    """All files there, with the time of their last change."""
    return {(str(it), it.lstat().st_mtime_ns) for it in folder.rglob("*") if not it.is_dir()}


def refused(capsys: pytest.CaptureFixture[str], folder: Path, words: Sequence[str]) -> int:
    """Give the toolkit these words; its exit code, once it has said one sentence and no more."""
    before = tree(folder)
    capsys.readouterr()
    code = main(words)
    said = capsys.readouterr()
    assert said.err.startswith("devToolKit: "), said.err
    assert said.err.count("\n") == 1, said.err
    assert len(said.err) < 2100, said.err
    assert not _UNSAFE.search(said.err + said.out), said.err
    assert "secret-word" not in said.err
    assert said.out == ""
    assert tree(folder) == before
    assert code in EXIT_CODES
    return code


VALUED = [it for it in OPTIONS if it.extra.get("action") in (None, "append")]


def test_every_option_with_a_value_has_a_row_and_no_row_is_left_over() -> None:
    assert set(ROWS) == {it.name for it in VALUED}


@pytest.mark.parametrize("name", ROWS)
def test_a_value_that_cannot_be_used_is_one_sentence_with_a_documented_exit_code(
    name: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = ROWS[name]
    for value in values(row):
        code = refused(capsys, place, [*row.words, value])
        assert code in (row.code, USAGE), (value, code)


@pytest.mark.parametrize("option", VALUED, ids=lambda it: it.name)
def test_no_option_takes_what_nobody_can_type_on_one_line(
    option: Option, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for value in _WORDS.values():
        assert refused(capsys, place, [option.flags[-1], value]) == USAGE
        assert refused(capsys, place, [f"{option.flags[-1]}={value}"]) == USAGE


@pytest.mark.parametrize("option", OPTIONS, ids=lambda it: it.name)
def test_a_value_too_few_or_too_many_is_a_mistake_of_the_options(
    option: Option, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if option not in VALUED:
        assert refused(capsys, place, [f"{option.flags[-1]}=5"]) == USAGE
    elif option.extra.get("nargs") not in ("*", "?"):
        assert refused(capsys, place, [option.flags[-1]]) == USAGE


def test_files_that_may_not_be_read_are_one_sentence_each(place: Path) -> None:
    """By somebody who is not root, who may read everything."""
    cases = [
        [*row.words, row.form.format("closed")] for row in ROWS.values() if row.form.count("{}")
    ]
    for form in ("LM_{}.py", "test_{}.py", "{}.json", "{}.bin"):
        (place / form.format("closed")).write_bytes(b"x")
        (place / form.format("closed")).chmod(0)
    ways = [place, *place.parents]
    modes = [(way, way.stat().st_mode) for way in ways if way.owner() == place.owner()]
    program = _AS_SOMEBODY.format(repository=str(REPOSITORY), cases=cases)
    try:
        for way, mode in modes[:3]:
            way.chmod(mode | 0o055)
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=False
        )
    finally:
        for way, mode in modes[:3]:
            way.chmod(mode)
    assert done.returncode == 0, done.stderr
    told = done.stderr.splitlines()
    assert len(told) == len(cases), done.stderr
    assert all(line.startswith("devToolKit: ") for line in told), done.stderr
    codes = json.loads(done.stdout)
    assert set(codes) <= {INPUT, PORT}, codes


_AS_SOMEBODY = """
import os, sys
sys.path.insert(0, {repository!r})
from toolkit.cli.main import main
from toolkit.cli import making, air, own
from toolkit.virtual import engine
if os.geteuid() == 0:
    os.setuid(65534)
print([main(words) for words in {cases!r}])
"""


def test_a_node_that_is_away_is_none_of_the_values(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["-c", "-p", "--dev lamp hello"]) == NodeError.exit_code
    assert "was not reached" in capsys.readouterr().err
