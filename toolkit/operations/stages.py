"""The order of what is done to a board on a cable: looked at, asked for, changed, started.

Nothing is asked before the board has been looked at, nothing is changed before all is answered.
"""

from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path

from toolkit.model import which_board
from toolkit.model.chip import Chip
from toolkit.model.progress import Progress
from toolkit.operations import at_work, namesakes, prepare, replacing
from toolkit.operations import deploy as flash
from toolkit.operations import make as making
from toolkit.operations import update as updating
from toolkit.operations.answers import Asking, answers
from toolkit.operations.choose_image import Choose
from toolkit.operations.make import Answers, Made
from toolkit.operations.order import Order
from toolkit.operations.prepare import Prepared

_CHEAP = 256 * 1024  # bytes of own files that are backed up where nothing is erased


@dataclass(frozen=True)
class Done:
    """The node that a board has become, and what it was told to be."""

    made: Made
    answers: Answers


@dataclass(frozen=True)
class Same:
    """A node that ran this release already: its uid, its name, the release."""

    uid: str
    name: str
    version: str


def make(
    device: str, order: Order, asking: Asking, choose: Choose
) -> Generator[Progress, None, Done]:
    """Erase, flash and install: the whole way."""
    prepared = yield from _looked(device, order, "make")
    with prepare.started_again(device), at_work.by_cable(prepared.chip.uid, device):
        image = yield from choose(_chip(order, prepared))
        said, pins = _settled(order, prepared, asking, erased=True)
        made = yield from making.make(device, prepared.chip.family, image, said, pins)
    return _known(order, asking, made, said)


def install(device: str, order: Order, asking: Asking) -> Generator[Progress, None, Done]:
    """Install on a board that has MicroPython: what it was, or what a backup says."""
    prepared = yield from _looked(device, order, "install", _CHEAP)
    prepare.check_starts(prepared, device)
    with prepare.started_again(device), at_work.by_cable(prepared.chip.uid, device):
        chip, wish = _chip(order, prepared), order.wish
        if prepared.found:  # what is a node keeps its settings; a new profile asks for its own
            wish = replace(wish, known=True, ask=wish.ask and wish.profile is not None)
        order = replace(order, wish=wish)
        said, pins = _settled(order, prepared, asking, erased=False)
        made = yield from making.install(device, chip.family, said, pins)
    return _known(order, asking, made, said)


def update(
    device: str, order: Order, asking: Asking, choose: Choose | None
) -> Generator[Progress, None, Done | Same]:
    """Give a node this release, with `choose` on a flash that is erased and written before."""
    wish = replace(order.wish, known=True, ask=False)
    order = replace(order, wish=wish)
    prepared = yield from _looked(device, order, "update", None if choose else _CHEAP)
    with prepare.started_again(device), at_work.by_cable(prepared.chip.uid, device):
        updating.check_node(prepared, device)
        chip = _chip(order, prepared)
        image = (yield from choose(chip)) if choose else None
        said, pins = _settled(order, prepared, asking, erased=image is not None)
        changed = bool(wish.given or wish.profile)
        made = yield from updating.update(
            device, prepared, chip.family, said, pins, image, anew=order.force, changed=changed
        )
    if isinstance(made, str):
        return Same(prepared.chip.uid, str(said.settings["devfid"]), made)
    return Done(made, said)


def erase(device: str, board: str | None, *, force: bool) -> Generator[Progress, None, Chip]:
    """Back up what is on a board, and erase its flash."""
    prepared = yield from prepare.prepare(device, board, before="erase", force=force)
    with prepare.started_again(device), at_work.by_cable(prepared.chip.uid, device):
        flash.check_flashable(prepared.chip.family)
        yield from flash.erase(device, prepared.chip.uid)
    return prepared.chip


def deploy(
    device: str, board: str | None, choose: Choose, *, force: bool
) -> Generator[Progress, None, tuple[Chip, Path]]:
    """Back up what is on a board, erase its flash and write MicroPython."""
    prepared = yield from prepare.prepare(device, board, before="deploy", force=force)
    chip = prepared.chip
    with prepare.started_again(device), at_work.by_cable(chip.uid, device):
        flash.check_flashable(chip.family)
        which_board.chip(board, chip.family)
        image = yield from choose(chip)
        yield from flash.erase(device, chip.uid)
        yield from flash.deploy(device, chip.family, image)
    return chip, image


def _looked(
    device: str, order: Order, before: str, limit: int | None = None
) -> Generator[Progress, None, Prepared]:
    """Learn what the board is, and back up what is on it; what is on trial there stops no make."""
    trial = before == "make"
    spare = order.source.stored.path if order.source else None
    before = "restore" if order.source else before
    return prepare.prepare(
        device, order.board, before=before, limit=limit, spare=spare, force=order.force, trial=trial
    )


def _chip(order: Order, prepared: Prepared) -> Chip:
    """The chip that was found; InputError where the board is said to have another."""
    which_board.chip(order.board, prepared.chip.family)
    return prepared.chip


def _settled(
    order: Order, prepared: Prepared, asking: Asking, *, erased: bool
) -> tuple[Answers, str]:
    """What the node is to be, all questions answered, and the board whose pins it has."""
    wish, prepared = replacing.of(order, prepared, asking, erased=erased)
    pins = which_board.made_for(order.board, prepared.chip.family, prepared.found)
    said = answers(wish, prepared, pins, asking, virtual=order.virtual)
    said = making.carried(said, prepared, erased=erased)
    name = str(said.settings["devfid"])
    for sentence in namesakes.warnings(asking.dial, name, said.uid, asking.cache.nodes()):
        asking.person.warn(sentence)  # before anything is erased: it may be wanted, or a slip
    return said, pins


def _known(order: Order, asking: Asking, made: Made, said: Answers) -> Done:
    """The node that a backup was of is forgotten where this one bears its name now."""
    if order.source:
        namesakes.taken_over(asking.cache, order.source.stored.backup, made.node)
    return Done(made, said)
