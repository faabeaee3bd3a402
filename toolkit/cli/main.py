"""The composition root of the desk: options in, one exit code out."""

import os
import signal
import stat
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from io import TextIOWrapper
from types import FrameType

from toolkit.cli import interrupted, ui
from toolkit.model import pipes
from toolkit.model.errors import ToolkitError

_INTERRUPTED = 130
_SIGNALLED = 128  # and the number of the signal, as shells have it
_BUG = 1
_FILE = 3


class _Ended(SystemExit):
    """A signal ends us, by the usual way."""


def main(arguments: Sequence[str]) -> int:
    """Run the toolkit, for somebody who may not read all of what it says."""
    return pipes.told(lambda: _main(arguments))


def _main(arguments: Sequence[str]) -> int:
    _leave_by_the_usual_way()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a narrow terminal is no reason to end
    return _done(arguments, [])


def _done(arguments: Sequence[str], made: list[str]) -> int:
    """Do it; the one place where an error becomes a sentence and an exit code.

    The uids of nodes that boards were made go into `made`, for whoever goes on afterwards.
    """
    try:
        return _run(arguments, made)
    except ToolkitError as error:
        ui.error(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        with suppress(KeyboardInterrupt):  # once was enough
            ui.note("")
            ui.error(interrupted.sentence(arguments))
        return _INTERRUPTED
    except _Ended as end:
        ui.error(interrupted.sentence(arguments))
        raise SystemExit(end.code) from None  # also out of the menu
    except OSError as error:  # of our own files: a board's are translated where they come in
        if isinstance(error, BrokenPipeError) and pipes.unread():
            raise  # the reader of our output has enough: see pipes.told
        ui.error(
            f"cannot use {error.filename or 'a file'}: {error.strerror or error}; check its "
            "rights and the free space"
        )
        return _FILE
    except Exception:  # noqa: BLE001 - the one place: a bug is told with its line
        traceback.print_exc()
        ui.error("this is a bug of the toolkit: please report the lines above")
        return _BUG


def _leave_by_the_usual_way() -> None:
    """When we are ended, or our terminal goes, no process of ours stays behind."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # a Windows has no SIGHUP
        if number and signal.getsignal(number) != signal.SIG_IGN:  # nohup: we are to go on
            signal.signal(number, _end)


def _end(number: int, _frame: FrameType | None) -> None:
    if number != signal.SIGTERM:  # there is no terminal any more: nothing fails for that
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            if stat.S_ISCHR(os.fstat(stream).st_mode):  # one that is gone is no terminal any more
                os.dup2(nowhere, stream)
    raise _Ended(_SIGNALLED + number)


def _run(arguments: Sequence[str], made: list[str]) -> int:
    from toolkit.cli import options

    if not arguments:
        if ui.interactive():
            from toolkit.cli import menu

            return menu.run(_done)
        arguments = ["--help"]
    chosen = options.parse(arguments)
    chosen.made = made
    from toolkit.cli import commands

    actions: list[Callable[..., int]] = commands.chosen(chosen)
    for action in actions:
        with ExitStack() as chosen.held:  # what an action has for itself alone
            code = action(chosen)
        if code:
            return code
    return 0
