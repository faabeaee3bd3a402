"""Which options contradict each other: what each takes, and a table of sentences."""

import argparse
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from toolkit.cli.table import OPTIONS
from toolkit.cli.table.option import Option
from toolkit.model.errors import UsageError

# What some options say by their values, under names of its own.
_DERIVE = "derive"  # --profile new
_START = "start"  # --virtual, where there is no action
_SENT = "sent"  # -o or --push
_FILES = "files"  # load modules alone
_FOLDER = "folder"  # the one of --manual
_NO_NODE = "no node"  # -a where no program runs
_TAKES: Mapping[str, tuple[str, ...]] = {
    **{option.name: (*option.takes, *option.needs) for option in OPTIONS},
    _DERIVE: ("connect_parameters", "profile"),
    _START: ("virtual",),
}
_LABELS = {
    **{option.name: option.label for option in OPTIONS},
    _DERIVE: "--profile new",
    _START: "no other action",
}
_ACTIONS = [option for option in OPTIONS if option.acts]
EVERYWHERE = ("yes", "json", "dummy")  # nobody is asked: that is so of every action


@dataclass(frozen=True)
class Rule:
    """Where all of `every` are given, and one of `other`, and none of `unless`: a refusal."""

    every: tuple[str, ...]
    other: tuple[str, ...]
    sentence: str
    unless: tuple[str, ...] = ()


_CABLE = ("port", "virtual")
_ON_A_BOARD = tuple(it.name for it in _ACTIONS if "virtual" in it.takes)
_INSTALLS = ("make", "deploy", "install", "update", "restore")
_RELEASES = "{} is about releases, not about modules or settings alone"
RULES: tuple[Rule, ...] = (
    Rule(("test",), tuple(it.name for it in _ACTIONS if it.name != "test"), "--test goes alone"),
    Rule(("list",), ("stop", "power_cycle"), "--list and {} exclude each other"),
    Rule(("stop",), ("power_cycle",), "--stop and {} exclude each other"),
    Rule(("list",), ("board",), "--list tells all virtual boards: leave {} out"),
    Rule(("stop",), ("board",), "--stop ends virtual boards by name: --virtual NAME, not {}"),
    Rule(("virtual",), ("port",), "--virtual brings its own port: leave --port out, or --virtual"),
    Rule(
        ("make",), ("erase", "deploy", "install"), "-m erases, flashes and installs: leave {} out"
    ),
    Rule(("deploy",), ("erase",), "-d erases the board itself: leave {} out"),
    Rule(
        ("erase",),
        ("install", "node_ls", "version", "connect_via_usb", "selfcheck"),
        "-e leaves no MicroPython on the board, and {} needs one: leave one out",
    ),
    Rule(
        ("deploy",),
        ("selfcheck",),
        "-d leaves no node on the board, and {} tries one: -i puts one there, or leave one out",
        unless=("install",),
    ),
    Rule(
        ("stop",),
        _ON_A_BOARD,
        "--stop switches virtual boards off before all else: leave {} out, or say it afterwards",
    ),
    Rule(
        ("list_devs_n_bins", "firmware"),
        ("make", "deploy", "update", "OTA", "push"),
        "-l --firmware tells what a file is, {} is for writing it: give them one after the other",
    ),
    Rule(
        (_DERIVE,),
        ("make", "install", "update", "restore", "simulate"),
        "--profile new reads a node that runs: leave {} out",
    ),
    Rule(
        ("set", _SENT),
        _INSTALLS,
        "--set is for {} or for what goes over the air: give them one after the other",
    ),
    Rule(
        ("firmware", _SENT),
        _INSTALLS,
        "--firmware is for {} or for what goes over the air: give them one after the other",
    ),
    Rule(("manual", "json"), (_FOLDER,), "--manual --json prints the manual: leave FOLDER out"),
    Rule(
        ("connect", "connect_parameters"),
        ("applications",),
        "-p is for -c or for {}: give them one after the other",
    ),
    Rule(
        ("connect_via_usb", "connect_parameters"),
        tuple(
            it.name
            for it in _ACTIONS
            if "connect_parameters" in it.takes and it.name != "connect_via_usb"
        ),
        "-u -p is for the node on the cable: give {} before or afterwards",
    ),
    Rule(
        (_NO_NODE,),
        ("connect_parameters",),
        "-a list and -a new:NAME talk to no node: leave {} out",
        unless=("OTA", "watch", "derive"),
    ),
    Rule(
        ("simulate",),
        tuple(it.name for it in _ACTIONS if it.name not in ("simulate", "test", "help")),
        "-sim goes on until Ctrl-C: say {} in a second terminal",
    ),
    Rule(
        ("every",),
        ("connect", "connect_via_usb", "watch", _DERIVE, "applications"),
        "--every goes on until Ctrl-C: say {} in a second terminal",
    ),
    Rule(
        ("watch",),
        (_DERIVE, "applications"),
        "--watch goes on until Ctrl-C: say {} in a second terminal",
    ),
    Rule(("OTA",), ("push",), "-o is for one node, --push for many: leave one out"),
    Rule(("back",), (_FILES, "set"), _RELEASES.format("--back")),
    Rule(("unattended",), (_FILES, "set"), _RELEASES.format("--unattended")),
    Rule(("back",), ("unattended", "force"), "--back goes alone"),
    Rule(
        ("force",),
        ("set",),
        "--force is about releases and modules, not about settings alone",
        unless=(_FILES, "watch", "update", "restore", "make", "install"),
    ),
    Rule(
        ("update",),
        ("make", "erase", "deploy", "install", "restore"),
        "-r keeps what is on the board, {} does not: leave one out",
    ),
    Rule(("restore",), ("erase", "deploy"), "{} goes before --restore, in a call of its own"),
    Rule(
        ("backup_node_config", "connect_parameters"),
        _CABLE,
        "-p names a node in the network, {} a board on a cable: leave one out",
    ),
    Rule(
        ("restore", "connect_parameters"),
        (*_CABLE, "make", "install", "set", "profile", "board"),
        "--restore over the network changes settings and files alone: leave {} out",
    ),
    Rule(
        ("firmware", _SENT),
        (_FILES, "set", "force", "back", "unattended"),
        "--firmware over the air goes without releases, modules and settings",
    ),
)


