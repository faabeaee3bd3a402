"""What differs between two backups, or a backup and a node, for people: never a secret."""

from collections.abc import Mapping
from typing import Any

from toolkit.model import secrecy, settings
from toolkit.model.backup import Backup
from toolkit.model.text import sentence

HIDDEN = "(may carry a secret: not shown)"
_LONGEST = 60  # characters of a value in a table

Row = tuple[str, str | None, str | None]  # what it is, here, there; None: it is not there


def differences(here: Backup, there: Backup) -> list[Row]:
    """A row for each thing in which they differ; empty where both are the same."""
    facts = [
        ("uid", here.uid, there.uid),
        ("board", here.board, there.board),
        ("release", here.version, there.version),
    ]
    rows = [(what, one, other) for what, one, other in facts if one and other and one != other]
    rows += _settings(_named(here), _named(there))
    rows += _files(here, there)
    mine, its = here.kept or {}, there.kept or {}
    for owner in sorted({*mine, *its}):
        if mine.get(owner) != its.get(owner):
            rows.append((f"state of {owner}", _there(owner, mine), _there(owner, its)))
    return rows


def value(found: object, longest: int = _LONGEST) -> str:
    """A value of a setting, as far as everybody may see it."""
    text = sentence(found, 10_000)
    if secrecy.may_carry_a_secret(text):
        return HIDDEN
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _named(backup: Backup) -> Mapping[str, Any]:
    return {**backup.settings, "devfid": backup.name}


def _settings(here: Mapping[str, Any], there: Mapping[str, Any]) -> list[Row]:
    table = settings.table()
    rows: list[Row] = []
    for name in sorted({*here, *there}):
        default = table[name].default if name in table else ""
        one, other = here.get(name, default), there.get(name, default)
        if one != other:
            rows.append((name, value(one), value(other)))
    return rows


def _files(here: Backup, there: Backup) -> list[Row]:
    rows: list[Row] = []
    for name in sorted({*here.files, *there.files}):
        one, other = here.files.get(name), there.files.get(name)
        if one != other:
            same = one is not None and other is not None and len(one) == len(other)
            mine, its = _size(one, name, here), _size(other, name, there)
            rows.append((name, mine, f"{its}, other bytes" if same else its))
    return rows


def _size(content: bytes | None, name: str, backup: Backup) -> str | None:
    if content is not None:
        return f"{len(content)} B"
    size = dict(backup.left_out).get(name)
    return None if size is None else f"not in it, {size} B then"


def _there(owner: str, kept: Mapping[str, Any]) -> str | None:
    return "differs" if owner in kept else None
