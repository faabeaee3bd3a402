"""The settings of a node: the one table the board reads too, and checks made from it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from toolkit.model import chains, commands, crontab, paths, pins, zones
from toolkit.model.errors import InputError

Value = bool | int | float | str

_TYPES: Mapping[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}
_WORDS: Mapping[type, str] = {int: "a whole number", float: "a number", str: "a text"}
_ZONE = r"(<[A-Za-z0-9+-]+>|[A-Za-z]+)"  # parts of a POSIX rule: name, offset, change
_PAST = r"(:0*[0-5]?\d){0,2}"
_HOURS = rf"[+-]?0*(1?\d|2[0-4]){_PAST}"
_DAY = r"(3[0-5]\d|36[0-5]|[12]?\d?\d)"
_DATE = rf"(M0*([1-9]|1[0-2])\.0*[1-5]\.0*[0-6]|J0*(?!0(,|/|$)){_DAY}|0*{_DAY})"
_CHANGE = rf"{_DATE}(/[+-]?0*(\d?\d|1[0-5]\d|16[0-7]){_PAST})?"
_EVENTS = ("irq1_", "irq2_", "irq3_", "irq4_")
_BYTE = r"0*(25[0-5]|2[0-4]\d|1?\d?\d)"
_ADDRESS = rf"{_BYTE}(\.{_BYTE}){{3}}"
_HOST = re.compile(rf"{_ADDRESS}|(?![0-9.]*$)[A-Za-z0-9_-]{{1,63}}(\.[A-Za-z0-9_-]{{1,63}})*")
# What a text may consist of; the help of a setting says the same behind a colon.
_PATTERNS = {
    "devfid": "^[A-Za-z0-9_-]+$",  # stands in prompts and file names
    "appwd": r"^[!-~]([ -~]*[!-~])?$",  # a shell strips lines
    "auth": "^(on|link|off)$",
    "devip": rf"^(n/a|{_ADDRESS})$",
    "tz": rf"^(n/a|{_ZONE}{_HOURS}({_ZONE}({_HOURS})?(,{_CHANGE}){{2}})?)$",
    "geo": (
        r"^(n/a|[+-]?0*(90(\.0+)?|[0-8]?\d(\.\d+)?) *, *"
        r"[+-]?0*(180(\.0+)?|(1[0-7]\d|\d?\d)(\.\d+)?))$"
    ),
    **{f"{prefix}trig": "^(up|down|both)$" for prefix in ("ext", *_EVENTS)},
}
_TRUTHS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclass(frozen=True)
class Setting:
    """One row of the table."""

    name: str
    default: Value
    limits: tuple[int, int] | None
    flags: str
    help: str

    @property
    def secret(self) -> bool:
        """Kept apart from the other settings and never shown."""
        return "s" in self.flags

    @property
    def read_only(self) -> bool:
        """A state that the node shows."""
        return "o" in self.flags

    def allows(self, value: Any) -> bool:
        """Whether a person may give it this value."""
        import jsonschema  # takes as long as all else together that --help loads

        validator = jsonschema.Draft202012Validator(self.schema)
        return not self.read_only and validator.is_valid(value)  # pyright: ignore[reportUnknownMemberType]

    @property
    def reboot(self) -> bool:
        """Takes effect at the next start."""
        return "r" in self.flags

    @property
    def range(self) -> str:
        """Its type, and what it may measure: `a whole number from 5 to 86400`."""
        if isinstance(self.default, bool):
            return "true or false"
        words = _WORDS[type(self.default)]
        if self.limits and isinstance(self.default, str):
            return f"{words} of {self.limits[0]} to {self.limits[1]} characters"
        return f"{words} from {self.limits[0]} to {self.limits[1]}" if self.limits else words

    @property
    def expectation(self) -> str:
        """What a value must be, for people: `a text: on or off`."""
        rule = self.help.partition(": ")[2]
        return f"{self.range}: {rule}" if rule else self.range

    @property
    def schema(self) -> dict[str, Any]:
        """This setting in JSON Schema's words."""
        kind = _TYPES[type(self.default)]
        schema: dict[str, Any] = {"type": kind, "description": self.help}
        if self.name in _PATTERNS:
            schema["pattern"] = _PATTERNS[self.name] + r"(?!\n)"  # $ lets one pass
        if self.limits:
            low, high = ("minLength", "maxLength") if kind == "string" else ("minimum", "maximum")
            schema |= {low: self.limits[0], high: self.limits[1]}
        return schema


