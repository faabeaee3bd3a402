"""What a new node must be told: asked from the person, or taken from options and defaults."""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from toolkit.cli import ui
from toolkit.model import paths, profile, settings
from toolkit.model.cache import Cache
from toolkit.model.errors import InputError
from toolkit.operations.make import Answers
from toolkit.operations.prepare import Prepared

# The one network in the air around virtual boards.
_VIRTUAL_AIR = {"staessid": "virtual-wifi", "stapwd": "virtual-wifi"}
_QUESTIONS = {"devfid": "name of the node", "staessid": "Wi-Fi network", "stapwd": "its password"}


def answers(
    options: argparse.Namespace, prepared: Prepared, *, virtual: bool, ask: bool = True
) -> Answers:
    """Name, Wi-Fi, profile and whatever the profile leaves open.

    What was on the board before is the default; --set and --profile win over it.
    """
    given = given_settings(options.set)
    asking = ask and ui.interactive() and not options.yes
    chosen = _profile(options, asking)
    values = _defaults(prepared, virtual) | {
        key: value for key, value in chosen.config.items() if value is not None
    }
    values |= given
    if asking:
        ui.note("about the new node (Enter takes what stands in brackets):")
        names = [*_QUESTIONS, *(key for key, value in chosen.config.items() if value is None)]
        for name in names:
            if name not in given:
                values[name] = _ask(name, values.get(name))
    secret = {key: str(value) for key, value in values.items() if settings.setting(key).secret}
    plain = {key: value for key, value in values.items() if key not in secret}
    return Answers(prepared.chip.uid, plain, secret)


def given_settings(pairs: list[str]) -> dict[str, settings.Value]:
    """The values of --set KEY=VALUE; a secret is read from `-` (input) or `@FILE`."""
    return dict(_given(pair) for pair in pairs)


def _given(pair: str) -> tuple[str, settings.Value]:
    name, equals, text = pair.partition("=")
    if not equals:
        raise InputError(f"--set: expected KEY=VALUE, got {name!r}")
    row = settings.setting(name)
    if text == "-":
        text = _read_secret(name)
    elif text.startswith("@"):
        text = _read_file(name, Path(text[1:]))
    elif row.secret:
        raise InputError(
            f"--set: {name} is a secret and does not belong in a command line: "
            f"write {name}=- to be asked, or {name}=@FILE"
        )
    return name, settings.parse(name, text)


def _read_secret(name: str) -> str:
    if sys.stdin.isatty():
        return ui.ask(name, "", str, secret=True)
    return sys.stdin.readline().rstrip("\r\n")


def _read_file(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"--set {name}: cannot read {path}: {error}") from error


def _profile(options: argparse.Namespace, asking: bool) -> profile.Profile:
    if options.profile or not asking:
        return profile.load(options.profile or "default")
    known = profile.names()
    ui.note("profiles: " + "; ".join(f"{name} ({profile.load(name).about})" for name in known))
    return ui.ask("profile", profile.load("default"), profile.load)


def _defaults(prepared: Prepared, virtual: bool) -> dict[str, settings.Value]:
    """The node that was on the board, if any; the air of the virtual boards; a name nobody has."""
    table = settings.table()
    before: Mapping[str, Any] = {**prepared.settings, **prepared.secrets}
    kept = {
        name: value
        for name, value in before.items()
        if name in table and name != "appwd" and not table[name].read_only
    }
    values: dict[str, settings.Value] = {"devfid": _free_name(prepared.chip.uid)}
    if virtual:
        values |= _VIRTUAL_AIR
    return values | kept


def _free_name(uid: str) -> str:
    """`node01`, or the next that no other known node has."""
    cache = Cache(paths.user_data() / "device_conn_cache.json")
    taken = {node.name for node in cache.nodes() if node.uid != uid}
    number = 1
    while (name := f"node{number:02}") in taken:
        number += 1
    return name


def _ask(name: str, default: settings.Value | None) -> settings.Value:
    row = settings.setting(name)
    question = _QUESTIONS.get(name, f"{name}: {row.help} ({row.expectation})")
    start = row.default if default is None else default
    check: Callable[[str], settings.Value] = lambda text: settings.parse(name, text)  # noqa: E731
    return ui.ask(question, start, check, secret=row.secret)
