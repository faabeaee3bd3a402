"""What a new node must be told: asked from the person, or taken from options and defaults."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from toolkit.cli import ui
from toolkit.cli.words import LONGEST
from toolkit.model import files, paths, pins, profile, settings
from toolkit.model.cache import FILE, Cache
from toolkit.model.errors import InputError
from toolkit.operations import defaults, restore
from toolkit.operations.make import Answers
from toolkit.operations.prepare import Prepared

_QUESTIONS = {"devfid": "name of the node", "staessid": "Wi-Fi network", "stapwd": "its password"}


@dataclass(frozen=True)
class Wish:
    """What the options say of the new node, checked before any board is touched."""

    given: Mapping[str, settings.Value] = field(repr=False)
    profile: profile.Profile | None
    ask: bool
    known: bool = False  # the board is a node already, and keeps what the profile does not say


def wish(options: argparse.Namespace) -> Wish:
    """Read --set, --profile and --yes; InputError when one of them cannot be used."""
    chosen = profile.load(options.profile) if options.profile else None
    for told in chosen.notes if chosen else ():
        ui.note(f"  {told}")
    ask = ui.interactive() and not options.yes and not options.json
    return Wish(given_settings(options.set, ask=not options.dummy), chosen, ask)


def answers(wanted: Wish, prepared: Prepared, board: str, *, virtual: bool) -> Answers:
    """Name, Wi-Fi, profile and whatever the profile leaves open; asked where that is wished.

    What was on the board before is the default; --set and --profile win over it, and must name
    pins that `board` has. What was there before may be wrong: the node tells it.
    """
    chosen = wanted.profile or _profile(wanted.ask and not wanted.known)
    chosen.fits(board)
    for sentence in restore.sound(prepared.settings)[1]:  # what it had, and is not to lose unsaid
        ui.warn(sentence)
    nodes = Cache(paths.user_data() / FILE).nodes()
    values = defaults.of(prepared, nodes, virtual=virtual, known=wanted.known) | {
        key: value for key, value in chosen.config.items() if value is not None
    }
    values |= wanted.given
    left = [key for key, value in chosen.config.items() if value is None]
    if wanted.ask:
        names = [*(() if wanted.known else _QUESTIONS), *left]
        _asked([name for name in names if name not in wanted.given], values)
    else:
        _told([name for name in left if name not in values])
    pins.check(board, values, {*wanted.given, *chosen.config})
    for remark in settings.remarks(values):
        ui.warn(remark)
    secret = {key: str(value) for key, value in values.items() if settings.setting(key).secret}
    plain = {key: value for key, value in values.items() if key not in secret}
    wiring = _wiring(chosen, board, str(values.get("cstmpmap", "")))
    return Answers(prepared.chip.uid, plain, secret, chosen.examples, wiring)


def _asked(names: Sequence[str], values: dict[str, settings.Value]) -> None:
    if names:
        ui.note("about the new node (Enter takes what stands in brackets):")
    for name in names:
        values[name] = _ask(name, values.get(name))


def _told(names: Sequence[str]) -> None:
    """Say what the profile would have asked for, and what it is now."""
    for name in names:
        row = settings.setting(name)
        if not row.secret:
            stays = f"{name} stays {row.default}, for nobody was asked"
            ui.note(f"{stays}; --set {name}=… says it: {row.expectation}")


def _wiring(chosen: profile.Profile, board: str, own: str) -> list[str]:
    there = pins.numbers(board, own)
    return [f"{name} ({there.get(name, '?')}): {what}" for name, what in chosen.wiring.items()]


def given_settings(pairs: list[str], *, ask: bool = True) -> dict[str, settings.Value]:
    """The values of --set KEY=VALUE; a secret is read from `-` (input) or `@FILE`.

    Without `ask` nothing is read from the input, and such a value is the setting's default.
    """
    names = [pair.partition("=")[0] for pair in pairs]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"--set: expected each setting once, got {name} twice")
    return dict(_given(pair, ask) for pair in pairs)


def _given(pair: str, ask: bool) -> tuple[str, settings.Value]:
    name, equals, text = pair.partition("=")
    if not equals:
        raise InputError(f"--set: expected KEY=VALUE, got {name!r}")
    row = settings.setting(name)
    if text == "-" and not ask:
        return name, row.default
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
        return files.content(path, LONGEST).decode().rstrip("\r\n")
    except FileNotFoundError:
        raise InputError(f"--set {name}: cannot read {path}: there is no such file") from None
    except UnicodeDecodeError:  # it would carry the text, which may be a secret
        raise InputError(f"--set {name}: {path} is no text in UTF-8") from None


def _profile(asking: bool) -> profile.Profile:
    if not asking:
        return profile.load("default")
    for name in profile.names():
        ui.note(f"  {name:<12}{profile.load(name).about}")
    return ui.ask("profile", profile.load("default"), profile.load)


def _ask(name: str, default: settings.Value | None) -> settings.Value:
    row = settings.setting(name)
    question = _QUESTIONS.get(name, f"{name}: {row.help} ({row.range})")
    start = row.default if default is None else default
    check: Callable[[str], settings.Value] = lambda text: settings.parse(name, text)  # noqa: E731
    return ui.ask(question, start, check, secret=row.secret)
