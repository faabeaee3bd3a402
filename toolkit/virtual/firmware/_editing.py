"""Keys that edit a line at the friendly prompt: arrows, Home, End, Delete, Tab.

As at the prompt of a real board: the last eight lines, names completed. Loaded with the first such
key of a line, and dropped with its end: a small heap has no room.
"""

import builtins

import usys
from _terminal import read, write

_TAB, _ESCAPE = 9, 27
_ERASE = (8, 127)
_ENDS = (1, 2, 3, 4, 5, 10, 13)  # keys that are for the prompt
_HOME, _END, _DELETE = ("1", "7"), ("4", "8"), "3"  # numbers between ESC [ and ~
_COLUMNS = 72
_INDENT = "    "


def edited(text, key, history, prompt, names):
    """Go on with a line from this key on: what stands in it, and the key that ends that."""
    line = _Line(text, history + [text], prompt, names)
    while key not in _ENDS:
        if key == _ESCAPE:
            line.escape()
        elif key == _TAB:
            line.complete()
        elif key in _ERASE:
            line.erase()
        elif key >= 32:
            line.insert(_character(key))
        key = read()
    line.move(len(line.text))
    return line.text, key


def _character(byte):
    """The character that begins with this byte; empty for bytes that are none."""
    data = bytearray((byte,))
    for _ in range((byte >= 0xC0) + (byte >= 0xE0) + (byte >= 0xF0)):
        data.append(read())
    try:
        return data.decode()
    except UnicodeError:
        return ""


class _Line:
    """A line with a cursor; what is done to it is shown."""

    def __init__(self, text, lines, prompt, names):
        self.text = text
        self.at = len(text)
        self.lines = lines  # the oldest first, at last this one
        self.shown = len(lines) - 1
        self.prompt = prompt
        self.names = names

    def move(self, place):
        place = max(0, min(len(self.text), place))
        write("\b" * (self.at - place) + self.text[self.at : place])
        self.at = place

    def insert(self, text):
        rest = self.text[self.at :]
        self.text = self.text[: self.at] + text + rest
        self.at += len(text)
        write(text + rest + "\b" * len(rest))

    def erase(self):
        if self.at:
            self.move(self.at - 1)
            self.delete()

    def delete(self):
        rest = self.text[self.at + 1 :]
        self.text = self.text[: self.at] + rest
        write("\x1b[K" + rest + "\b" * len(rest))

    def show(self, which):
        """One of the lines before instead of this one, which is kept."""
        if 0 <= which < len(self.lines):
            self.lines[self.shown] = self.text
            self.move(0)
            write("\x1b[K")
            self.text, self.shown = "", which
            self.insert(self.lines[which])

    def escape(self):
        """A key that is told by several bytes; others of that kind do nothing."""
        if read() not in (ord("["), ord("O")):
            return
        number, byte = "", read()
        while chr(byte) in "0123456789;" and len(number) < 8:
            number, byte = number + chr(byte), read()
        key = chr(byte)
        if key == "A":
            self.show(self.shown - 1)
        elif key == "B":
            self.show(self.shown + 1)
        elif key == "C":
            self.move(self.at + 1)
        elif key == "D":
            self.move(self.at - 1)
        elif key == "H" or (key == "~" and number in _HOME):
            self.move(0)
        elif key == "F" or (key == "~" and number in _END):
            self.move(len(self.text))
        elif key == "~" and number == _DELETE:
            self.delete()

    def complete(self):
        """As much of a name as is certain; the names that may be meant, where nothing is."""
        before = self.text[: self.at]
        if not before.strip():
            self.insert(_INDENT)
            return
        stem, found = _candidates(before, self.names)
        more = _common(found)[len(stem) :]
        if more:
            self.insert(more)
        elif len(found) > 1:
            at = self.at
            self.move(len(self.text))
            write("\n%s\n%s%s" % (_columns(found), self.prompt, self.text))
            self.at = len(self.text)
            self.move(at)


def _candidates(before, names):
    """The begin of a name in front of the cursor, and all names that begin so."""
    start = len(before)
    while start and (before[start - 1].isalpha() or before[start - 1] in "_.0123456789"):
        start -= 1
    path = before[start:].split(".")
    stem = path.pop()
    if path:
        try:
            inside = names[path[0]] if path[0] in names else getattr(builtins, path[0])
            for name in path[1:]:
                inside = getattr(inside, name)
        except Exception:  # noqa: BLE001 - whatever is wrong there: nothing is offered
            return stem, []
        known = dir(inside) + dir(getattr(inside, "_original", None))
    elif before[:start].strip() in ("import", "from"):
        known = list(usys.modules)
    else:
        known = list(names) + dir(builtins)
    hidden = "" if stem else "_"  # names with _ are for who asks for them
    return stem, sorted({it for it in known if it.startswith(stem) and it[:1] != hidden})


def _common(names):
    """What all of them begin with."""
    if not names:
        return ""
    first, last = names[0], names[-1]
    size = 0
    while size < min(len(first), len(last)) and first[size] == last[size]:
        size += 1
    return first[:size]


def _columns(names):
    width = max(map(len, names)) + 2
    row = max(1, _COLUMNS // width)
    lines = [names[place : place + row] for place in range(0, len(names), row)]
    return "\n".join(
        "".join(name + " " * (width - len(name)) for name in line).rstrip() for line in lines
    )
