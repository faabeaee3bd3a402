"""Runs the `main` of a small program: what goes wrong is one sentence, as in the toolkit itself."""

import inspect
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from toolkit.model import pipes
from toolkit.model.errors import ToolkitError

_INTERRUPTED = 130


def run(main: Callable[..., object]) -> NoReturn:
    """Call `main` with the words of the command line, and end the program with an exit code."""
    words = sys.argv[1:]
    try:
        inspect.signature(main).bind(*words)
    except TypeError:
        names = " ".join(name.upper() for name in inspect.signature(main).parameters)
        sys.exit(f"expected {names or 'nothing'}, got {' '.join(words) or 'nothing'}")
    try:
        sys.exit(pipes.told(lambda: _done(main, words)))
    except ToolkitError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


def _done(main: Callable[..., object], words: Sequence[str]) -> int:
    main(*words)
    return 0
