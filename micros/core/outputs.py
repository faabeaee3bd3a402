"""The levels of outputs at power-on: /poweron, which /slots applies before anything else is loaded.

It holds {"pins": [[number, level, level in safe mode], …], "reset": number}, checked.
"""

import json
from binascii import crc32

from core.errors import CommandError
from core.once import once
from micropython import const

_FILE = const("/poweron")
_MOST = const(8)  # pins: the file is to have at most 128 bytes, beyond them a write is an erase
_STATES = {"off": (0, 0), "on": (1, 1), "last": (None, None), "safelast": (None, 0)}


def asked(node):
    """Return {number: levels} of the setting `poweron`, None for a level that is the last."""
    found = {}
    for piece in (node.config.get("poweron") or "n/a").split(";"):
        name, _, state = piece.partition(":")
        name, state = name.strip(), state.strip()
        if piece == "n/a":
            continue
        if not name or state not in _STATES:
            raise CommandError("expected pin:off, on, last or safelast, got '%s'" % piece)
        found[number(node, name)] = _STATES[state]
    if len(found) > _MOST:
        raise CommandError("expected at most %d pins, got %d" % (_MOST, len(found)))
    return found


def number(node, name):
    """Return the number of an output that a setting gives by its name or its number."""
    return usable(node, int(name) if name.isdigit() else once("pins").number(node, name))


def usable(node, number, others=False):
    """Return the number of a pin that can be an output at power-on, or that there is at all."""
    board = once("boards." + node.board)
    known = board.OUTPUTS + (board.OTHERS if others else "")
    if str(number) not in known.split():
        raise CommandError("expected one of the pins %s, got %d" % (known, number))
    return number


def written():
    """Return what the file says; /slots, which reads it at power-on, is too large for now."""
    try:
        with open(_FILE, "rb") as file:
            text = file.read()
        return json.loads(text[8:]) if int(text[:8], 16) == crc32(text[8:]) else {}
    except (OSError, ValueError):
        return {}


def note(node, levels=()):
    """Write the file where settings or the last levels, {number: level}, have changed."""
    before = written()
    last = {pin[0]: pin[1] for pin in before.get("pins", ())}
    last.update(levels)
    content = {}
    try:
        pins = [
            [pin] + [last.get(pin, 0) if level is None else level for level in wanted]
            for pin, wanted in sorted(asked(node).items())
        ]
        reset = node.config.get("resetpin")
        if pins:
            content["pins"] = pins
        if reset not in ("", "n/a"):
            content["reset"] = number(node, reset)
        text = json.dumps(content).encode()
        if content != before:
            with open(_FILE, "wb") as file:
                file.write(b"%08x" % crc32(text) + text)
    except (CommandError, OSError) as error:
        once("problem").tell(node, "outputs at power-on: %s" % error)
