"""The pins of a board: the map that the node itself reads, and what settings may say of them."""

import ast
import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from toolkit.model import paths
from toolkit.model.errors import InputError

_MOST = 8  # outputs at power-on
_SETTINGS = ("cstmpmap", "resetpin", "poweron")
_NOTHING = ("", "n/a")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,23}")


def check(board: str, values: Mapping[str, Any], names: Collection[str]) -> None:
    """InputError where one of these settings names a pin that the board does not have.

    `values` are all settings of the node: a pin of `poweron` may have its name from `cstmpmap`.
    """
    if not _file(board).is_file():
        return  # who compiles for it will say so
    own = str(values.get("cstmpmap", ""))
    known = {name: int(number) for name, number in _own(own) if number}
    if "cstmpmap" in names and own not in _NOTHING:
        for name, number in _own(own):
            if not number:
                raise InputError(f"cstmpmap: expected name:number; …, got '{name}'")
            _usable("cstmpmap", board, int(number), others=True)
        _once([name for name, _ in _own(own)])
    for setting in ("poweron", "resetpin"):
        text = str(values.get(setting, ""))
        if setting in names and text not in _NOTHING:
            named = [text] if setting == "resetpin" else states(text)
            numbers = {_number(setting, board, name, known) for name in named}
            if len(numbers) > _MOST:
                raise InputError(f"{setting}: expected at most {_MOST} pins, got {len(numbers)}")
    _apart(board, values, names, known)
    if "cstmpmap" in names and own not in _NOTHING:
        _names(board, [name for name, _ in _own(own)])


def sure(board: str, values: Mapping[str, Any], names: Collection[str]) -> set[str]:
    """Those of the settings that can be checked before it is known which pins a node has named."""
    known = logical(board).keys() if _file(board).is_file() else ()
    pieces = {it: str(values.get(it, "")).split(";") for it in ("poweron", "resetpin")}
    open_ = {
        setting
        for setting, texts in pieces.items()
        for name in (text.partition(":")[0].strip() for text in texts)
        if "cstmpmap" not in values and name not in known and not name.isdigit()
    }
    return {*names} - open_


def _once(given: list[str]) -> None:
    """InputError for a name that is given twice."""
    for name in given:
        if given.count(name) > 1:
            raise InputError(f"cstmpmap: expected each name once, got '{name}' twice")


def _names(board: str, given: list[str]) -> None:
    """InputError for names that a node takes and nobody has meant."""
    there = {_bare(name): name for name in logical(board)}
    for name in given:
        if not _NAME.fullmatch(name):
            raise InputError(
                f"cstmpmap: expected names of letters, digits, _ and - that begin with a letter, "
                f"up to 24, got '{name}'"
            )
        meant = there.get(_bare(name), name)
        if meant != name:
            raise InputError(f"cstmpmap: this board has no '{name}': do you mean '{meant}'?")


def _bare(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _apart(
    board: str, values: Mapping[str, Any], names: Collection[str], own: Mapping[str, int]
) -> None:
    """InputError where a pin has two uses of which one is among `names`, as on a node."""
    known = logical(board) | dict(own)
    uses = sorted(name for name, value in values.items() if value is True and "irq" in name)
    for setting in _SETTINGS:
        uses += [f"{setting} {it.strip()}" for it in str(values.get(setting, "")).split(";")]
    found = dict[int | str, str]()
    for use in uses:
        setting, _, piece = use.partition(" ")
        pin, _, digits = (part.strip() for part in (piece or setting).partition(":"))
        number = int(pin) if pin.isascii() and pin.isdigit() and len(pin) < 9 else known.get(pin)
        key = str(int(digits or -1)) if setting == "cstmpmap" else number
        if key is None or key == "-1":
            continue
        other = found.setdefault(key, use)
        if other != use and {setting, other.split()[0], "cstmpmap"} & set(names):
            raise InputError(f"expected each pin for one use, got {key} for '{other}' and '{use}'")


def states(text: str) -> list[str]:
    """The pins of `poweron`."""
    found = list[str]()
    for piece in text.split(";"):
        name, _, state = (part.strip() for part in piece.partition(":"))
        if not name or state not in ("off", "on", "last", "safelast"):
            raise InputError(f"poweron: expected pin:off, on, last or safelast, got '{piece}'")
        found.append(name)
    return found


def _own(text: str) -> list[tuple[str, str]]:
    """Name and number of each piece of `cstmpmap`; where it is none, the piece and nothing."""
    found = list[tuple[str, str]]()
    for piece in filter(None, map(str.strip, text.split(";"))):
        name, _, digits = (part.strip() for part in piece.partition(":"))
        good = name and digits.isascii() and digits.isdigit() and len(digits) < 9
        found.append((name, digits) if good else (piece, ""))
    return found


def _number(setting: str, board: str, name: str, own: Mapping[str, int]) -> int:
    known = logical(board) | dict(own)
    if name.isascii() and name.isdigit():
        number = int(name)
    elif name in known:
        number = known[name]
    else:
        there = " ".join(sorted(known))
        raise InputError(f"{setting}: unknown pin '{name}'; this board has {there}")
    return _usable(setting, board, number)


def _usable(setting: str, board: str, number: int, *, others: bool = False) -> int:
    """The number of a pin that can be an output at power-on, or that there is at all."""
    facts = _facts(board)
    there = facts["OUTPUTS"] + (facts["OTHERS"] if others else "")
    if str(number) not in there.split():
        raise InputError(f"{setting}: expected one of the pins {there}, got {number}")
    return number


def logical(board: str) -> dict[str, int]:
    """The logical pins of a board's map, with their numbers."""
    words = _facts(board)["PINS"].split()
    return dict(zip(words[::2], map(int, words[1::2]), strict=True))


def numbers(board: str, own: str = "") -> dict[str, int]:
    """All pins by name, those of `cstmpmap` too; of a board that nobody knows, only these."""
    named = logical(board) if _file(board).is_file() else {}
    return named | {name: int(number) for name, number in _own(own) if number}


def _file(board: str) -> Path:
    return paths.repository() / "micros" / "boards" / f"{board}.py"


@cache
def _facts(board: str) -> Mapping[str, str]:
    """The texts of the board's file."""
    tree = ast.parse(_file(board).read_text(encoding="utf-8"))
    return {
        target.id: ast.literal_eval(line.value)
        for line in tree.body
        if isinstance(line, ast.Assign)
        for target in line.targets
        if isinstance(target, ast.Name)
    }
