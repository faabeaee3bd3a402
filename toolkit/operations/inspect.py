"""Look at what is on a board over the cable; the node on it is started again."""

from toolkit.model import release
from toolkit.model.chip import Chip
from toolkit.operations import board as on_board
from toolkit.operations import on_trial
from toolkit.operations.prepare import started_again
from toolkit.transport.flasher import Flasher
from toolkit.transport.repl import Repl


def version(device: str) -> str | None:
    """The release that the board starts, None when there is none."""
    with Repl(device) as repl:
        record = on_board.current_record(repl)
        manifest = on_board.manifest(repl, str(record["run"])) if record else None
        on_trial.restart(repl)
    return release.shown(manifest["release"]) if manifest else None


def chip(device: str) -> Chip:
    """Ask the chip of a board, and nothing else of it; the reset ends no trial."""
    with started_again(device):
        on_trial.spare(device)
        return Flasher(device).identify()


def files(device: str) -> list[tuple[str, int]]:
    """All files with their sizes in bytes; folders have size -1."""
    with Repl(device) as repl:
        found = on_board.list_files(repl)
        on_trial.restart(repl)
    return found
