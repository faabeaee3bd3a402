"""What one line of the table of options says, and the two ways to write one."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Option:
    """One option of the command line.

    `flags` are its spellings, short before long; `help` is one line; `extra` is what argparse
    needs beside. `example` is a command line without `./devToolKit.py`, for docs/toolkit.md, where
    its output stands, too. `acts`: it says what to do, not how or with what. `takes`: names of the
    options that change what it does. An option that none of those given takes is refused, and so
    is one of whose `needs` none is given. `no_json`: why an action has no facts for programs.
    """

    flags: tuple[str, ...]
    help: str
    example: str
    acts: bool = False
    takes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    no_json: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def name(self) -> str:
        """What it is called in the parsed options, in `takes`, `needs` and the rules."""
        return next(it for it in self.flags if it.startswith("--"))[2:].replace("-", "_")

    @property
    def label(self) -> str:
        """What it is called in a sentence."""
        return self.flags[0]

    @property
    def value(self) -> str:
        """What stands behind it: empty, ` FILE`, ` [FILE]`, ` FILE …` or ` [FILE …]`."""
        name = self.extra.get("metavar", "")
        many = {"?": f" [{name}]", "*": f" [{name} …]", "+": f" {name} …"}
        return many.get(self.extra.get("nargs", ""), f" {name}" if name else "")

    @property
    def form(self) -> str:
        """All its spellings, with its value."""
        return f"{', '.join(self.flags)}{self.value}"

    @property
    def default(self) -> Any:
        """Its value where it is not given."""
        return self.extra.get("default", False if "store_true" in self.extra.values() else None)


@dataclass(frozen=True)
class Group:
    """Options that stand together in the help and on the page."""

    title: str
    options: tuple[Option, ...]


def action(
    *flags: str,
    help: str,
    example: str,
    takes: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
    no_json: str = "",
    **extra: Any,
) -> Option:
    """An option that says what to do; without `extra` it takes no value."""
    extra = extra or {"action": "store_true"}
    return Option(flags, help, example, True, takes, needs, no_json, extra)


def detail(
    *flags: str, help: str, example: str, takes: tuple[str, ...] = (), **extra: Any
) -> Option:
    """An option that says how, or with what; without `extra` it takes no value."""
    return Option(flags, help, example, False, takes, extra=extra or {"action": "store_true"})


def number(least: int, most: int | None = None) -> Callable[[str], int]:
    """What reads a number of that range."""
    wanted = f"a number from {least} " + ("on" if most is None else f"to {most}")

    def read(text: str) -> int:
        if not text.isdecimal() or int(text) < least or (most is not None and int(text) > most):
            raise argparse.ArgumentTypeError(f"expected {wanted}, got {text!r}")
        return int(text)

    return read
