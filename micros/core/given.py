"""New values of settings that came over the link. Loaded for one request."""

from core.errors import CommandError
from core.once import once


def short(link, request):
    """Take values that stand in the line, and a key of the link, if any."""
    given = request.given["set"]
    if not isinstance(given, dict) or not given:
        raise CommandError("conf: expected set as {name: value}")
    hidden = secret(link.node.config)
    texts, key = {}, {}
    for name, value in given.items():
        if name in hidden or isinstance(value, dict):
            value = link.opened(request, name, value)
        if name in ("k", "i"):
            key[name] = value
        else:
            texts[name] = _text(name, value)
    if key:
        _check_key(key)
    request.texts, request.key = texts, key
    file = "saving"
    request.step = link.later, file, "tried" if "try" in request.given else "saved", request


def secret(config):
    """Return the names of what never comes in clear."""
    return [row[0] for row in once("table").rows(config) if "s" in row[3]] + ["k"]


def _text(name, value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        raise CommandError("%s: expected a text, a whole number, true or false" % name)
    return value


def _check_key(key):
    k, i = key.get("k"), key.get("i")
    if not isinstance(k, str) or len(k) != 64 or k.strip("0123456789abcdef"):
        raise CommandError("k: expected 64 hex digits in lower case, and i with it")
    if type(i) is not int or not 400 <= i <= 200_000:
        raise CommandError("i: expected a whole number from 400 to 200000, and k with it")
