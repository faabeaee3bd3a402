"""Identifiers of the board half are swapped for words of the firmware; nobody else notices."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolkit.model import paths
from toolkit.operations.identifiers import swapped, swaps

REPOSITORY = paths.repository()
MICROS = REPOSITORY / "micros"
SWAPS = swaps(MICROS)


def sources() -> list[Path]:
    return sorted(MICROS.rglob("*.py"))


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(MICROS).as_posix())
def test_swapped_back_it_is_the_same_program_line_for_line(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    there = swapped(text, SWAPS)
    back = swapped(there, {word: name for name, word in SWAPS.items()})
    assert back == text
    assert there.count("\n") == text.count("\n")
    compile(there, path.name, "exec")


def test_a_word_stands_for_one_identifier_and_for_nothing_that_is_in_use() -> None:
    assert len(SWAPS) > 100
    assert len(set(SWAPS.values())) == len(SWAPS)
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources())
    used = set(re.findall(r"\w+", "\n".join(line.partition("#")[0] for line in text.split("\n"))))
    tokens = {node for path in sources() for node in identifiers(path)}
    assert not set(SWAPS.values()) & tokens
    assert set(SWAPS) <= used


def identifiers(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for field in ("id", "attr", "arg", "name"):
            if isinstance(name := getattr(node, field, None), str):
                yield name


def test_what_people_write_modules_against_keeps_its_name() -> None:
    facade = ("lm.py", "core/pins.py", "core/errors.py", "port/esp8266_pwm.py")
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
