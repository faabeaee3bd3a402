"""The command line: parsed and explained by the table of options."""

import argparse
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from toolkit.cli import contradictions, words
from toolkit.cli.table import GROUPS, OPTIONS
from toolkit.model import boards, paths, profile
from toolkit.model.errors import InputError, UsageError
from toolkit.model.exit_codes import EXIT_CODES

__all__ = ["OPTIONS", "parse", "parser"]

_EXAMPLES = """examples:
  ./devToolKit.py --make --virtual           a node on a virtual board, and its shell
  ./devToolKit.py --make                     the same with the board on the USB cable
  ./devToolKit.py -s -c                      find the nodes, then choose one and talk to it
  ./devToolKit.py -c -p '--dev node01 system memfree'
  ./devToolKit.py -o -p '--dev node01'       the release over the air; -o LM_x.py: one module
  ./devToolKit.py --push --select 'version<0.3.0'
  ./devToolKit.py --new-module blinds        begin a load module; --lint, --test-module LM_blinds.py
  ./devToolKit.py --virtual --list           virtual boards; --virtual --stop ends them
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise UsageError(f"{message} (see --help)")


def parser() -> argparse.ArgumentParser:
    """The parser of the table."""
    examples = _EXAMPLES.replace("./devToolKit.py", paths.command())
    codes = ", ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items())
    result = _Parser(
        prog=paths.command().removeprefix("./"),
        description="Takes MicroPython boards from blank flash to a running node and its shell.",
        epilog=f"{examples}\n{textwrap.fill(f'exit codes: {codes}', 100)}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    for group in GROUPS:
        shown = result.add_argument_group(group.title)
        for option in group.options:
            shown.add_argument(*option.flags, help=option.help, **option.extra)
    return result


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the command line; UsageError in one sentence when it makes no sense."""
    words.check(arguments)
    options = parser().parse_args(list(_joined(arguments)))
    options.derive = _derived(options)
    contradictions.check(options)
    if options.board and options.board not in (known := boards.maps()):
        raise InputError(
            f"--board: expected a board with a pin map ({', '.join(known)}), got {options.board!r}"
        )
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
    return name if word == profile.NEW else None
