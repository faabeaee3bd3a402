"""The text of `crontasks`: entries, each with its times and its commands. Loaded to read them."""

import binascii
import re

from core.errors import CommandError
from core.once import once
from micropython import const

_BLANKS = const(" \t\r\v\f")
_BEGINS = const(r"([0-9*]|catchup=|sun(rise|set)([^A-Za-z0-9_]|$))")
_CATCHUP = const(r"catchup=\s*([0-9]+)\s+")
_SUN = const(r"(sunrise|sunset)\s*(([+-])\s*([0-9]+))?$")
_ITEM = const(r"\s*(\*|([0-9]+)\s*(-\s*([0-9]+))?)\s*(/\s*([0-9]+)\s*)?$")
_LONGEST = const(24)  # characters that an expression is tried on: it nests with each of them
_FARTHEST = const(1440)  # minutes from a sun event, and of catching up
_ENTRIES = const(12)  # that catch up
_RUNS = const(24)  # a day, of all that catch up


class Entry:
    """What an entry says; `error` is why it is refused.

    `fields` are its times in order, as bytes: days from Thursday on (1970 began with one), hours,
    minutes, seconds; a sun event, named in `sun`, has days alone and is `offset` seconds away.
    `text` is its own, `key` stands for it, `commands` are lines. No function is in here: it would
    keep this file in memory.
    """

    error = None
    fields = ()
    sun = ""
    offset = 0
    fixed = True  # bound to hours of the day: daylight-saving time never skips or doubles it
    daily = True  # its weekday is not written, or *
    catchup = 0  # minutes


def entry(text):
    """Return the entry whose own text this is."""
    return next(each(text))


def each(text):
    """Yield the entries of a text in order, refused ones too, one in memory at a time."""
    known = runs = 0
    for commands, error in _groups(text):
        found = Entry()
        found.text, found.commands = ";".join(commands), commands
        found.key = binascii.crc32(found.text.encode())
        try:
            if error:
                raise CommandError(error)
            _read(found)
            if found.catchup:
                known, count = known + 1, 1
                for values in found.fields[1:]:
                    count *= len(values)
                runs += count
                if known > _ENTRIES or runs > _RUNS:
                    limits = "expected at most %d entries with catchup=, %d runs a day, got more"
                    raise CommandError(limits % (_ENTRIES, _RUNS))
        except CommandError as refusal:
            found.error = "%.160s" % refusal
        yield found


def _groups(text):
    """Yield the pieces of an entry, and why one of them cannot be read."""
    group, why = [], None
    for piece, error in pieces(text):
        if group and re.match(_BEGINS, piece[:_LONGEST]):
            yield group, why
            group, why = [], None
        group.append(piece)
        why = why or error
    if group:
        yield group, why


def pieces(text, stops=";\n"):
    """Yield the pieces of a text, each with the reason why it does not end, or None.

    Those between bars are told where they are empty, too.
    """
    start, at, opens, error = 0, 0, True, None
    bare = "|" in stops  # nothing has come since the last bar, or the beginning
    while at <= len(text):
        sign = text[at : at + 1]
        end = text.find("\n", at) if sign and sign in "#\"'[{" else at
        end = len(text) if end < 0 else end
        remark = sign == "#" and _remark(text, at)
        if remark or sign in stops:
            piece = text[start:at].strip(_BLANKS)
            if piece or (bare and sign == "|"):
                yield piece, error
            bare = sign == "|" or (bare and not piece)
            at = end
            start, error = at + 1, None
        elif opens and sign in "\"'[{":
            try:
                at += once("grammar").closing(text[at:end], 0) - 1
            except CommandError as refusal:
                at, error = end - 1, str(refusal)
        opens = remark or sign in stops or sign in " \t\r\v\f\n=(,"
        at += 1
    if bare:
        yield "", error


def _remark(text, at):
    before, after = text[:at][-1:], text[at + 1 : at + 2]
    return before in "\n" or (before in _BLANKS and after in " \t\r\v\f\n")


def _expect(truth, sentence, came):
    if not truth:
        raise CommandError("expected %s, got '%s'" % (sentence, came))


def _read(found):
    """Put into an entry what its text says."""
    when, _, command = [part.strip(_BLANKS) for part in found.commands[0].partition("!")]
    _expect(command, "WD:H:M:S!command or sunset!command", when)
    found.commands[0] = command
    if when[:8] == "catchup=":
        minutes = re.match(_CATCHUP, when[:_LONGEST])
        found.catchup = int(minutes.group(1)) if minutes else 0
        _expect(0 < found.catchup <= _FARTHEST, "catchup=1 to catchup=1440 and a blank", when)
        when = when[len(minutes.group(0)) :]
    days, *times = [part.strip(_BLANKS) for part in when.split(":")]
    sun = times[-1] if times else days
    sun = re.match(_SUN, sun) if len(sun) <= _LONGEST else None
    if sun:
        found.sun, offset = sun.group(1), int(sun.group(4) or 0)
        _expect(offset <= _FARTHEST, "%s+ or - 0-1440 minutes" % found.sun, offset)
        found.offset = -60 * offset if sun.group(3) == "-" else 60 * offset
        days, *times = ([days] if times else ["*"]) + times[:-1]
    _expect(len(times) == (0 if sun else 3), "WD:H:M:S or WD:sunset", when)
    found.daily = days == "*"
    found.fixed = bool(sun) or times[0][:1] != "*" or "," in times[0]
    _expect(found.fixed or not found.catchup, "fixed hours after catchup=", when)
    found.fields = [_values("WD", 7, days, 4)]
    for name, size, field in zip("HMS", (24, 60, 60), times):
        found.fields.append(_values(name, size, field, 0))


def _values(name, size, field, shift):
    """Return the values that a field stands for, in order; 0 becomes `shift`."""
    found = bytearray(size)  # for each value, whether it is one: lists would take a KB
    for item in field.split(","):
        parts = re.match(_ITEM, item) if len(item) <= _LONGEST else None
        if parts:
            first = int(parts.group(2) or 0)
            last = int(parts.group(4) or parts.group(2) or size - 1)
            step = int(parts.group(6) or 1)
            stepped = not parts.group(5) or parts.group(4) or not parts.group(2)
            stepped = stepped and 0 < step <= size
        form = "%s 0-%d as *, */n, a, a-b or a-b/n, n 1-%d" % (name, size - 1, size)
        _expect(parts and max(first, last) < size and stepped, form, item.strip(_BLANKS))
        last += size if last < first else 0
        for value in range(first, last + 1, step):
            found[(value + shift) % size] = 1
    return bytes([value for value in range(size) if found[value]])
