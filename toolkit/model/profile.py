"""Profiles: JSON templates of what a node is for (`profiles/<name>.json`).

`config` holds settings of the node; null means: ask the person. `wiring` says what hangs at which
logical pin, `not_on` which boards or chips have no room for it, and why; `examples` are commands
to try.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.model import files, from_micros, paths, settings
from toolkit.model.boards import BOARDS
from toolkit.model.errors import InputError

if TYPE_CHECKING:
    import jsonschema

_MOST = 262_144  # bytes of a profile
NEW = "new"  # no profile: the word for one that is derived from a node
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TEXT: Mapping[str, Any] = {"type": "string", "minLength": 1}
_TEXTS: Mapping[str, Any] = {"type": "object", "additionalProperties": _TEXT}
_KINDS = {"object": "{…}", "array": "[…]", "string": "a text"}
_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "about": _TEXT,
        "config": {"type": "object"},
        "wiring": _TEXTS,
        "not_on": {**_TEXTS, "propertyNames": {"enum": list(BOARDS)}},
        "examples": {"type": "array", "items": _TEXT},
    },
    "required": ["about", "config"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Profile:
    """A template: what it is for, its settings (None: ask), what to wire, commands to try."""

    name: str
    about: str
    config: Mapping[str, settings.Value | None] = field(repr=False)  # of micrOS: passwords, too
    examples: Sequence[str] = ()
    wiring: Mapping[str, str] = field(default_factory=dict[str, str])
    not_on: Mapping[str, str] = field(default_factory=dict[str, str])
    notes: Sequence[str] = ()  # what to know before it is used

    def __str__(self) -> str:
        return self.name

    def fits(self, board: str) -> None:
        """InputError where that board, or its chip, cannot be this."""
        why = self.not_on.get(board) or self.not_on.get(BOARDS.get(board, board))
        if why:
            raise InputError(f"the profile {self.name} is not for the board {board}: {why}")


def folder() -> Path:
    """Where the profiles of the product lie."""
    return paths.repository() / "profiles"


def own_folder() -> Path:
    """Where profiles lie that were derived from nodes."""
    return paths.user_data() / "profiles"


def new_path(name: str) -> Path:
    """Where a new profile of one's own goes; InputError for a name that cannot be, or is taken."""
    if not _NAME.fullmatch(name) or name == NEW or name in names():
        raise InputError(
            f"--profile new:NAME: expected a name of letters, digits, _ and - that no profile has "
            f"(there are {', '.join(names())}), got {name!r}"
        )
    path = own_folder() / f"{name}.json"
    if path.exists():
        raise InputError(f"{path} is there already: give another name, --profile new:NAME")
    return path


def names() -> list[str]:
    """The profiles of the product."""
    return sorted(path.stem for path in folder().glob("*.json"))


def load(name: str) -> Profile:
    """Read a profile by its name or by the path of its file; InputError says what is wrong."""
    path = _path(name)
    try:
        plain = json.loads(files.content(path, _MOST).decode("utf-8-sig"))
    except FileNotFoundError:
        raise InputError(_unknown(name)) from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"the profile {path} is not JSON: {error}") from error
    return _of_micros(plain, path) if from_micros.is_one(plain) else read(plain, path)


def _of_micros(plain: Mapping[str, Any], path: Path) -> Profile:
    """The settings of an existing micrOS node: what a node of ours can be given of them."""
    taken = from_micros.take(plain)
    about = f"what the micrOS node {str(plain['devfid'])[:24]} was"
    return Profile(path.stem, about, taken.config, notes=taken.notes)


def read(plain: Any, path: Path) -> Profile:
    """The profile that a file says; InputError in one sentence when it says none."""
    if _is_bare(plain):
        raise InputError(
            f"the profile {path} has settings at its top level: expected "
            '{"about": "what for", "config": {these}}; of a micrOS node its whole node_config.json '
            f"is taken, and this one lacks {from_micros.lacks(plain)}"
        )
    wrong = _wrong(plain, _SCHEMA)
    if wrong is not None:
        where = ".".join(map(str, wrong.absolute_path)) or "its top level"
        raise InputError(f"the profile {path} is wrong at {where}: {_message(wrong, plain)}")
    for key, value in plain["config"].items():
        _check(path, key, value)
    return Profile(
        path.stem,
        plain["about"],
        plain["config"],
        plain.get("examples", ()),
        plain.get("wiring", {}),
        plain.get("not_on", {}),
    )


def _is_bare(plain: Any) -> bool:
    """Whether somebody has written what belongs into `config` alone."""
    names: set[Any] = set(plain) if isinstance(plain, dict) else set()  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return bool(names & settings.table().keys()) and not names & {*_SCHEMA["properties"]}


def _path(name: str) -> Path:
    if name.endswith(".json"):
        return Path(name)
    own = own_folder() / f"{name}.json"
    return own if name not in names() and "/" not in name and own.is_file() else _of_ours(name)


def _of_ours(name: str) -> Path:
    return folder() / f"{name}.json"


def _unknown(name: str) -> str:
    own = sorted(path.stem for path in own_folder().glob("*.json"))
    known = [*names(), *own]
    return f"there is no profile {name!r}: expected {', '.join(known)}, or a .json file" + near(
        name, known
    )


def near(name: str, known: Collection[str]) -> str:
    """What was meant, perhaps; else nothing."""
    found = get_close_matches(name, known, 1)
    return f"; did you mean {found[0]}?" if found else ""


def _check(path: Path, key: str, value: settings.Value | None) -> None:
    """InputError unless a profile may say that of a setting."""
    try:
        row = settings.setting(key)
        if row.read_only:
            raise InputError(f"{key} is shown by the node and cannot be set")
        if row.secret and value is not None:
            raise InputError(f"it holds the secret {key}: write null, to be asked")
        if value is not None:
            settings.check(row, value)
    except InputError as error:
        said = str(error).removeprefix(f"{key}: ")
        raise InputError(f"the profile {path} is wrong at config.{key}: {said}") from error


def _wrong(value: Any, schema: Mapping[str, Any]) -> "jsonschema.ValidationError | None":
    import jsonschema  # see settings.py

    validator = jsonschema.Draft202012Validator(schema)
    return next(validator.iter_errors(value), None)  # pyright: ignore[reportUnknownMemberType]


def _message(wrong: "jsonschema.ValidationError", plain: Any) -> str:
    """One sentence; of a key that does not belong there, the one that was meant."""
    known = list(_SCHEMA["properties"])
    if wrong.validator == "additionalProperties" and isinstance(plain, dict):
        others = [str(key) for key in plain if key not in known]  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        if others:
            return f"expected {', '.join(known)}, got {others[0]!r}{near(others[0], known)}"
    came = f"got {wrong.instance!r:.60}"
    rule: Any = wrong.validator_value  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if wrong.validator == "required":
        missing = next(str(key) for key in rule if key not in (wrong.instance or {}))
        return f"expected {missing!r}, which has to be there"
    if wrong.validator == "type":
        return f"expected {_KINDS.get(str(rule), str(rule))}, {came}"
    if wrong.validator == "enum":
        return f"expected one of {', '.join(map(str, rule))}, {came}"
    if wrong.validator == "minLength":
        return f"expected a text, {came}"
    return str(wrong.message)[:300]