def check(options: argparse.Namespace) -> None:
    """UsageError with one sentence where the options make no sense together."""
    given = _given(options)
    if "help" in given:
        return  # whoever asks for help is never sent away
    for option in OPTIONS:
        if option.name in given:
            _check_company(option.name, option.needs, given)
            if not option.acts and option.name not in EVERYWHERE:
                _check_company(option.name, _takers(option.name), given)
    if "json" in given:
        whole = {"restore"} & given if given & {"make", "install"} else set[str]()
        _check_json([it.label for it in _ACTIONS if it.name in given - whole], given)
    for rule in RULES:
        clash = [name for name in rule.other if name in given]
        if clash and given >= set(rule.every) and not given & set(rule.unless):
            raise UsageError(rule.sentence.format(_LABELS.get(clash[0])))


def company(option: Option) -> list[str]:
    """What of which an option needs one; empty where it goes alone, or with every action."""
    names = option.needs if option.acts else _takers(option.name)
    return [] if option.name in EVERYWHERE else [_LABELS[name] for name in names]


def labels(names: Sequence[str]) -> list[str]:
    """What options are called in sentences."""
    return [_LABELS[name] for name in names]


def sentences() -> list[str]:
    """The sentences of the rules, for people."""
    return [it.sentence.format(_any([_LABELS.get(name, "") for name in it.other])) for it in RULES]


def _takers(name: str) -> list[str]:
    return [taker for taker, taken in _TAKES.items() if name in taken]


def _any(labels: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(labels[:-1]), *labels[-1:])))


def _check_company(name: str, others: Sequence[str], given: Collection[str]) -> None:
    if others and not set(others) & set(given):
        raise UsageError(f"{_LABELS[name]} goes with {_any([_LABELS[other] for other in others])}")


def _check_json(labels: Sequence[str], given: Collection[str]) -> None:
    for option in _ACTIONS:
        if option.no_json and option.name in given:
            raise UsageError(f"--json is not for {option.label}: {option.no_json}")
    if len(labels) > 1:
        raise UsageError(f"--json prints one document: {labels[0]} or {labels[1]}, not both")


def _given(options: argparse.Namespace) -> set[str]:
    names = {it.name for it in OPTIONS if getattr(options, it.name) != it.default}
    acts = names & {it.name for it in _ACTIONS}
    more = {
        _DERIVE: options.derive is not None,
        _START: options.virtual is not None and not acts and options.derive is None,
        _SENT: bool(names & {"OTA", "push"}),
        _FILES: bool(options.OTA or options.module),
        _FOLDER: bool(options.manual),
        _NO_NODE: (options.applications or "").partition(":")[0] in ("list", "new"),
    }
    return names | {name for name, there in more.items() if there}
