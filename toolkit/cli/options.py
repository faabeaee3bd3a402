"""The options: one table, from which parsing, help and the documentation are made."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit.model import boards, profile
from toolkit.model.errors import InputError, UsageError


@dataclass(frozen=True)
class Option:
    """One option: its spellings, what argparse needs beside, one line of help, its group."""

    flags: tuple[str, ...]
    help: str
    group: str
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])


def _switch(*flags: str, help: str, group: str) -> Option:
    return Option(flags, help, group, {"action": "store_true"})


def _number(flag: str, help: str, least: int) -> Option:
    def number(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"expected a number from {least} on, got {text!r}")
        return int(text)

    extra = {"metavar": "N", "type": number, "default": None}
    return Option((flag,), f"with --push: {help}", _AIR, extra)


_AIR = "over the air"
_OWN = "load modules of your own"
OPTIONS: tuple[Option, ...] = (
    _switch("-m", "--make", help="erase, flash, install and start a node", group="base"),
    _switch("-s", "--search_devices", help="find the nodes in the network", group="base"),
    _switch("-stat", "--node_status", help="show the known nodes and how they are", group="base"),
    _switch("-c", "--connect", help="open a node's shell", group="base"),
    _switch(
        "-u",
        "--connect_via_usb",
        help="open the MicroPython prompt of a board on a cable",
        group="base",
    ),
    Option(
        ("-o", "--OTA"),
        "give a node this release over the air; with FILEs or --set only these load modules and "
        "settings",
        "base",
        {"metavar": "FILE", "nargs": "*", "default": None},
    ),
    Option(
        ("-p", "--connect_parameters"),
        "with -c: '--dev <name|uid|ip> <command> [<a> <command> …]'; with -o, --watch, --profile "
        "new: '--dev …'",
        "base",
        {"metavar": "TEXT"},
    ),
    Option(
        ("--transcript",),
        "with -c: append to FILE what is said and answered, with times, without secrets",
        "base",
        {"metavar": "FILE", "default": None},
    ),
    _switch("-e", "--erase", help="erase the flash of a board", group="steps"),
    _switch("-d", "--deploy", help="erase, then write and verify MicroPython", group="steps"),
    _switch("-i", "--install", help="install the node on a board with MicroPython", group="steps"),
    _switch("-cc", "--cross_compile_micros", help="compile what runs on a board", group="steps"),
    _switch("-l", "--list_devs_n_bins", help="list boards on cables, and firmware", group="steps"),
    _switch("-ls", "--node_ls", help="list the files on a board", group="steps"),
    Option(
        ("--manual",),
        "write the manual of the load modules, as a page and as JSON (default: build/manual); "
        "a folder that is not there is made",
        "steps",
        {"metavar": "FOLDER", "nargs": "?", "const": "", "default": None},
    ),
    _switch("-v", "--version", help="print the version, here and on the board", group="steps"),
    _switch("--push", help="the same for many nodes at once, some of them first", group=_AIR),
    Option(
        ("--select",),
        "with --push: nodes that meet all terms: board=esp32, 'version<0.3.0', name=kitchen*, "
        "app=…, uid=…, address=… (default: all known ones)",
        _AIR,
        {"metavar": "TERM", "nargs": "+", "default": []},
    ),
    _number("--canary", "N nodes of each board go first and must be well (1)", 0),
    _number("--stop-after", "begin no more nodes after N that failed or rolled back (1)", 1),
    _number("--at-once", "so many nodes are busy at the same time (50)", 1),
    Option(
        ("--module",),
        "with -o, --push: load modules alone; they run without a restart",
        _AIR,
        {"metavar": "FILE", "nargs": "+", "default": []},
    ),
    Option(
        ("--watch",),
        "load each LM_*.py that is saved in a folder on a node, at once",
        _AIR,
        {"metavar": "FOLDER", "default": None},
    ),
    _switch("--back", help="with -o, --push: back to the release before", group=_AIR),
    _switch("--unattended", help="with -o, --push: the node confirms itself", group=_AIR),
    _switch(
        "-f",
        "--force",
        help="with -o, --push: also where nothing has changed, or the node warns; with load "
        "modules, and --watch: also what --lint finds grave",
        group=_AIR,
    ),
    Option(
        ("--new-module",),
        "begin a load module here (or as FOLDER/NAME): a file that works, and its tests",
        _OWN,
        {"metavar": "NAME", "default": None},
    ),
    Option(
        ("--lint",),
        "look load modules over: what they use, hold and take, and what they lack",
        _OWN,
        {"metavar": "FILE", "nargs": "+", "default": None},
    ),
    Option(
        ("--test-module",),
        "run the tests of load modules (test_x.py beside LM_x.py), on Python and on MicroPython",
        _OWN,
        {"metavar": "FILE", "nargs": "+", "default": None},
    ),
    Option(
        ("--virtual",),
        "act on a virtual board: no hardware needed (default: the first of its kind)",
        "virtual board",
        {"metavar": "NAME", "nargs": "?", "const": "", "default": None},
    ),
    _switch("--list", help="with --virtual: list the virtual boards", group="virtual board"),
    _switch("--stop", help="with --virtual: stop them, or the named one", group="virtual board"),
    _switch("--power-cycle", help="with --virtual: power off, power on", group="virtual board"),
    Option(("--port",), "serial port of the board", "what with", {"metavar": "DEVICE"}),
    Option(
        ("--board",),
        "chip or board, whose pins it has (default: what the chip says; virtual: esp32): "
        + ", ".join(boards.BOARDS),
        "what with",
        {"metavar": "NAME"},
    ),
    Option(
        ("--firmware",),
        "MicroPython image to write; with -o, --push: to be given over the air",
        "what with",
        {"metavar": "FILE"},
    ),
    Option(
        ("--profile",),
        f"what the node is for: {', '.join(profile.names())}, or a .json file; new or new:NAME "
        "derives one from a node (-p '--dev …')",
        "what with",
        {"metavar": "NAME"},
    ),
    Option(
        ("--set",),
        "a setting of the new node, or with -o, --push; a secret is read from =- or =@FILE",
        "what with",
        {"metavar": "KEY=VALUE", "action": "append", "default": []},
    ),
    _switch("--yes", help="do not ask, take the defaults", group="how"),
    _switch("--json", help="print facts as JSON", group="how"),
    _switch("--dummy", help="touch nothing, print the steps", group="how"),
    Option(
        ("--test",),
        "pass the tests, with all their own set-up (STAGE: all; sweeps: the long ones in full;"
        " firmware: on an emulated board)",
        "how",
        {"metavar": "STAGE", "nargs": "?", "const": "all", "default": None},
    ),
)

_EPILOG = """examples:
  ./devToolKit.py --make --virtual           a node on a virtual board, and its shell
  ./devToolKit.py --make                     the same with the board on the USB cable
  ./devToolKit.py -s -c                      find the nodes, then choose one and talk to it
  ./devToolKit.py -c -p '--dev node01 system memfree'
  ./devToolKit.py -o -p '--dev node01'       the release over the air; -o LM_x.py: one module
  ./devToolKit.py --push --select 'version<0.3.0'
  ./devToolKit.py --new-module blinds        begin a load module; --lint, --test-module LM_blinds.py
  ./devToolKit.py --virtual --list           virtual boards; --virtual --stop ends them

