"""Learn what a board is, and keep its settings, before anything on it is touched."""

from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from toolkit.model.backup import Backup
from toolkit.model.chip import Chip
from toolkit.model.errors import FlashError, PortError, ToolkitError
from toolkit.model.progress import Progress, finished
from toolkit.model.undisturbed import undisturbed
from toolkit.model.vault import ROUNDS, opened
from toolkit.operations import archive, deploy, on_trial, snapshot
from toolkit.operations import board as on_board
from toolkit.transport import port as serial_port
from toolkit.transport.flasher import Flasher
from toolkit.transport.repl import Blank, NoPrompt, RaisedError, Repl, ReplError

_RASPBERRY_PI = 0x2E8A  # the USB vendor of boards that esptool does not know
_NOTHING = "no readable settings on the board"
_FOREIGN = ("AttributeError", "ImportError")  # of firmware on which no node runs
_SLOW = 6.0  # seconds: what is not read now is erased


@dataclass(frozen=True)
class Prepared:
    """A board as it was found: its chip, and what could be read of the node it was.

    `found` is the backup of it; `read` tells that it is of now, and not of an earlier time. `runs`
    is the manifest of the release that starts there, `found.board` the board it is made for.
    `blank`: its boot ROM says that there is nothing at all.
    """

    chip: Chip
    settings: Mapping[str, Any]
    secrets: Mapping[str, Any] = field(repr=False)
    found: Backup | None = None
    read: bool = False
    runs: Mapping[str, Any] | None = None
    blank: bool = False


def prepare(
    device: str,
    named: str | None = None,
    *,
    before: str = "make",
    limit: int | None = None,
    spare: Path | None = None,
    force: bool = False,
    trial: bool = True,
) -> Generator[Progress, None, Prepared]:
    """Read chip, MAC and flash size, then back up the node that was on it, if any.

    `named` is the chip or board that the caller says it is, `before` what it is made for. With
    `limit` only so many bytes of the user's own files are read. Whoever holds the cable owns the
    node: its passwords are kept for the new installation. A board that goes away while it is read
    is a PortError, as one whose settings cannot be read: it must not be erased unread, nor get
    older settings. With `force` it is taken for what was kept of it last. `spare` is a backup that
    stays, however old. Without `trial` a node on which something is on trial is left alone, and
    that is a RefusedError, unless `force`.
    """
    yield Progress("identify", note=device)
    with started_again(device) if not (trial or force) else nullcontext():
        if not (trial or force):
            on_trial.check(device, forcible=True)  # first: a reset takes one of its starts
        chip = identify(device, named)
    yield finished("identify", chip.told)
    yield Progress(snapshot.STAGE)
    serial_port.wait_for(device)  # native USB is away for a moment, too
    with started_again(device):
        prepared, note = yield from _archived(
            device, chip, f"before --{before}", limit, spare, force=force
        )
        keep_secrets(chip.uid, prepared.secrets)
    yield finished(snapshot.STAGE, note)
    return prepared


def check_starts(prepared: Prepared, device: str) -> None:
    """Blank where no MicroPython is on the board, before anybody is asked what it is to be."""
    if prepared.blank:
        raise Blank(Blank.sentence(device))


def keep_secrets(uid: str, secrets: Mapping[str, Any]) -> None:
    """Put the passwords that a board had into the file of secrets: they exist nowhere else."""
    vault, appwd = opened(), secrets.get("appwd")
    if secrets.get("claimed") and isinstance(appwd, str) and appwd:
        known, rounds = vault.get(uid), secrets.get("i")
        if not known or known.appwd != appwd:
            vault.put(uid, appwd, rounds if type(rounds) is int and rounds > 0 else ROUNDS)
    vault.wifi(uid, str(secrets.get("stapwd") or ""))


def known_secrets(uid: str) -> dict[str, str]:
    """The passwords of a node as this desk knows them; empty when it does not."""
    vault = opened()
    known = vault.get(uid)
    found = {"appwd": known.appwd if known else "", "stapwd": vault.wifi_of(uid)}
    return {name: text for name, text in found.items() if text}


