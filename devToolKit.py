#!/usr/bin/env python3
"""The door: makes the toolkit's private .venv on first start, then hands over to toolkit.cli.main.

Standard library only, and nothing heavy: this file runs before anything is installed, and again
on every start.
"""

import sys

# First of all: Ctrl-C may come while the rest is imported. Python then ends as if by that signal.
sys.excepthook = lambda kind, error, trace: (
    kind is KeyboardInterrupt or sys.__excepthook__(kind, error, trace)
)

import os  # noqa: E402
import signal  # noqa: E402
from pathlib import Path  # noqa: E402

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
OLDEST_PYTHON = (3, 11)
NO_ENVIRONMENT = 8  # exit code, as toolkit.model.errors.EngineError


def main() -> int:
    """Run the toolkit inside its environment, making that environment when it is missing."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        _say(
            f"Python {wanted} or newer is needed, and this is {sys.version.split()[0]}: "
            f"start it as python{wanted} {Path(__file__).name}"
        )
        return NO_ENVIRONMENT
    if Path(sys.prefix).resolve() == VENV.resolve():
        from toolkit.cli.main import main as toolkit_main

        if os.name == "posix":
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        return toolkit_main(sys.argv[1:])
    sys.path.insert(0, str(HERE))
    from toolkit import environment
    from toolkit.model.errors import EngineError

    try:
        python = environment.ensure(VENV, HERE / "requirements.txt", say=_say)
    except EngineError as error:
        _say(str(error))
        return error.exit_code
    return _hand_over(python)


def _say(text: str) -> None:
    print(f"devToolKit: {text}", file=sys.stderr, flush=True)


def _hand_over(python: Path) -> int:
    arguments = [str(python), str(Path(__file__).resolve()), *sys.argv[1:]]
    if os.name == "posix":
        # A Python that just starts would answer Ctrl-C with a traceback: it waits until then.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        os.execv(python, arguments)
    import subprocess

    return subprocess.call(arguments)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Python has to end yet: no word of that
