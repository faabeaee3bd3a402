"""The command line: parsed and explained by the table of options."""

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

from toolkit.cli import contradictions, words
from toolkit.cli.table import OPTIONS
from toolkit.model import boards, profile
from toolkit.model.errors import InputError, UsageError

__all__ = ["OPTIONS", "parse", "parser"]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise UsageError(f"{message} (see --help)")


def parser() -> argparse.ArgumentParser:
    """The parser of the table; its help is made in helping.py."""
    result = _Parser(add_help=False, allow_abbrev=False)
    for option in OPTIONS:
        result.add_argument(*option.flags, **option.extra)
    return result


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the command line; UsageError in one sentence when it makes no sense."""
    words.check(arguments)
    joined = list(_joined(arguments))
    options, rest = parser().parse_known_args(joined)
    if rest and options.OTA == [] and not any(word.startswith("-") for word in rest):
        options.OTA = rest  # `-o --force LM_x.py`: other options may stand before its files
    elif rest:
        raise UsageError(f"unrecognized arguments: {' '.join(rest)} (see --help)")
    _check_once(joined)
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


def _check_once(joined: Sequence[str]) -> None:
    """Of two values one would be dropped in silence; argparse takes the last."""
    flags = [word.partition("=")[0] for word in joined]
    for option in OPTIONS:
        if "action" not in option.extra and sum(flag in option.flags for flag in flags) > 1:
            raise UsageError(f"{option.label} is given twice: expected one value of it")


def _derived(options: argparse.Namespace) -> str | None:
    """The name that `--profile new:NAME` gives ("": none); None where no profile is derived."""
    word, _, name = (options.profile or "").partition(":")
    return name if word == profile.NEW else None
