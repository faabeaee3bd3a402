"""Lines of config mode as requests about settings, and what comes back as config mode shows it."""

import difflib
import re
from collections.abc import Mapping
from typing import cast

from toolkit.model import settings
from toolkit.model.errors import InputError, RefusedError
from toolkit.model.text import clean
from toolkit.model.vault import ROUNDS, derive
from toolkit.transport.tags import Hidden

_IN_A_LINE = 600  # bytes of a value that fits into a line beside the rest
_PAIR = r"""\s*(\w+)=("[^"]*"|'[^']*'|[^\s"']\S*|)(?=\s|$)"""


def given(uid: str, texts: Mapping[str, str]) -> dict[str, object]:
    """Settings as a request names them: secrets hidden, a password with its key."""
    return hidden(texts) | (key_of(uid, texts["appwd"]) if "appwd" in texts else {})


def hidden(texts: Mapping[str, str]) -> dict[str, object]:
    """Settings as a request names them: secrets hidden."""
    return {
        name: Hidden(value) if settings.is_secret(name) else value for name, value in texts.items()
    }


def key_of(uid: str, appwd: str) -> dict[str, object]:
    """The key made from a password on the desk, with as many rounds as a desk can afford."""
    return {"k": Hidden(derive(appwd, uid, ROUNDS).hex()), "i": ROUNDS}


def is_long(name: str, value: str) -> bool:
    """Whether a value travels in chunks; a secret never does."""
    return len(value.encode()) > _IN_A_LINE and not settings.is_secret(name)


def shown(answer: object) -> dict[str, str]:
    """All settings as people see them."""
    if not isinstance(answer, dict):
        raise InputError("the node tells no settings")
    table = cast(dict[str, object], answer)
    return {clean(name): clean(str(value)) for name, value in table.items()}


def asked(answer: object, key: str) -> str:
    """The value of one setting; for a name that is none the nearest."""
    found = shown(answer)
    near = difflib.get_close_matches(key, found, 1)
    hint = f", did you mean '{near[0]}'?" if near else ""
    return found.get(key, "Invalid key" + hint)


def dumped(answer: object, part: str) -> str:
    """The settings with this in their name, a line for each."""
    found = shown(answer).items()
    return "\n".join(f"  {name:<10}:  {value}" for name, value in found if part in name)


def holds_secret(word: str, rest: str) -> bool:
    """Whether a line of config mode sets a secret, or tries one."""
    if word == "try":
        return any(settings.is_secret(name) for name in re.findall(r"(\w+)\s*=", rest))
    return settings.is_secret(word) and bool(rest)


def saved(answer: object) -> str:
    """The word for a change that was made."""
    return "Saved" if answer is True else clean(str(answer))


def reset(what: str) -> dict[str, object]:
    """What follows `reset`."""
    if what != "settings":
        raise RefusedError(f"refused: expected reset settings, got 'reset {what}'")
    return {"reset": True}


def tried(text: str) -> tuple[int, dict[str, str]]:
    """Seconds and settings of `try 60 key=value key="two words"`, as a node reads them."""
    seconds, _, rest = text.partition(" ")
    if not re.fullmatch(f"({_PAIR})+\\s*", rest) or not seconds.isdecimal():
        # What came instead is not told: it may be a secret.
        raise RefusedError('refused: expected try <5 to 3600 seconds> key=value key="two words"')
    return int(seconds), {name: _unquoted(value) for name, value in re.findall(_PAIR, rest)}


def _unquoted(value: str) -> str:
    return value[1:-1] if value[:1] in ("'", '"') else value