def _archived(
    device: str, chip: Chip, made: str, limit: int | None, spare: Path | None, *, force: bool
) -> Generator[Progress, None, tuple[Prepared, str]]:
    """What is on the board, kept; where that is nothing, what was kept of it last."""
    found, secrets, runs, blank = None, dict[str, Any](), None, False
    before = archive.latest(chip.uid)
    try:
        with Repl(device, patience=_SLOW) as repl:
            secrets = snapshot.read_secrets(repl)
            record = on_board.current_record(repl)
            runs = on_board.manifest(repl, str(record["run"])) if record else None
            found = yield from snapshot.read(repl, chip.uid, made, limit)
            note = _NOTHING
            _as_whole(chip.uid, found, record)
    except NoPrompt as error:
        if not (force or isinstance(error, Blank) or _may_be_empty(chip.uid, before)):
            raise _unread(device, str(error), before) from error
        note, blank = _NOTHING, isinstance(error, Blank)
    except ReplError as error:
        foreign = isinstance(error, RaisedError) and error.kind in _FOREIGN
        if not (force or (foreign and _may_be_empty(chip.uid, before))):
            raise _unread(device, str(error), before) from error
        found, note = None, f"settings not readable: {error}"
    if found is None:
        prepared, note = _as_before(chip, secrets, runs, before, note)
        return replace(prepared, blank=blank), note
    damaged = snapshot.without_settings(found)
    if damaged and not force:
        raise _unread(device, "they are damaged", before)
    if damaged and before:
        found = replace(found, settings=before.backup.settings)
    note = str(archive.keep(found, spare).path) + left_out(found)
    if damaged:
        note += f"; the settings are those of {before.path}" if before else ""
    elif not found.settings:
        note += _reset(chip.uid)
    secrets = _completed(chip.uid, secrets)
    return Prepared(chip, found.settings, secrets, found, read=True, runs=runs), note


def _as_whole(uid: str, found: Backup | None, record: Mapping[str, Any] | None) -> None:
    """What is read well and has a boot record is a node: another desk may have made it one."""
    if found and record:
        archive.whole(uid)


def _as_before(
    chip: Chip,
    secrets: Mapping[str, Any],
    runs: Mapping[str, Any] | None,
    before: archive.Stored | None,
    note: str,
) -> tuple[Prepared, str]:
    """A board that is no node, or not any more: an interrupted --make goes on."""
    secrets = _completed(chip.uid, secrets)
    if before is None:
        return Prepared(chip, {}, secrets, runs=runs), note
    note = f"{note}; those of {before.path} are taken"
    return Prepared(chip, before.backup.settings, secrets, before.backup, runs=runs), note


def _may_be_empty(uid: str, before: archive.Stored | None) -> bool:
    """Whether a board without a prompt has nothing to lose: it was no node, or was erased here."""
    return archive.was_erased(uid) or not (before or known_secrets(uid))


def _unread(device: str, why: str, before: archive.Stored | None) -> PortError:
    """Why nothing is done: what is on the board would be lost, or an older state written over it.

    Whoever has looked can go on.
    """
    way = f"goes on with those of {before.name}" if before else "goes on as if there were none"
    return PortError(
        f"the settings of the node on {device} cannot be read ({why}), and nothing was changed: "
        f"repeat the command, or --force {way}"
    )


def _reset(uid: str) -> str:
    """What to know of a node that has the settings of a new one, as after `reset settings`.

    It is one as it is: its boot record was the last that was written.
    """
    last = archive.with_settings(uid)
    if last is None:
        return ""
    return (
        "; its settings were reset and stay so: --restore "
        f"{last.name} settings brings those it had before"
    )


def _completed(uid: str, secrets: Mapping[str, Any]) -> dict[str, Any]:
    """The passwords of a board, completed by those that this desk knows of it."""
    known = known_secrets(uid)
    own = dict(secrets)
    if known.get("appwd") and not own.get("claimed"):  # the node has lost it, and made itself one
        own = {name: it for name, it in own.items() if name not in ("appwd", "k", "i")}
        own["claimed"] = True
    return {**known, **own}


def left_out(found: Backup) -> str:
    """What a person must know of a backup that is not whole; empty when it is."""
    names = ", ".join(name for name, _ in found.left_out)
    return f"; not in it, too large or not readable: {names}" if names else ""


@contextmanager
def started_again(device: str) -> Generator[None]:
    """When the work ends early, a node that is still on the board starts again."""
    with ExitStack() as unless_done:
        unless_done.callback(start_again, device)
        yield
        unless_done.pop_all()


def start_again(device: str) -> None:
    """Reset a board, if it can be reached: by its prompt, else by the lines of its port.

    One whose flasher was ended waits in its boot loader, where no prompt answers. Who presses
    Ctrl-C again meanwhile waits for it: else the node would rest.
    """
    with undisturbed():
        try:
            with Repl(device, patience=1) as repl:
                on_trial.restart(repl)
        except ToolkitError:
            serial_port.pulse(device)


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
