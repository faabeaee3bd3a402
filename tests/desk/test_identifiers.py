"""Identifiers of the board half are swapped for words of the firmware; nobody else notices."""

import ast
import errno
import io
import os
import tokenize
from pathlib import Path

import pytest

from toolkit.model import paths
from toolkit.operations.identifiers import SELDOM, swapped, swaps
from toolkit.operations.link import asking, linked
from toolkit.operations.sources import sources_below

REPOSITORY = paths.repository()
MICROS = REPOSITORY / "micros"
SWAPS = swaps(MICROS)
TEXTS = linked(sources_below(MICROS))


def identifiers(text: str) -> set[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {it.string for it in tokens if it.type == tokenize.NAME}


NAMES = {file: identifiers(text) for file, text in TEXTS.items()}


def sources() -> list[Path]:
    return sorted(MICROS.rglob("*.py"))


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(MICROS).as_posix())
def test_swapped_back_it_is_the_same_program_line_for_line(path: Path) -> None:
    text = asking(path.read_text(encoding="utf-8"))  # as it is compiled
    there = swapped(text, SWAPS)
    here = identifiers(text)
    back = swapped(there, {word: name for name, word in SWAPS.items() if name in here})
    assert back == text
    assert there.count("\n") == text.count("\n")
    compile(there, path.name, "exec")


def test_a_word_stands_for_one_identifier_unless_nobody_outside_a_file_asks_for_it() -> None:
    assert len(SWAPS) > 400
    where = {name: [file for file in NAMES if name in NAMES[file]] for name in SWAPS}
    attributes = {
        node.attr
        for text in TEXTS.values()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute)
    }
    private = {name for name in SWAPS if len(where[name]) == 1 and name not in attributes}
    known = [SWAPS[name] for name in set(SWAPS) - private]
    assert len(known) > 200
    assert len(set(known)) == len(known)
    ours = {file: names for file, names in NAMES.items() if not file.startswith("modules/")}
    usual = [names for file, names in ours.items() if file not in SELDOM]
    assert not set(known) & {name for names in usual for name in names}
    for names in ours.values():  # no file knows both: it would take one for the other
        assert not names & {SWAPS[name] for name in names & set(SWAPS) - private}
    for name in private:
        others = NAMES[where[name][0]] - {name}
        assert SWAPS[name] not in others | {SWAPS.get(other) for other in others}


def test_there_are_words_enough() -> None:
    """The day they run out, what is left over costs every board memory."""
    functions = {
        node.name
        for file, text in TEXTS.items()
        if not file.startswith(("modules/", "boards/"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    private = {name for name in functions if name[0] == "_" and name[1] != "_"} - {"_"}
    assert len(private) > 40
    assert private <= set(SWAPS)


def test_a_constant_that_other_files_read_is_one_under_its_word_too() -> None:
    """MicroPython keeps no `_x = const(1)`: reckon.EPOCH would be missing as reckon._dequeue."""
    shown = {
        statement.targets[0].id
        for text in TEXTS.values()
        for statement in ast.parse(text).body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and ast.unparse(statement.value).startswith("const(")
        and statement.targets[0].id[0] != "_"
    }
    assert {"EPOCH", "NO_LINE"} & shown & set(SWAPS)
    assert not [name for name in shown if SWAPS.get(name, name)[0] == "_"]


def test_what_people_write_modules_against_keeps_its_name() -> None:
    facade = (
        "lm.py",
        "core/pins.py",
        "core/pulsing.py",
        "core/errors.py",
        "port/esp8266_pwm.py",
    )
    names = {
        node.name
        for file in facade
        for node in ast.walk(ast.parse((MICROS / file).read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    assert {"pin", "CommandError", "setting"} <= names
    public = {name for name in names if not name.startswith("_")}
    levels = {"debug", "info", "warn", "error"}
    assert not (public | levels) & set(SWAPS)
    assert all(len(name) > 1 for name in SWAPS)  # asyncio's `stream.s` is no name of ours


def test_what_the_firmware_offers_keeps_its_name() -> None:
    stand_ins = REPOSITORY / "toolkit" / "virtual" / "firmware"
    offered = {
        node.name
        for path in stand_ins.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    }
    assert {"isconnected", "duty_u16", "getaddrinfo"} <= offered
    port = [*(MICROS / "port").glob("*.py"), MICROS / "core" / "wifi.py"]
    asked = {
        node.attr
        for path in port
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    assert {"isconnected", "deinit", "freq"} <= offered & asked
    assert not offered & asked & set(SWAPS)


def test_what_is_asked_for_by_its_name_keeps_it(tmp_path: Path) -> None:
    text = 'FILE = "core.rare_file"\nWORDS = " one_word two_words "\n\n\n'
    text += "def one_word(first_thing):\n    return two_words(first_thing, third_thing=1)\n\n\n"
    text += "def two_words(a_thing, third_thing):\n    return dict(a_key=a_thing)\n"
    (tmp_path / "core.py").write_text(text)
    assert set(swaps(tmp_path)) == {"FILE", "WORDS", "first_thing", "a_thing"}


def test_each_word_of_the_shell_is_found_by_its_name_in_a_release() -> None:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sources()}
    (table,) = [
        ast.literal_eval(node.value)
        for node in ast.parse(texts["session"]).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TABLE"
    ]
    lost = [word for word in table if word not in identifiers(swapped(texts[table[word]], SWAPS))]
    assert len(table) > 15
    assert lost == []


def test_a_table_of_words_that_cannot_be_kept_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "micros").mkdir()
    (tmp_path / "micros" / "lm.py").write_text("def told():\n    pass\n", encoding="utf-8")
    monkeypatch.setattr(paths, "repository", lambda: tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    found = swaps(tmp_path / "micros")
    assert list((tmp_path / "build").iterdir()) == []
    monkeypatch.undo()
    monkeypatch.setattr(paths, "repository", lambda: tmp_path)
    assert swaps(tmp_path / "micros") == found
    assert [it.name for it in (tmp_path / "build").iterdir()] == ["identifiers.json"]
