"""A node on a cable whose release is on trial: who opens its prompt does not end that trial badly.

A trial has three starts, and each session on the cable ends one and takes another: it is for no
fault of the release, so they are counted anew. Firmware on trial is taken back at any reset; it is
only started anew, which is none.
"""

from contextlib import suppress
from typing import Any

from toolkit.model import settings as known_settings
from toolkit.model.errors import PortError, RefusedError
from toolkit.operations import board as on_board
from toolkit.operations.snapshot import read_config, version_of
from toolkit.transport.port import SerialLine
from toolkit.transport.repl import Repl

_SHORT = 2.0  # seconds: a node that is there shows its prompt well within them
_SHORTER = 1.0  # where nothing is done to it

# The node's own way to write, which no cut of the power harms.
_COUNT_ANEW = """
import slots
r = slots.newest()
t = r and r['trial'] or ''
if len(t) == 1 and r['tries']:
    r['tries'] = 0
    slots.write(r, False)
print(len(t) > 1)
"""


def restart(repl: Repl) -> SerialLine:
    """Start the node on a board again, and leave what is on trial as it is; the open port."""
    return repl.start_anew() if _counted_anew(repl) else repl.reset()


def check(device: str, *, forcible: bool = False) -> None:
    """RefusedError where a release or firmware is on trial on the board at a port.

    Nothing is changed, but its program rests: the caller starts it again. Where the board does not
    answer there is nothing to be said here. `forcible`: somebody may go on with --force.
    """
    with suppress(PortError), Repl(device, patience=_SHORT) as repl:
        record = on_board.current_record(repl)
        if record and record.get("trial"):
            otherwise = ", --force puts another in its place" if forcible else ""
            raise RefusedError(_sentence(repl, record, otherwise))


def spare(device: str) -> None:
    """Before a board is reset by its lines: its next start is to be none of those of a trial.

    RefusedError where that ends the trial at once; then, too, the program of the board rests.
    """
    with suppress(PortError), Repl(device, patience=_SHORTER) as repl:
        check_and_spare(repl)


def check_and_spare(repl: Repl) -> None:
    """The same for a board at its prompt."""
    if _counted_anew(repl):
        raise RefusedError(_sentence(repl, on_board.current_record(repl) or {}))


def _counted_anew(repl: Repl) -> bool:
    """Give back the starts of a release on trial; whether it is firmware that is on trial."""
    try:
        return repl.run(_COUNT_ANEW).strip() == "True"
    except PortError:  # no node, or one whose record cannot be written
        return False


def _sentence(repl: Repl, record: dict[str, Any], otherwise: str = "") -> str:
    name = read_config(repl).get("devfid", known_settings.setting("devfid").default)
    what, again, trial = "firmware", "-o --firmware FILE", str(record.get("trial"))
    if len(trial) == 1:
        version = version_of(on_board.manifest(repl, trial))
        what, again = f"release {version}".rstrip(), "-o"
    which = f"-p '--dev {name}'"
    return (
        f"{what} is on trial on {name}, and goes back by itself within ten minutes of its start, "
        f"which is now: {again} {which} confirms it, -o --back {which} ends "
        f"it{otherwise}; nothing was changed"
    )
