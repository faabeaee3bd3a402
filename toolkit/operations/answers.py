"""What a new node is to be: by what it was, its profile, what is given, and what a person says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from toolkit.model import pins, profile, settings
from toolkit.model.cache import Cache
from toolkit.operations import defaults, namesakes, restore
from toolkit.operations.air import Dial
from toolkit.operations.make import Answers
from toolkit.operations.prepare import Prepared

_QUESTIONS = {"devfid": "name of the node", "staessid": "Wi-Fi network", "stapwd": "its password"}

Answer = TypeVar("Answer")


class Person(Protocol):
    """Who is told and asked; `ask` asks until `check` raises no InputError."""

    def note(self, text: str, /) -> None: ...
    def warn(self, text: str, /) -> None: ...
    def ask(
        self,
        question: str,
        default: Answer,
        check: Callable[[str], Answer],
        /,
        *,
        secret: bool = False,
    ) -> Answer: ...


@dataclass(frozen=True)
class Wish:
    """What is said of the new node before any board is touched; `ask`: somebody can be asked."""

    given: Mapping[str, settings.Value] = field(repr=False)
    profile: profile.Profile | None
    ask: bool
    known: bool = False  # the board is a node already, and keeps what the profile does not say


@dataclass(frozen=True)
class Asking:
    """Whom to ask, and the nodes that bear names already; `dial` reaches them."""

    person: Person
    cache: Cache
    dial: Dial


def check(wish: Wish, board: str) -> None:
    """InputError for what can be no node on that board, whatever is on it now."""
    if not board:
        return  # its chip says it
    values = dict(wish.given)
    if wish.profile:
        wish.profile.fits(board)
        values = _said(wish.profile) | values
    pins.check(board, values, pins.sure(board, values, values))


def answers(
    wish: Wish, prepared: Prepared, board: str, asking: Asking, *, virtual: bool
) -> Answers:
    """Name, Wi-Fi, profile and whatever the profile leaves open; asked where that is wished.

    What was on the board before is the default; what is given and the profile win over it, and must
    name pins that `board` has. What was there before may be wrong: the node tells it.
    """
    person = asking.person
    chosen = wish.profile or _profile(person, board, asking=wish.ask and not wish.known)
    chosen.fits(board)
    for sentence in restore.sound(prepared.settings)[1]:  # what it had, and is not to lose unsaid
        person.warn(sentence)
    values = defaults.of(prepared, asking.cache.nodes(), virtual=virtual, known=wish.known)
    values |= _said(chosen) | {**wish.given}
    left = [key for key, value in chosen.config.items() if value is None]
    if wish.ask:
        names = [*(() if wish.known else _QUESTIONS), *left]
        _asked([name for name in names if name not in wish.given], values, prepared, asking)
    else:
        _told(person, [name for name in left if name not in values])
    pins.check(board, values, {*wish.given, *chosen.config})
    for remark in settings.remarks(values):
        person.warn(remark)
    secret = {key: str(value) for key, value in values.items() if settings.setting(key).secret}
    plain = {key: value for key, value in values.items() if key not in secret}
    wiring = _wiring(chosen, board, str(values.get("cstmpmap", "")))
    return Answers(prepared.chip.uid, plain, secret, chosen.examples, wiring)


def _said(chosen: profile.Profile) -> dict[str, settings.Value]:
    """What a profile does not leave open."""
    return {key: value for key, value in chosen.config.items() if value is not None}


def _asked(
    names: Sequence[str], values: dict[str, settings.Value], prepared: Prepared, asking: Asking
) -> None:
    if names:
        asking.person.note("about the new node (Enter takes what stands in brackets):")
    for name in names:
        check = _name_check(prepared, asking) if name == "devfid" else _check(name)
        values[name] = _ask(asking.person, name, values.get(name), check)


def _ask(
    person: Person,
    name: str,
    default: settings.Value | None,
    check: Callable[[str], settings.Value],
) -> settings.Value:
    row = settings.setting(name)
    question = _QUESTIONS.get(name, f"{name}: {row.help} ({row.range})")
    start = row.default if default is None else default
    return person.ask(question, start, check, secret=row.secret)


def _check(name: str) -> Callable[[str], settings.Value]:
    return lambda text: settings.parse(name, text)


def _name_check(prepared: Prepared, asking: Asking) -> Callable[[str], settings.Value]:
    """A name that a node has which serves now is refused at once, and not after all questions."""

    def check(text: str) -> settings.Value:
        name = settings.parse("devfid", text)
        namesakes.check_free(asking.dial, str(name), prepared.chip.uid, asking.cache.nodes())
        return name

    return check


def _told(person: Person, names: Sequence[str]) -> None:
    """Say what the profile would have asked for, and what it is now."""
    for name in names:
        row = settings.setting(name)
        if not row.secret:
            stays = f"{name} stays {row.default}, for nobody was asked"
            person.note(f"{stays}; --set {name}=… says it: {row.expectation}")


def _wiring(chosen: profile.Profile, board: str, own: str) -> list[str]:
    there = pins.numbers(board, own)
    return [f"{name} ({there.get(name, '?')}): {what}" for name, what in chosen.wiring.items()]


def _profile(person: Person, board: str, *, asking: bool) -> profile.Profile:
    if not asking:
        return profile.load("default")
    for name in profile.names():
        person.note(f"  {name:<12}{profile.load(name).about}")

    def check(text: str) -> profile.Profile:
        found = profile.load(text)
        found.fits(board)
        return found

    return person.ask("profile", profile.load("default"), check)
