"""JSON from outside: parsed once its depth is bearable. Loaded for a line."""

import json

from micropython import const

_DEEPEST = const(8)
_LACK = const(b'not enough memory","type":"unbegun')


def read(text):
    """What a line says, None where it is no JSON."""
    if text.count(b"[") + text.count(b"{") > _DEEPEST and depth(text) > _DEEPEST:
        return None
    try:
        return json.loads(text.decode())
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        return None


def begin(link, text):
    """Read a line, and hand on what it says."""
    try:
        given = read(text)
    except MemoryError:
        number = text[text.find(b'"id"') + 5 :].lstrip().split(b",")[0]
        return link.send(b'{"id":%s,"error":"refused","text":"%s"}' % (number, _LACK))
    file = "linkopen"
    return link.later, file, "begin", (given, text)


def chunk(_, text):
    """What a line says that announces a payload, None for another."""
    found = read(text)
    return found if isinstance(found, dict) and "at" in found else None


def depth(text):
    """The most brackets that are open at a time; those in texts are none."""
    deepest = now = 0
    quoted = escaped = False
    for letter in text:
        if quoted:
            quoted = letter != 34 or escaped
            escaped = letter == 92 and not escaped
        elif letter == 34:
            quoted, escaped = True, False
        elif letter in b"[{":
            now += 1
            deepest = max(deepest, now)
        elif letter in b"]}":
            now -= 1
    return deepest
