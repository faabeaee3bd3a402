"""Lines of commands, read as a node reads them: what it would refuse is told before it is sent."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_BLANKS = " \t\r\v\f"
_QUOTES, _BRACKETS = "\"'", "[{"
_WORD_ENDS = " \t\r\v\f;\n"
_DEEPEST = 8  # brackets within brackets
_SHORTEST, _LONGEST = 20, 86_400_000  # ms between two runs
_SHELL = "help version modules status log task cron conf configure config noconf noconfigure keep "
_WORDS = (_SHELL + "reboot webrepl exit update").split()  # of the shell, see core/session.py
SPOKEN = ("task", "log", "cron")  # words, and load modules of the same name
_SPECIAL = re.compile(r"[\"'{\[(;#&=>\n.-]")  # a line without one of these is just words
_NUMBER = re.compile(r"0|-?[1-9][0-9]*|-0")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,31}")


class Refusal(ValueError):
    """What was expected, and what came instead."""


@dataclass(frozen=True)
class Command:
    """What a command calls, whether it does so again and again, and whether nothing follows it."""

    module: str
    function: str
    repeats: bool
    bare: bool


def is_word(name: str) -> bool:
    """Whether the shell alone answers to it: a module of that name could not be called."""
    return name in _WORDS and name not in SPOKEN


def read(line: str) -> list[Command]:
    """The commands of a line; Refusal when one of them cannot be read."""
    plain = line.removesuffix(" >json")
    words = plain.split()
    if len(words) < 2 and not _SPECIAL.search(plain):
        if words:
            raise Refusal(f"expected <module> <function>, got '{words[0]}'")
        return []
    reader, found = _Reader(line), list[Command]()
    while True:
        if reader.next():
            found.append(reader.command())
        if reader.at >= len(line):
            return found
        reader.at += 1


def check(line: str, *, often: bool) -> int:
    """How many commands a setting holds in a line; Refusal when one of them cannot work there."""
    return len(checked(line, often=often))


def checked(line: str, *, often: bool) -> list[Command]:
    """Return the commands that a setting holds in a line; Refusal when one cannot work there.

    Where the line runs `often`, a command that repeats would be started while it goes on.
    """
    found = read(line)
    for command in found:
        if is_word(command.module):
            came = f"got '{command.module}', a word of the shell"
            raise Refusal(f"expected commands of modules, {came}")
        if command.repeats and often:
            came = f"got '{command.module} {command.function} &&'"
            raise Refusal(f"expected && in boothook alone, which runs once, {came}")
    return found


def closing(text: str, at: int) -> int:
    """The index behind what closes the quote or the bracket at `at`."""
    if text[at] in _QUOTES:
        return _after_quote(text, at)
    start, depth = at, 0
    while at < len(text):
        if text[at] == '"':
            at = _after_quote(text, at) - 1
        elif text[at] in _BRACKETS:
            depth += 1
            if depth > _DEEPEST:
                raise Refusal(f"expected at most {_DEEPEST} nested brackets, got more")
        elif text[at] in "]}":
            depth -= 1
            if not depth:
                return at + 1
        at += 1
    raise Refusal(f"expected a closing bracket, got '{text[start:]}'")


def _after_quote(text: str, start: int) -> int:
    quote = text[start]
    found = re.compile(rf"{quote}(?:\\.|[^\\{quote}])*{quote}", re.DOTALL).match(text, start)
    if not found:
        raise Refusal(f"expected a closing {quote}, got '{text[start:]}'")
    return found.end()


class _Reader:
    """A line and how far it has been read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def next(self) -> str:
        """The first character of the next piece, nothing where the command ends."""
        while self.at < len(self.text):
            sign = self.text[self.at]
            if sign == "#" and self._remark():
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif sign in ";\n":
                return ""
            elif sign not in _BLANKS:
                return sign
            else:
                self.at += 1
        return ""

    def _remark(self) -> bool:
        before, after = self.text[self.at - 1 : self.at] or "\n", self.text[self.at + 1 :][:1]
        return before == "\n" or (before in _BLANKS and after in _BLANKS + "\n")

    def piece(self, stops: str) -> str:
        """Read on to the next of `stops` outside quotes and brackets; the text in between."""
        text, start, opens = self.text, self.at, True
        while self.at < len(text):
            sign = text[self.at]
            if opens and sign in _QUOTES + _BRACKETS:
                self.at = closing(text, self.at)
                if text[self.at : self.at + 1].strip(stops + _BLANKS):
                    raise Refusal(f"expected a blank after '{text[start : self.at]}'")
                opens = False
                continue
            if sign in stops:
                break
            opens = sign == "=" or (opens and sign in _BLANKS)
            self.at += 1
        return text[start : self.at].strip(_BLANKS)

    def command(self) -> Command:
        """Read a command."""
        words: list[str] = []
        while len(words) < 2 and self.next():
            words.append(self.piece(_WORD_ENDS + "("))
            if not words[-1]:
                raise Refusal(f"expected <module> <function>, got '{self.text}'")
        if len(words) < 2:
            raise Refusal(f"expected <module> <function>, got '{words[0]}'")
        names: set[str] = set()
        for raw in self._bracketed() if self.next() == "(" else self._words():
            name = _name(raw)
            if name in names:
                raise Refusal(f"expected '{name}=' once, got it twice")
            _value(raw)
            names |= {name} - {""}
        repeats, bare = self._ending()
        return Command(words[0], words[1], repeats, bare)

    def _words(self) -> Iterator[str]:
        """The arguments up to what ends them."""
        while (sign := self.next()) and sign != "&":
            at, raw = self.at, self.piece(_WORD_ENDS)
            if raw == ">json":
                self.at = at
                return
            yield raw

    def _bracketed(self) -> Iterator[str]:
        """The arguments of the v0.4 form: (value, name=value)."""
        self.at += 1
        while self.next() != ")":
            raw = self.piece(",);\n")
            end = self.text[self.at : self.at + 1]
            if not raw or end not in (",", ")"):
                raise Refusal("expected values, commas between them and ')' at the end")
            yield raw
            self.at += end == ","
        self.at += 1

    def _ending(self) -> tuple[bool, bool]:
        """Read what may follow the arguments: >json, &, &&; is it to be repeated, is there none?"""
        delayed, repeats, bare = False, False, True
        while self.next():
            bare = False
            raw = self.piece(_WORD_ENDS)
            if raw[0] == "&" and not delayed:
                self._background(raw)
                delayed, repeats = True, raw[:2] == "&&"
            elif raw != ">json":
                raise Refusal(f"expected the end of the command, got '{raw}'")
        return repeats, bare

    def _background(self, raw: str) -> None:
        repeats = raw[:2] == "&&"
        least = _SHORTEST if repeats else 0
        digits = raw[1 + repeats :]
        if not digits and self.next().isdigit():
            digits = self.piece(_WORD_ENDS)
        _json(digits)
        known = not digits or _NUMBER.fullmatch(digits)
        if not known or not least <= int(digits or least) <= _LONGEST:
            form = "&& [ms between runs]" if repeats else "& [ms to wait]"
            raise Refusal(f"expected {form}, {least}-{_LONGEST}, got '{digits}'")


def _name(raw: str) -> str:
    name, equals, _ = raw.partition("=")
    name = name.strip(_BLANKS)
    return name if equals and _NAME.fullmatch(name) else ""


def _value(raw: str) -> None:
    """Refuse an argument, or the value of one with a name, that is no value."""
    _json(raw.partition("=")[2].strip(_BLANKS) if _name(raw) else raw)


def _json(value: str) -> None:
    if value[:1] and value[0] in _BRACKETS:
        try:
            json.loads(value)
        except ValueError:
            raise Refusal(f"expected JSON, got '{value}'") from None
