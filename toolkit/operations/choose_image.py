"""Which firmware is written to a board whose chip has been asked: found, fetched, or picked."""

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from toolkit.model import catalogue, image
from toolkit.model.catalogue import Entry
from toolkit.model.chip import Chip
from toolkit.model.errors import InputError
from toolkit.model.image import Image
from toolkit.model.progress import Progress
from toolkit.operations import fetch, images, which_image
from toolkit.operations.answers import Person
from toolkit.operations.images import Offer
from toolkit.operations.which_image import Wish

Choose = Callable[[Chip], Generator[Progress, None, Path]]


class Picker(Person, Protocol):
    """Who is shown what there is to pick from."""

    def table(self, rows: Iterable[Sequence[object]], headers: Sequence[str], /) -> None: ...
    def agreed(self, question: str, /, *, default: bool) -> bool: ...


@dataclass(frozen=True)
class Picking:
    """Who is shown what there is, and whether to be asked; what a virtual board runs by itself."""

    picker: Picker
    ask: bool
    own: Callable[[str], Path]  # for a chip


def chosen(wish: Wish, chip: Chip, picking: Picking) -> Generator[Progress, None, Path]:
    """The firmware to write, checked; InputError, before anything is erased, for what is wrong."""
    if wish.virtual and not wish.word:
        return images.checked(image.read(picking.own(chip.family)), chip).path
    resolved = yield from _resolved(wish, chip, picking)
    found = which_image.fitting(wish, resolved, chip)
    for doubt in images.doubts(found, chip):
        picking.picker.warn(doubt)
    picking.picker.note(f"firmware: {found.path} ({found.told})")
    return found.path


def _resolved(wish: Wish, chip: Chip, picking: Picking) -> Generator[Progress, None, Image]:
    meant = which_image.meant(wish, chip)
    if isinstance(meant, Entry):
        return (yield from fetch.fetch(meant, fetch.source()))
    if isinstance(meant, Image):
        return meant
    if not meant.fitting:
        return (yield from _none(wish, chip, meant, picking))
    return _picked(picking.picker, meant) if picking.ask else which_image.best(meant)


def _none(
    wish: Wish, chip: Chip, offer: Offer, picking: Picking
) -> Generator[Progress, None, Image]:
    """Nothing at hand fits: say why, and offer to fetch one where somebody can be asked."""
    for why in which_image.why_none(offer):
        picking.picker.note(why)
    if picking.ask:
        entry, source = catalogue.entry(catalogue.LATEST, chip, wish.board), fetch.source()
        if picking.picker.agreed(f"fetch {entry.told} from {source.base}?", default=False):
            return (yield from fetch.fetch(entry, source))
    raise which_image.none_fits(wish, chip)


def _picked(picker: Picker, offer: Offer) -> Image:
    best = offer.best or offer.fitting[0]
    rows = [(number, it.path, it.told) for number, it in enumerate(offer.fitting, 1)]
    picker.table(rows, ["", "firmware that fits", "what it is"])

    def check(text: str) -> int:
        if text.isdecimal() and 0 < int(text) <= len(offer.fitting):
            return int(text)
        raise InputError(f"expected a number from 1 to {len(offer.fitting)}, got {text!r}")

    number = picker.ask("which one", list(offer.fitting).index(best) + 1, check)
    return offer.fitting[number - 1]
