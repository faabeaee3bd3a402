"""Back up a node over the cable, and see what it is now; the node on the board starts again."""

from collections.abc import Generator

from toolkit.model.backup import BY_HAND, Backup
from toolkit.model.errors import PortError
from toolkit.model.progress import Progress
from toolkit.operations import archive, on_trial, snapshot
from toolkit.operations import board as on_board
from toolkit.operations.prepare import keep_secrets, known_secrets, started_again
from toolkit.transport.repl import Repl

STEPS = (
    "read the settings, the kept state and your own files from the board",
    "keep its passwords in the file of secrets, all else in a file of its own",
    "start the node again",
)


def back_up(device: str) -> Generator[Progress, None, archive.Stored]:
    """Keep a backup, made by hand; the passwords of the node go into the file of secrets."""
    found, secrets = yield from _read(device, BY_HAND)
    keep_secrets(found.uid, secrets)
    return archive.keep(found)


def read_now(device: str) -> Generator[Progress, None, tuple[Backup, list[str]]]:
    """What the node is, and which of its secrets are others than this desk knows."""
    found, secrets = yield from _read(device, "now")
    known = known_secrets(found.uid)
    return found, [name for name, text in known.items() if secrets.get(name, text) != text]


def _read(device: str, made: str) -> Generator[Progress, None, tuple[Backup, dict[str, object]]]:
    yield Progress(snapshot.STAGE, note=device)
    with started_again(device), Repl(device) as repl:
        uid = on_board.look(repl).uid
        found = yield from snapshot.read(repl, uid, made)
        secrets = snapshot.read_secrets(repl)
        if found is None:
            raise PortError(no_node(device, uid))
        on_trial.restart(repl)
    return found, secrets


def no_node(device: str, uid: str) -> str:
    """The sentence for a board that is none; what is known of it is told."""
    before = archive.latest(uid)
    if before is None:
        return f"the board on {device} is no node: --make makes it one"
    return (
        f"the board on {device} is no node, and was {before.backup.name}: --make makes it that "
        f"again, with the settings and files of {before.name}"
    )
