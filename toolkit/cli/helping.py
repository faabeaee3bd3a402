"""The help, made from the table of options: all of it on 80 columns, or one option or group."""

import argparse
import textwrap
from collections.abc import Iterator

from toolkit.cli import contradictions, ui
from toolkit.cli.command import Command
from toolkit.cli.table import GROUPS, OPTIONS
from toolkit.cli.table.option import Group, Option
from toolkit.model import paths
from toolkit.model.errors import UsageError
from toolkit.model.exit_codes import EXIT_CODES

WIDTH = 80  # columns
_COLUMN = 24  # where the text of an option begins
_EXAMPLES = (
    ("--make --virtual", "a node, no hardware needed"),
    ("--make", "the same, board on the cable"),
    ("-s -c", "find nodes, talk to one"),
    ("-c -p '--dev node01 status'", "one command"),
    ("-o -p '--dev node01'", "this release over the air"),
    ("-o LM_blinds.py", "a load module alone"),
    ("--push --select 'version<0.3.0'", "the release to many nodes"),
    ("--new-module blinds", "begin a load module"),
    ("--virtual --list", "virtual boards; --stop ends"),
)


def whole() -> str:
    """All options in groups, examples, exit codes."""
    me = paths.command()
    about = "Takes MicroPython boards from blank flash to a running node and its shell."
    parts = [f"usage: {me} [what to do …] [with what, and how …]", "", about]
    for group in GROUPS:
        parts += ["", f"{group.title}:", *_rows(group)]
    parts += ["", "examples:"]
    parts += [f"  {f'{me} {words}':<48} {what}" for words, what in _EXAMPLES]
    parts += ["", "exit codes:", *(f"  {code:<4} {what}" for code, what in EXIT_CODES.items())]
    parts += ["", f"more of one option or group, with an example: {me} --help push"]
    return "\n".join(parts)


def about(name: str) -> str:
    """One option or group; UsageError where there is none of that name."""
    meant = [it for it in OPTIONS if _word(name) in map(_word, it.flags)]
    for group in GROUPS:
        if not meant and _word(name) in _word(group.title):
            meant = [*group.options]
    if not meant:
        titles = ", ".join(group.title for group in GROUPS)
        raise UsageError(f"--help: expected an option such as push or {titles}, got {name!r}")
    return "\n\n".join("\n".join(_told(option)) for option in meant)


def _word(text: str) -> str:
    return text.lstrip("-").casefold().replace("-", "_").replace(" ", "_")


def _rows(group: Group) -> Iterator[str]:
    for option in group.options:
        form = f"  {option.form}"
        lines = _wrapped(option.help, _COLUMN)
        if len(form) < _COLUMN - 1:
            lines[0] = f"{form:<{_COLUMN}}{lines[0].lstrip()}"
        else:
            yield form
        yield from lines


def _told(option: Option) -> Iterator[str]:
    yield option.form
    yield from _wrapped(f"{option.help}.", 2)
    if company := contradictions.company(option):
        yield from _wrapped(f"goes with: {', '.join(company)}", 2)
    if option.takes:
        yield from _wrapped(f"takes: {', '.join(contradictions.labels(option.takes))}", 2)
    if option.no_json:
        yield from _wrapped(f"not with --json: {option.no_json}", 2)
    for line in option.example.splitlines():
        yield f"  example: {paths.command()} {line}"


def _wrapped(text: str, indent: int) -> list[str]:
    blank = " " * indent
    return textwrap.wrap(
        text, WIDTH, initial_indent=blank, subsequent_indent=blank, break_on_hyphens=False
    )


def _steps(_options: argparse.Namespace) -> list[str]:
    return ["print the help"]


def _help(options: argparse.Namespace) -> int:
    ui.say(about(options.help) if options.help else whole())
    return 0


HELP = Command(_steps, _help)
