"""What the options say of a new node, and who is asked for the rest."""

import argparse
import sys
from pathlib import Path

from toolkit.cli import network, target, ui
from toolkit.cli.words import LONGEST
from toolkit.model import files, profile, settings
from toolkit.model.errors import InputError
from toolkit.operations import restore
from toolkit.operations.air import dialer
from toolkit.operations.answers import Asking, Wish, check
from toolkit.operations.order import Order


def order(options: argparse.Namespace) -> Order:
    """All that is said of the node and its board, checked before any is touched, or for --dummy."""
    board, virtual = target.named(options), options.virtual is not None
    wanted = wish(options, board or target.family(options))
    return Order(wanted, board, restore.wanted(options.restore, ui.warn), options.force, virtual)


def wish(options: argparse.Namespace, board: str) -> Wish:
    """Read --set, --profile and --yes; InputError when one of them cannot be used on that board.

    It is empty where nobody knows it before its chip has been asked.
    """
    chosen = profile.load(options.profile) if options.profile else None
    for told in chosen.notes if chosen else ():
        ui.note(f"  {told}")
    ask = ui.interactive() and not options.yes and not options.json
    wanted = Wish(given_settings(options.set, ask=not options.dummy), chosen, ask)
    check(wanted, board)
    return wanted


def asking() -> Asking:
    """Whoever is to be asked sits at our terminal."""
    return Asking(ui, network.cache(), dialer(network.vault()))


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