@cache
def table(source: Path | None = None) -> Mapping[str, Setting]:
    """All settings by name, in the order of the table."""
    source = source or paths.repository() / "micros" / "core" / "settings.jsonl"
    rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines() if line]
    settings = [
        Setting(name, default, tuple(limits) if limits else None, flags, text)
        for name, default, limits, flags, text in rows
    ]
    return {setting.name: setting for setting in settings}


def is_secret(name: object) -> bool:
    """Whether that is the name of a setting nobody may read."""
    row = table().get(name) if isinstance(name, str) else None
    return row is not None and row.secret


def schema(*, ask: bool = False) -> dict[str, Any]:
    """A JSON Schema of `node_config`; with `ask`, null is allowed and means: ask the person."""
    properties = {name: setting.schema for name, setting in table().items()}
    if ask:
        properties = {name: {"anyOf": [{"type": "null"}, it]} for name, it in properties.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def setting(name: str) -> Setting:
    """The row of that name; InputError with the nearest names when there is none."""
    found = table().get(name)
    if found is None:
        raise InputError(f"expected the name of a setting, got {name!r}{_nearest(name)}")
    return found


def parse(name: str, text: str) -> Value:
    """What a person typed as a value of the right type; InputError says what was expected."""
    row = setting(name)
    if row.read_only:
        raise InputError(f"{name} is shown by the node and cannot be set")
    value: Value = text
    try:
        if isinstance(row.default, bool):
            value = _TRUTHS[text.strip().lower()]
        elif isinstance(row.default, int):
            value = int(text)
        elif isinstance(row.default, float):
            value = float(text)
    except (ValueError, KeyError) as error:
        raise InputError(_refusal(row, text)) from error
    check(row, value)
    return value


def check(row: Setting, value: Any) -> None:
    """InputError unless `value` is one that `row` allows, and that a node will be able to read."""
    if not row.allows(value):
        raise InputError(_refusal(row, value))
    try:
        read(row.name, value)
    except commands.Refusal as refusal:
        raise InputError(f"{row.name}: {refusal!s:.250}") from refusal


def remarks(values: Mapping[str, object]) -> list[str]:
    """What of settings can be kept and does nothing, a sentence each."""
    event = crontab.sun_event(str(values.get("crontasks", "")))
    if event and values.get("geo", "n/a") in ("", "n/a"):
        return [
            f"crontasks has {event}, and geo does not say where the node is: nothing happens then; "
            "geo=47.5,19.05 is degrees north, degrees east"
        ]
    return []


def read(name: str, value: Any) -> None:
    """Read commands and entries as a node would; Refusal says what is wrong in them."""
    if value in ("", "n/a"):
        return
    if name == "crontasks":
        crontab.check(value)
    elif name.startswith("chain"):
        chains.check(value)
    elif name == "poweron":
        pins.states(value)
    elif name == "ntphost":
        wrong = [it for it in map(_unblanked, value.split(";")) if not _HOST.fullmatch(it)]
        if wrong:
            came = f"got '{wrong[0]}'"
            raise commands.Refusal(f"expected names such as pool.ntp.org or addresses, {came}")
    elif (name == "boothook" or name.endswith("cbf")) and not commands.check(
        value, often=name != "boothook"
    ):
        raise commands.Refusal(f"expected <module> <function>, got '{value}'")


def _unblanked(text: str) -> str:
    return text.strip(" ")


def _refusal(row: Setting, value: object) -> str:
    came = "something else" if row.secret else repr(value)
    zone = value if row.name == "tz" and isinstance(value, str) else ""
    meant = zones.unfinished(zone) or zones.meant(zone)
    return f"{row.name}: expected {row.expectation}, got {came}{meant}"


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, table(), 3)
    return f"; did you mean {' or '.join(near)}?" if near else ""
