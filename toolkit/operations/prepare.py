"""Learn what a board is, and keep its settings, before anything on it is touched."""

from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from toolkit.model import node_files
from toolkit.model.chip import Chip
from toolkit.model.errors import FlashError, ToolkitError
from toolkit.model.progress import Progress, finished
from toolkit.operations import archive, deploy
from toolkit.operations import board as on_board
from toolkit.transport import port as serial_port
from toolkit.transport.flasher import Flasher
from toolkit.transport.repl import NoPrompt, Repl, ReplError

_RASPBERRY_PI = 0x2E8A  # the USB vendor of boards that esptool does not know
_NOTHING = "no readable settings on the board"
_SLOW = 6.0  # seconds: what is not read now is erased


@dataclass(frozen=True)
class Prepared:
    """A board as it was found: its chip, and what could be read of the node it was."""

    chip: Chip
    settings: Mapping[str, Any]
    secrets: Mapping[str, Any] = field(repr=False)


def prepare(device: str, named: str | None = None) -> Generator[Progress, None, Prepared]:
    """Read chip, MAC and flash size, then archive the settings of the node that was on it, if any.

    `named` is the chip or board that the caller says it is. Whoever holds the cable owns the node:
    its Wi-Fi password is kept for the new installation. A board that goes away while it is read
    is a PortError: it must not be erased unread.
    """
    yield Progress("identify", note=device)
    chip = identify(device, named)
    yield finished("identify", chip.told)
    yield Progress("archive")
    serial_port.wait_for(device)  # native USB is away for a moment, too
    settings, path, secrets = {}, None, {}
    try:
        with Repl(device, patience=_SLOW) as repl:
            settings, path = archive.archive(repl, chip.uid)
            secrets = node_files.unpack(repl.get(node_files.SECRETS)) or {}
            note = str(path) if path else _NOTHING
    except NoPrompt:
        note = _NOTHING
    except ReplError as error:
        note = f"settings not readable: {error}"
    if not settings and (before := archive.latest(chip.uid))[1]:
        settings, note = before[0], f"{note}; those of {before[1]} are taken"
    yield finished("archive", note)
    return Prepared(chip, settings, secrets)


def identify(device: str, named: str | None) -> Chip:
    """Ask the chip itself; where that is none of esptool's, ask the MicroPython on it."""
    if named in deploy.BY_DRIVE or serial_port.vendor(device) == _RASPBERRY_PI:
        return _as_told(device)
    try:
        return Flasher(device).identify()
    except FlashError as error:
        try:
            return _as_told(device)
        except ToolkitError:
            raise error from None


def _as_told(device: str) -> Chip:
    try:
        with Repl(device) as repl:
            return on_board.chip(repl)
    except NoPrompt as error:
        way = deploy.by_drive("pico_w")
        raise NoPrompt(f"no MicroPython prompt on {device}: a Pico W? {way}") from error


@contextmanager
def started_again(device: str) -> Generator[None]:
    """When the work ends early, a node that is still on the board starts again."""
    with ExitStack() as unless_done:
        unless_done.callback(start_again, device)
        yield
        unless_done.pop_all()


def start_again(device: str) -> None:
    """Reset a board, if it can be reached: by its prompt, else by the lines of its port.

    One whose flasher was ended waits in its boot loader, where no prompt answers.
    """
    try:
        with Repl(device, patience=1) as repl:
            repl.reset()
    except ToolkitError:
        serial_port.pulse(device)
