"""Which options contradict each other: a table of sentences."""

import argparse
from dataclasses import dataclass

from toolkit.cli.table import OPTIONS
from toolkit.model.errors import UsageError

# What some options say by their values, under names of its own.
_DERIVE = "derive"  # --profile new
_SENT = "sent"  # -o or --push
_FILES = "files"  # load modules alone
_LABELS = {_DERIVE: "--profile new", **{option.name: option.label for option in OPTIONS}}


@dataclass(frozen=True)
class Rule:
    """Where all of `every` are given, and one of `other`, and none of `unless`: a refusal."""

    every: tuple[str, ...]
    other: tuple[str, ...]
    sentence: str
    unless: tuple[str, ...] = ()


_RELEASES = "--{} is about releases, not about modules or settings alone"
RULES: tuple[Rule, ...] = (
    Rule(("list",), ("stop", "power_cycle"), "--list and {} exclude each other"),
    Rule(("stop",), ("power_cycle",), "--stop and {} exclude each other"),
    Rule(("virtual",), ("port",), "--virtual brings its own port: leave --port out, or --virtual"),
    Rule(
        (_DERIVE,),
        ("make", "install"),
        "--profile new reads a node that runs: leave --make and --install out",
    ),
    Rule(
        ("json",),
        ("connect",),
        "--json is not for -c: a command that ends with ' >json' answers in JSON",
    ),
    Rule(
        ("connect", "connect_parameters"),
        ("applications",),
        "-p is for -c or for {}: give them one after the other",
    ),
    Rule(("OTA",), ("push",), "-o is for one node, --push for many: leave one out"),
    Rule(("back",), (_FILES, "set"), _RELEASES.format("back")),
    Rule(("unattended",), (_FILES, "set"), _RELEASES.format("unattended")),
    Rule(("back",), ("unattended", "force"), "--back goes alone"),
    Rule(
        ("force",),
        ("set",),
        "--force is about releases and modules, not about settings alone",
        unless=(_FILES, "update", "restore"),
    ),
    Rule(
        ("update",),
        ("make", "erase", "deploy", "install", "restore"),
        "-r keeps what is on the board, {} does not: leave one out",
    ),
    Rule(("restore",), ("erase", "deploy"), "{} goes before --restore, in a call of its own"),
    Rule(
        ("connect_parameters",),
        ("port", "virtual"),
        "-p names a node in the network, {} a board on a cable: leave one out",
        unless=("connect", "OTA", "watch", _DERIVE),
    ),
    Rule(
        ("restore", "connect_parameters"),
        ("make", "install", "set", "profile", "firmware", "board"),
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
    for option in OPTIONS:
        if option.name in given and option.goes and not given & set(option.goes):
            raise UsageError(f"{option.label} goes with {_any([*option.goes])}")
    for rule in RULES:
        clash = [name for name in rule.other if name in given]
        if clash and given >= set(rule.every) and not given & set(rule.unless):
            raise UsageError(rule.sentence.format(_LABELS.get(clash[0])))


def _given(options: argparse.Namespace) -> set[str]:
    names = {it.name for it in OPTIONS if getattr(options, it.name) != it.default}
    if options.derive is not None:
        names.add(_DERIVE)
    if names & {"OTA", "push"}:
        names.add(_SENT)
    if options.OTA or options.module:
        names.add(_FILES)
    return names


def _any(names: list[str]) -> str:
    labels = [_LABELS[name] for name in names]
    return " or ".join(filter(None, (", ".join(labels[:-1]), labels[-1])))
