"""Which command stands behind which option, and in which order several of one call run."""

import argparse
from collections.abc import Callable, Sequence
from importlib import import_module

from toolkit.cli import ui
from toolkit.cli.command import Command
from toolkit.model.errors import UsageError

Action = Callable[[argparse.Namespace], int]

# The order in which several actions of one call run; each is loaded when it is wanted.
COMMANDS: tuple[tuple[str, str], ...] = (
    ("help", "helping.HELP"),
    ("test", "checking.TEST"),
    ("list", "virtual.LIST"),
    ("stop", "virtual.STOP"),
    ("power_cycle", "virtual.POWER_CYCLE"),
    ("simulate", "simulating.SIMULATE"),
    ("search_devices", "network.SEARCH"),
    ("list_devs_n_bins", "looking.DEVICES"),
    ("cross_compile_micros", "building.COMPILE"),
    ("new_module", "own.NEW_MODULE"),
    ("lint", "own.LINT"),
    ("test_module", "own.TEST_MODULE"),
    ("manual", "building.MANUAL"),
    ("backup_node_config", "backups.BACKUP"),
    ("make", "making.MAKE"),
    ("erase", "making.ERASE"),
    ("deploy", "flashing.DEPLOY"),
    ("install", "making.INSTALL"),
    ("restore", "restoring.RESTORE"),
    ("update", "updating.UPDATE"),
    ("OTA", "air.OTA"),
    ("push", "air.PUSH"),
    ("selfcheck", "selfcheck.SELFCHECK"),
    ("node_ls", "looking.FILES"),
    ("version", "looking.VERSION"),
    ("node_status", "status.STATUS"),
    ("connect", "network.CONNECT"),
    ("connect_via_usb", "usb.CONNECT"),
    ("watch", "air.WATCH"),
    ("derive", "air.DERIVE"),
    ("applications", "applications.APPLY"),
)
_START = "virtual.START"  # a virtual board that is named, and nothing to do with it


def chosen(options: argparse.Namespace) -> list[Action]:
    """What these options say to do, in the order in which it runs."""
    places = [place for name, place in COMMANDS if getattr(options, name) not in (None, False)]
    if options.virtual is not None and not places:
        places = [_START]
    if not places:
        raise UsageError("these options say with what, and not what to do (see --help)")
    if places[0] == COMMANDS[0][1]:
        places = places[:1]  # whoever asks for help wants nothing else
    commands = [command(place) for place in places]
    if options.dummy:
        return [lambda given: _told(given, [line for it in commands for line in it.steps(given)])]
    return [it.run for it in commands]


def command(place: str) -> Command:
    """The command at `file.NAME` beside this file."""
    file, name = place.split(".")
    found = getattr(import_module(f"toolkit.cli.{file}"), name)
    assert isinstance(found, Command)
    return found


def _told(options: argparse.Namespace, steps: Sequence[str]) -> int:
    if options.json:
        ui.as_json({"would": list(steps)})
        return 0
    for number, line in enumerate(steps, 1):
        ui.say(f"would {number}. {line}")
    return 0
