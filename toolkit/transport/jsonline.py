"""Requests and answers of a link as JSON: what may be sent, what is read of a stranger. Pure."""

import json
import re
from collections.abc import Callable, Mapping
from typing import cast

from toolkit.model import settings
from toolkit.model.errors import InputError
from toolkit.transport.tags import Hidden

DEPTH = 16
_STRING = re.compile(rb'"(?:\\.|[^"\\])*"')

Fields = Mapping[str, object]


def dump(fields: Fields, hide: Callable[[str, str], str]) -> bytes:
    """A request as JSON; `hide` seals the secrets in it, for the line that is written next."""

    def plain(value: object) -> object:
        raise InputError(f"a node takes numbers, texts, lists and such, not {value!r:.60}")

    def sealed(name: str, value: object) -> object:
        if isinstance(value, Hidden):
            return {"x": hide(name, value.value)}
        if isinstance(value, dict):
            inner = cast(dict[str, object], value)
            return {key: sealed(key, one) for key, one in inner.items()}
        return value

    if fields.get("op") == "conf":
        _none_in_clear(fields)
    whole = {name: sealed(name, value) for name, value in fields.items()}
    try:
        # As it is: MicroPython does not join the two halves of an escaped letter beyond U+FFFF.
        text = json.dumps(
            whole, separators=(",", ":"), default=plain, allow_nan=False, ensure_ascii=False
        )
        return text.encode()
    except UnicodeEncodeError:
        raise InputError("expected text, got half of a letter, which no node can take") from None
    except (ValueError, RecursionError, TypeError) as error:
        raise InputError(f"this cannot be sent to a node: {error}") from None


def _none_in_clear(fields: Fields) -> None:
    """InputError where settings go to a node with a secret that anybody could read on the way."""
    given = fields.get("set")
    texts = cast(dict[str, object], given) if isinstance(given, dict) else dict[str, object]()
    clear = [name for name, value in texts.items() if not isinstance(value, Hidden)]
    for name in (*clear, fields.get("key")):
        if name == "k" or settings.is_secret(name):  # k: the key that is made from a password
            raise InputError(
                f"{name} is a secret and was not sent: set it in the node's shell (-c, then conf) "
                f"or with --set {name}=-; a program gives it as toolkit.transport.tags.Hidden(...)"
            )
    if "appwd" in texts and "k" not in texts and "try" not in fields:
        raise InputError(
            "appwd comes with a key that is made from it and is kept here too: change it in the "
            "node's shell (-c, then conf)"
        )


def load(text: bytes) -> object:
    """JSON of a stranger; ValueError unless it is sound and not deep."""
    depth = 0
    for sign in _STRING.sub(b"", text):
        depth += (sign in b"[{") - (sign in b"]}")
        if depth > DEPTH:
            raise ValueError("JSON that is too deep")
    return json.loads(text, parse_constant=_no_number)


def calling(
    module: str, function: str, args: tuple[object, ...], named: Mapping[str, object]
) -> dict[str, object]:
    """A `call` as a request names it."""
    if not all(str(one).isidentifier() for one in (module, function)):
        raise InputError(f"expected the names of a module and a function, got {module} {function}")
    fields: dict[str, object] = {"module": module, "function": function, "args": list(args)}
    return fields | ({"named": dict(named)} if named else {})


def _no_number(name: str) -> object:
    raise ValueError(name)
