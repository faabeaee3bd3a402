"""The composition root of the desk: options in, one exit code out."""

import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from types import FrameType

from toolkit.cli import ui
from toolkit.model import pipes
from toolkit.model.errors import ToolkitError

_INTERRUPTED = 130
_TERMINATED = 143
_BUG = 1
_FILE = 3
_DROPPED = "interrupted; whether the node has acted, or still does, is not known"


def main(arguments: Sequence[str]) -> int:
    """Run the toolkit, for somebody who may not read all of what it says."""
    return pipes.told(lambda: _main(arguments))


def _main(arguments: Sequence[str]) -> int:
    signal.signal(signal.SIGTERM, _end)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a narrow terminal is no reason to end
    return _done(arguments)


def _done(arguments: Sequence[str]) -> int:
    """Do it; the one place where an error becomes a sentence and an exit code."""
    try:
        return _run(arguments)
    except ToolkitError as error:
        ui.error(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        ui.note("")
        ui.error(_DROPPED if _sends(arguments) else "interrupted; repeating the command is safe")
        return _INTERRUPTED
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


def _end(_number: int, _frame: FrameType | None) -> None:
    """Leave by the usual way, so that no process of ours stays behind."""
    sys.exit(_TERMINATED)


def _sends(arguments: Sequence[str]) -> bool:
    """Whether commands leave for a node: to do them twice may matter."""
    return bool({"-c", "--connect"} & set(arguments))


def _run(arguments: Sequence[str]) -> int:
    from toolkit.cli import options

    if not arguments:
        if ui.interactive():
            from toolkit.cli import menu

            return menu.run(_done)
        options.parser().print_help()
        return 0
    if list(arguments) == ["--help"]:  # which would end the menu
        options.parser().print_help()
        return 0
    chosen = options.parse(arguments)
    from toolkit.cli import commands

    actions: list[Callable[..., int]] = commands.chosen(chosen)
    for action in actions:
        code = action(chosen)
        if code:
            return code
    return 0
