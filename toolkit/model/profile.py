"""Profiles: JSON templates of what a node is for (`profiles/<name>.json`).

`config` holds settings of the node; null means: ask the person. `examples` are commands to try.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema

from toolkit.model import commands, paths, settings
from toolkit.model.errors import InputError

_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "about": {"type": "string", "minLength": 1},
        "config": {"type": "object"},
        "examples": {"type": "array", "items": {"type": "string", "minLength": 1}},
    },
    "required": ["about", "config"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Profile:
    """A template: what it is for, its settings (None: ask), commands to try."""

    name: str
    about: str
    config: Mapping[str, settings.Value | None]
    examples: Sequence[str]

    def __str__(self) -> str:
        return self.name


def folder() -> Path:
    """Where the profiles of the product lie."""
    return paths.repository() / "profiles"


def names() -> list[str]:
    """The profiles there are."""
    return sorted(path.stem for path in folder().glob("*.json"))


def load(name: str) -> Profile:
    """Read a profile by its name or by the path of its file; InputError says what is wrong."""
    path = Path(name) if name.endswith(".json") else folder() / f"{name}.json"
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(names())
        raise InputError(
            f"there is no profile {name!r}: expected {known}, or a .json file"
        ) from None
    except OSError as error:
        raise InputError(f"cannot read the profile {path}: {error.strerror}") from error
    except ValueError as error:
        raise InputError(f"the profile {path} is not JSON: {error}") from error
    _check(path, plain, _SCHEMA)
    _check(path, plain, {"properties": {"config": settings.schema(ask=True)}})
    for key, value in plain["config"].items():
        if value is not None:
            _read(path, key, value)
    secret = [
        key for key in plain["config"] if settings.setting(key).secret and plain["config"][key]
    ]
    if secret:
        raise InputError(
            f"the profile {path} holds the secret {secret[0]}: write null, to be asked"
        )
    return Profile(path.stem, plain["about"], plain["config"], plain.get("examples", []))


def _read(path: Path, key: str, value: Any) -> None:
    try:
        settings.read(key, value)
    except commands.Refusal as refusal:
        raise InputError(f"the profile {path} is wrong at config.{key}: {refusal}") from refusal


def _check(path: Path, value: Any, schema: Mapping[str, Any]) -> None:
    validator = jsonschema.Draft202012Validator(schema)
    wrong = next(validator.iter_errors(value), None)  # pyright: ignore[reportUnknownMemberType]
    if wrong is not None:
        where = ".".join(map(str, wrong.absolute_path)) or "its top level"
        raise InputError(f"the profile {path} is wrong at {where}: {_message(wrong)}")


def _message(wrong: jsonschema.ValidationError) -> str:
    """One sentence; alternatives are told by the last of them, the first being null."""
    inner: Any = wrong.context[-1] if wrong.context else wrong
    return str(inner.message)