exit codes: 0 done, 1 a bug, or tests that failed, 2 options, 3 input (file, setting, profile),
4 port or board, 5 flash, 6 node not reached, 7 login refused, 8 something missing on this computer,
9 refused by the node, 10 failed on the node (or rolled back), 11 not known what became of it,
12 some of several nodes were not updated, 130 and 143 interrupted,
141 nobody reads what is printed (as with: | head)"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise UsageError(f"{message} (see --help)")


def parser() -> argparse.ArgumentParser:
    """The parser of the table."""
    result = _Parser(
        prog="devToolKit.py",
        description="Takes MicroPython boards from blank flash to a running node and its shell.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    groups: dict[str, Any] = {}
    for option in OPTIONS:
        if option.group not in groups:
            groups[option.group] = result.add_argument_group(option.group)
        groups[option.group].add_argument(*option.flags, help=option.help, **option.extra)
    return result


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the command line; UsageError in one sentence when it makes no sense."""
    options = parser().parse_args(list(_joined(arguments)))
    options.derive = _derived(options)
    _check(options)
    return options


def _joined(arguments: Sequence[str]) -> Iterator[str]:
    """`-p` takes the next word whatever it begins with; argparse would refuse `--help`."""
    words = iter(arguments)
    for word in words:
        if word in ("-p", "--connect_parameters"):
            value = next(words, None)
            yield word if value is None else f"--connect_parameters={value}"
        else:
            yield word


def _derived(options: argparse.Namespace) -> str | None:
    """The name that `--profile new:NAME` gives ("": none); None where no profile is derived."""
    word, _, name = (options.profile or "").partition(":")
    if word != profile.NEW:
        return None
    if options.make or options.install:
        raise UsageError("--profile new reads a node that runs: leave --make and --install out")
    return name


_NEEDS_VIRTUAL = ("list", "stop", "power_cycle")


def _check(options: argparse.Namespace) -> None:
    chosen = [name for name in _NEEDS_VIRTUAL if getattr(options, name)]
    if chosen and options.virtual is None:
        raise UsageError(f"--{chosen[0].replace('_', '-')} goes with --virtual")
    if len(chosen) > 1:
        raise UsageError(f"--{chosen[0]} and --{chosen[1].replace('_', '-')} exclude each other")
    if options.virtual is not None and options.port:
        raise UsageError("--virtual brings its own port: leave --port out, or --virtual")
    if options.board and options.board not in (known := boards.maps()):
        raise InputError(
            f"--board: expected a board with a pin map ({', '.join(known)}), got {options.board!r}"
        )
    _check_json(options)
    _check_connect(options)
    _check_air(options)
    _check_force(options)
    if options.firmware:
        _check_firmware(options)


def _check_json(options: argparse.Namespace) -> None:
    if options.json and options.connect:
        raise UsageError("--json is not for -c: a command that ends with ' >json' answers in JSON")


def _check_connect(options: argparse.Namespace) -> None:
    if options.transcript is not None and not options.connect:
        raise UsageError("--transcript goes with -c")


def _check_air(options: argparse.Namespace) -> None:
    sent = options.OTA is not None or options.push
    if options.OTA is not None and options.push:
        raise UsageError("-o is for one node, --push for many: leave one out")
    asked = options.OTA, options.watch, options.derive
    one = options.connect or any(it is not None for it in asked)
    if options.connect_parameters is not None and not one:
        raise UsageError("-p goes with -c, -o, --watch or --profile new")
    for flag in ("select", "canary", "stop_after", "at_once"):
        if getattr(options, flag) not in (None, []) and not options.push:
            raise UsageError(f"--{flag.replace('_', '-')} goes with --push")
    for flag in ("module", "back", "unattended"):
        if getattr(options, flag) and not sent:
            raise UsageError(f"--{flag} goes with -o or --push")
    modules = bool(options.OTA or options.module)
    for flag in ("back", "unattended"):
        if getattr(options, flag) and (modules or (sent and options.set)):
            raise UsageError(f"--{flag} is about releases, not about modules or settings alone")
    if options.back and (options.unattended or options.force):
        raise UsageError("--back goes alone")


def _check_force(options: argparse.Namespace) -> None:
    sent = options.OTA is not None or options.push
    if options.force and not sent and options.watch is None:
        raise UsageError("--force goes with -o, --push or --watch")
    if options.force and options.set and not (options.OTA or options.module):
        raise UsageError("--force is about releases and modules, not about settings alone")


def _check_firmware(options: argparse.Namespace) -> None:
    sent = options.OTA is not None or options.push
    others = (options.OTA, options.module, options.set, options.back, options.unattended)
    if sent and (options.force or any(others)):
        raise UsageError("--firmware over the air goes without releases, modules and settings")
