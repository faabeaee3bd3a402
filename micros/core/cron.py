"""The text of `crontasks`: entries, each with its times and its commands. Loaded to read them."""

import binascii

from core.errors import CommandError
from core.once import once
from micropython import const

_BLANKS = const(" \t\r\v\f")
_FIELDS = (("WD", 7), ("H", 24), ("M", 60), ("S", 60))
_FORMS = const("expected %s 0-%d as *, */n, a, a-b, a-b/n or a list of them, got '%s'")
_SHOWN = const(60)  # characters of an entry that its refusal repeats
_FARTHEST = const(1440)  # minutes from a sun event, and of catching up
_ENTRIES = const(12)  # that catch up
_RUNS = const(24)  # a day, of all that catch up


class Entry:
    """What an entry says.

    `fields` are the times in order, as bytes: days from Thursday on (1970 began with one), hours,
    minutes, seconds; a sun event, named in `sun`, has days alone and `offset` seconds.
    """

    sun = ""  # or sunrise, sunset
    offset = 0
    catchup = 0  # minutes
    fixed = True  # bound to hours of the day: daylight-saving time never skips or doubles it
    daily = True  # no weekday is written, or *
    error = None  # why it is refused
    fields = ()

    def __init__(self, text, commands):
        self.text = text
        self.commands = commands
        self.key = binascii.crc32(text.encode())


def entries(text):
    """Return the entries of a text in order, refused ones too."""
    return list(each(text))


def entry(text):
    """Return the one entry of its own text."""
    for found in each(text):
        return found
    return _made(["", None])


def each(text):
    """Yield the entries of a text, one in memory at a time."""
    known, room = _ENTRIES, _RUNS
    for group in _groups(text):
        found = _made(group)
        if found.catchup and not found.error:
            known -= 1
            runs = 1
            for values in found.fields[1:]:
                runs *= len(values)
            if known < 0 or runs > room:
                found.error = (
                    "cron: expected at most %d entries with catchup=, of %d runs a day"
                    % (
                        _ENTRIES,
                        _RUNS,
                    )
                    + ", got more with '%s'" % found.text[:_SHOWN]
                )
            else:
                room -= runs
        yield found


def _groups(text):
    """Yield [piece with a time, further pieces …, why they cannot be read or None]."""
    group, end = None, -1
    while end < len(text):
        start = end + 1
        end = text.find("\n", start)
        if end < 0:
            end = len(text)
        for piece, error in _pieces(text[start:end]):
            if group and not _begins(piece):
                group[-1:] = (piece, group[-1] or error)
            else:
                if group:
                    yield group
                group = [piece, error]
    if group:
        yield group


def _pieces(line):
    """Yield the pieces of a line, each with the reason why it does not end, or None."""
    start, at, opens, bracket, error = 0, 0, True, False, None
    while at <= len(line):
        sign = line[at : at + 1]
        remark = sign == "#" and _remark(line, at)
        if not sign or sign == ";" or remark:
            piece = line[start:at].strip(_BLANKS)
            if piece:
                yield piece, error
            if remark:
                return
            start, bracket = at + 1, False
        elif opens and sign in "\"'[{":
            try:
                at = once("core.grammar").closing(line, at) - 1
            except CommandError as refusal:
                at, error = len(line) - 1, str(refusal)
        elif sign == "(" and len(line[start:at].split("!", 1)[-1].split()) == 2:
            bracket = True  # the v0.4 form of a command
        opens = sign in "; \t\r\v\f=" or (bracket and sign in "(,")
        at += 1


def _remark(line, at):
    after = line[at + 1 : at + 2]
    return not at or (line[at - 1] in _BLANKS and after in _BLANKS)  # the end is a blank too


def _sun(text):
    """Return sunrise or sunset where a text begins with it."""
    for name in ("sunrise", "sunset"):
        if text.startswith(name) and text[len(name) :].strip(_BLANKS)[:1] in "!+-":
            return name
    return ""


def _begins(piece):
    """Tell whether a piece begins with a time."""
    return "0" <= piece[0] <= "9" or piece[0] == "*" or piece[:8] == "catchup=" or _sun(piece)


def _made(group):
    """Return the entry of these pieces."""
    error = group.pop()
    found = Entry(("\n" if error else ";").join(group), group)
    when, mark, group[0] = [part.strip(_BLANKS) for part in group[0].partition("!")]
    try:
        _expect(not error, error)
        _expect(mark and group[0], "expected WD:H:M:S!command or sunset!command")
        if when[:8] == "catchup=":
            minutes, _, when = when[8:].partition(" ")
            found.catchup = _number(minutes, 1, _FARTHEST)
            _expect(found.catchup, "expected catchup= 1-%d minutes" % _FARTHEST, minutes)
        _read(found, [part.strip(_BLANKS) for part in when.split(":")])
        _expect(found.fixed or not found.catchup, "expected fixed hours after catchup=", when)
    except CommandError as refusal:
        found.error = "cron: %s in '%s'" % (refusal, found.text[:_SHOWN])
    return found


def _expect(truth, sentence, came=None):
    if not truth:
        raise CommandError(sentence if came is None else "%s, got '%s'" % (sentence, came))


def _read(found, parts):
    """Put the parts of the time, split at colons, into an entry."""
    found.sun = _sun(parts[-1])
    if found.sun:
        offset = parts.pop()[len(found.sun) :].strip(_BLANKS)
        minutes = _number(offset[1:], 0, _FARTHEST) if offset else 0
        _expect(
            minutes is not None, "expected %s+ or - 0-%d minutes" % (found.sun, _FARTHEST), offset
        )
        found.offset = -60 * minutes if offset[:1] == "-" else 60 * minutes
        parts = parts or ["*"]
    elif len(parts) == 4:
        found.fixed = parts[1][:1] != "*" or "," in parts[1]
    _expect(
        len(parts) == (1 if found.sun else 4), "expected WD:H:M:S or WD:sunset", ":".join(parts)
    )
    found.daily = parts[0] == "*"
    fields = []
    for (name, size), part in zip(_FIELDS, parts):
        fields.append(_values(size, part))
        _expect(fields[-1], _FORMS % (name, size - 1, part))
    fields[0] = bytes(sorted([(day + 4) % 7 for day in fields[0]]))
    found.fields = fields


def _values(size, field):
    """Return the values of a field in order, or None where it is none."""
    found = set()
    for item in field.split(","):
        span, slash, step = item.partition("/")
        first, dash, last = span.partition("-")
        if span.strip(_BLANKS) == "*":
            first, last = 0, size - 1
        else:
            first = _number(first, 0, size - 1)
            last = _number(last, 0, size - 1) if dash else first
            slash = slash and (dash or None)
        step = _number(step, 1, 9999) if slash else 1
        if slash is None or first is None or last is None or step is None:
            return None
        last += size if last < first else 0
        found.update([value % size for value in range(first, last + 1, step)])
    return bytes(sorted(found))


def _number(text, least, most):
    """Return the number a text is, None where it is none or out of its range."""
    text = text.strip(_BLANKS)
    if not text or min(text) < "0" or max(text) > "9" or len(text.lstrip("0")) > 4:
        return None
    number = int(text)
    return number if least <= number <= most else None
