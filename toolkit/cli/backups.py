"""The option -b: make a backup, look at the backups, compare one with a node or another."""

import argparse
from collections.abc import Sequence

from toolkit.cli import air, network, target, ui
from toolkit.cli.command import Command
from toolkit.model import difference
from toolkit.model.errors import UsageError
from toolkit.operations import archive, cable_backup, snapshot_air, told_backups
from toolkit.operations.air import dialer

_WORDS = {"list": (1,), "show": (2,), "diff": (2, 3)}  # and how many there are, then


def _steps(options: argparse.Namespace) -> list[str]:
    words = options.backup_node_config
    over_the_air = options.connect_parameters is not None
    if _looks(options):
        return [f"look at the backups: {' '.join(words)}"]
    if over_the_air:
        named = air.wanted_node(options) or "the one node"
        return [f"ask {named} over the link", *cable_backup.STEPS[:2]]
    return [*target.steps(options), *cable_backup.STEPS[:3]]


def _backup(options: argparse.Namespace) -> int:
    words = options.backup_node_config
    if not _looks(options):
        return _make(options)
    if words[0] == "list":
        return _list(options)
    return (_show if words[0] == "show" else _diff)(options, *words[1:])


def _looks(options: argparse.Namespace) -> bool:
    """Whether somebody wants to look at backups; UsageError for words that are none."""
    words = options.backup_node_config
    if words and len(words) not in _WORDS.get(words[0], ()):
        raise UsageError(
            "-b: expected no word, or list, show NAME, diff NAME, diff NAME NAME; got "
            f"{' '.join(words)!r}"
        )
    named = options.port or options.connect_parameters or options.virtual is not None
    if words and named and (words[0] != "diff" or len(words) == 3):
        raise UsageError(f"-b {words[0]} looks at files here, at no node: leave that out")
    return bool(words)


def _make(options: argparse.Namespace) -> int:
    if options.connect_parameters is not None:
        node = air.known_node(air.wanted_node(options))
        stored = ui.follow(snapshot_air.back_up(dialer(network.vault()), node))
    else:
        stored = ui.follow(cable_backup.back_up(target.find(options).device))
    if options.json:
        ui.as_json(told_backups.facts(stored.listed))
        return 0
    ui.say(f"{stored.backup.name}: {told_backups.contents(stored.backup)}: {stored.path}")
    return 0


def _list(options: argparse.Namespace) -> int:
    found = archive.every(ui.warn)
    if options.json:
        ui.as_json([told_backups.facts(it) for it in found])
    elif found:
        ui.table([told_backups.row(it) for it in found], told_backups.HEADERS)
    else:
        ui.say(f"no backups yet in {archive.folder()}")
    return 0


def _show(options: argparse.Namespace, name: str) -> int:
    stored = archive.find(name, ui.warn)
    if options.json:
        ui.as_json(told_backups.all_facts(stored))
        return 0
    for line in told_backups.lines(stored):
        ui.say(line)
    ui.note(told_backups.passwords(stored))
    return 0


def _diff(options: argparse.Namespace, name: str, other: str | None = None) -> int:
    here = archive.find(name, ui.warn)
    secrets: Sequence[str] = ()
    if other is not None:
        there, label = archive.find(other, ui.warn).backup, other
    elif options.port or options.virtual is not None:
        there, secrets = ui.follow(cable_backup.read_now(target.find(options).device))
        label = "now"
    else:
        wanted = air.wanted_node(options) or here.backup.uid
        dial = dialer(network.vault())
        there, label = ui.follow(snapshot_air.read_now(dial, air.known_node(wanted))), "now"
    rows = difference.differences(here.backup, there)
    rows += [(it, "differs from the one kept here", "not shown") for it in secrets]
    if options.json:
        ui.as_json([{"what": what, "backup": one, "other": two} for what, one, two in rows])
    elif rows:
        ui.table(rows, ("what", here.name, label))
    else:
        ui.say(f"{here.name}: nothing differs")
    return 0


BACKUP = Command(_steps, _backup)
