"""Runs the `main` of a small program: what goes wrong is one sentence, as in the toolkit itself."""

import inspect
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from toolkit.model import pipes
from toolkit.model.errors import InputError, ToolkitError, UsageError
from toolkit.model.text import clean

SPEAKER = "DEVTOOLKIT_SPEAKS_AS"  # what sentences begin with, set by whoever runs the program
_FAILED = 1
_LAST = 255  # exit code: a system keeps the lowest 8 bits alone
_INTERRUPTED = 130
_SIGNALLED = 128
_HELP = ("-h", "--help")
_KINDS: dict[Any, tuple[Callable[[str], Any], str]] = {  # what a word becomes, by its annotation
    int: (int, "a whole number"),
    float: (float, "a number"),
    Path: (Path, "a path"),
}


def run(main: Callable[..., object]) -> NoReturn:
    """Call `main` with the words of the command line, and end the program with an exit code.

    A word becomes the int, float or Path that its parameter is annotated with. What `main` returns
    is the exit code where it is a whole number (True is none; what no code can be is 1). Ctrl-C,
    SIGTERM and a terminal that is closed end it by the way of its `finally`.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # a Windows has no SIGHUP
        if number and signal.getsignal(number) != signal.SIG_IGN:  # nohup: it is to go on
            signal.signal(number, _end)
    words = sys.argv[1:]
    if words and words[0] in _HELP:
        sys.stdout.write(_help(main))
        sys.exit(0)
    try:
        sys.exit(pipes.told(lambda: _done(main, words)))
    except ToolkitError as error:
        sys.stderr.write(
            f"{os.environ.get(SPEAKER, '')}{clean(str(error))}\n"
        )  # it may quote what a node says
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


def usage(main: Callable[..., object]) -> str:
    """The words that `main` takes, those in brackets may be left out."""
    parameters = inspect.signature(main).parameters.values()
    return " ".join(
        one.name.upper() if one.default is one.empty else f"[{one.name.upper()}]"
        for one in parameters
    )


def _help(main: Callable[..., object]) -> str:
    about = inspect.getdoc(inspect.getmodule(main)) or "a program without a description"
    return f"{about}\n\nwords: {usage(main) or 'none'}\n"


def _end(number: int, _frame: FrameType | None) -> None:
    sys.exit(_SIGNALLED + number)


def _done(main: Callable[..., object], words: Sequence[str]) -> int:
    signature = _signature(main)
    try:
        signature.bind(*words)
    except TypeError:
        came = " ".join(words) or "nothing"
        raise UsageError(f"expected {usage(main) or 'nothing'}, got {came}") from None
    given = [
        _value(one, word) for one, word in zip(signature.parameters.values(), words, strict=False)
    ]
    returned = main(*given, *words[len(given) :])
    if isinstance(returned, bool) or not isinstance(returned, int):
        return 0
    return returned if 0 <= returned <= _LAST else _FAILED


def _signature(main: Callable[..., object]) -> inspect.Signature:
    """Its parameters; annotations that are texts (`from __future__ import annotations`) are read.

    One that cannot be read there, such as a type that only a checker sees, leaves words texts.
    """
    try:
        return inspect.signature(main, eval_str=True)
    except (NameError, SyntaxError, TypeError, AttributeError):
        return inspect.signature(main)


def _value(parameter: inspect.Parameter, word: str) -> Any:
    """A word as its parameter wants it; InputError where it is none."""
    kinds = getattr(parameter.annotation, "__args__", (parameter.annotation,))  # of `int | None`
    convert, what = next((_KINDS[one] for one in kinds if one in _KINDS), (str, "a text"))
    try:
        return convert(word)
    except ValueError:
        raise InputError(f"{parameter.name.upper()}: expected {what}, got {word!r}") from None
