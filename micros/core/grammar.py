"""The grammar beyond plain words: quotes, brackets, names, comments, several commands."""

import json
import re

from core.errors import CommandError
from core.executor import FIXED, Command
from micropython import const

_BLANKS = const(" \t\r\v\f")
_OPENERS = const("\"'[{")
_WORD_ENDS = const(" \t\r\v\f;\n")
_DEEPEST = const(8)  # brackets within brackets
_SHORTEST = const(20)  # ms between two runs of a repeating command
_LONGEST = const(86_400_000)  # ms; a day
_NAME = const("[A-Za-z_][A-Za-z0-9_]*$")  # of an argument; core/manual.py has it too
_ESCAPES = const("n\nr\rt\t\\\\\"\"''")  # a letter, what it stands for


def commands(text):
    """The commands of a line, in order."""
    scanner, found = _Scanner(text), []
    while True:
        if scanner.next():
            found.append(_called(scanner))
        if scanner.at >= len(text):
            return found
        scanner.at += 1  # over the ; or the line's end


def value(raw):
    """What one argument means: a string, a list, an object, or a plain word."""
    first = raw[:1]
    if first == '"' or first == "'":
        return _unquoted(raw[1:-1])
    if first == "[" or first == "{":
        try:
            return json.loads(raw)
        except ValueError:
            raise CommandError("expected JSON, got '%s'" % raw)
    return plain(raw)


def plain(word):
    """What a word without quotes and brackets means: a number, a constant or itself."""
    first = word[:1]
    if first.isdigit() or (first and first in "-."):
        return _number(word)
    return FIXED.get(word, word)


def _number(word):
    digits = word[1:] if word[0] == "-" else word
    point = digits.find(".") + 1
    for sign in word:
        if sign not in "0123456789.eE+-":
            return word
    if (digits[:1] == "0" and digits[1:2].isdigit()) or (
        point and not digits[point:][:1].isdigit()
    ):
        return word
    for kind in (int, float):
        try:
            number = kind(word)
        except ValueError:
            continue
        return number if number - number == 0 else word  # 1e999 would be infinite
    return word


def _unquoted(text):
    plain, at = "", 0
    while at < len(text):
        sign = text[at]
        known = _ESCAPES.find(text[at + 1 : at + 2]) if sign == "\\" and at + 1 < len(text) else 1
        if known % 2 == 0:
            sign = _ESCAPES[known + 1]
            at += 1
        plain += sign
        at += 1
    return plain


def _after_quote(text, start):
    quote, end = text[start], start
    while True:
        end = text.find(quote, end + 1)
        if end < 0:
            raise CommandError("expected a closing %s, got '%s'" % (quote, text[start:]))
        back = end
        while text[back - 1] == "\\":
            back -= 1
        if (end - back) % 2 == 0:
            return end + 1


def closing(text, at):
    """The index behind what closes the quote or bracket at `at`."""
    if text[at] in "\"'":
        return _after_quote(text, at)
    start, depth = at, 0
    while at < len(text):
        sign = text[at]
        if sign == '"':
            at = _after_quote(text, at) - 1
        elif sign in "[{":
            depth += 1
            if depth > _DEEPEST:
                raise CommandError("expected at most %d nested brackets, got more" % _DEEPEST)
        elif sign in "]}":
            depth -= 1
            if not depth:
                return at + 1
        at += 1
    raise CommandError("expected a closing bracket, got '%s'" % text[start:])


class _Scanner:
    """A text and how far it has been read."""

    def __init__(self, text):
        self.text = text
        self.at = 0

    def next(self):
        """The first character of the next piece, '' where the command ends."""
        text = self.text
        while self.at < len(text):
            sign = text[self.at]
            if sign == "#" and self._comment():
                end = text.find("\n", self.at)
                self.at = len(text) if end < 0 else end
            elif sign in ";\n":
                return ""
            elif sign not in _BLANKS:
                return sign
            else:
                self.at += 1
        return ""

    def _comment(self):
        before, after = self.text[: self.at][-1:], self.text[self.at + 1 : self.at + 2]
        if before in ("", "\n"):
            return True
        return before in _BLANKS and (not after or after in _BLANKS or after == "\n")

    def piece(self, stops):
        """Read on to the next of `stops` outside quotes and brackets; the text in between."""
        text, start, opens = self.text, self.at, True
        while self.at < len(text):
            sign = text[self.at]
            if opens and sign in _OPENERS:
                self.at = closing(text, self.at)
                after = text[self.at : self.at + 1]
                if after and after not in stops and after not in _BLANKS:
                    raise CommandError("expected a blank after '%s'" % text[start : self.at])
                opens = False
                continue
            if sign in stops:
                break
            opens = sign == "=" or (opens and sign in _BLANKS)
            self.at += 1
        return text[start : self.at].strip(_BLANKS)


def _called(scanner):
    words = []
    while len(words) < 2 and scanner.next():
        words.append(scanner.piece(_WORD_ENDS + "("))
        if not words[-1]:
            raise CommandError("expected <module> <function>, got '%s'" % scanner.text)
    command = Command(words, [])
    ended = scanner.next() == "("
    if ended:
        _bracketed(scanner, command)
    while scanner.next():
        raw = scanner.piece(_WORD_ENDS)
        if raw == ">json":
            command.json = ended = True
        elif raw[0] == "&" and command.delay is None:
            _background(scanner, command, raw)
            ended = True
        elif ended:
            raise CommandError("expected the end of the command, got '%s'" % raw)
        else:
            _argument(command, raw)
    return command


def _bracketed(scanner, command):
    """The v0.4 form: module function(value, name=value)."""
    scanner.at += 1
    while True:
        sign = scanner.next()
        if sign == ")":
            scanner.at += 1
            return
        raw = scanner.piece(",);\n")
        end = scanner.text[scanner.at : scanner.at + 1]
        if not raw or end not in (",", ")"):
            raise CommandError("expected values, commas between them and ')' at the end")
        _argument(command, raw)
        if end == ",":
            scanner.at += 1


def _argument(command, raw):
    name, equals, rest = raw.partition("=")
    name = name.strip(_BLANKS)
    if equals and len(name) <= 32 and re.match(_NAME, name):
        if name in command.named:
            raise CommandError("expected '%s=' once, got it twice" % name)
        command.named[name] = (len(command.args), value(rest.strip(_BLANKS)))
        command.args.append(raw)
    else:
        command.args.append(value(raw))


def _background(scanner, command, raw):
    command.anew = raw[:2] == "&&"
    least = _SHORTEST if command.anew else 0
    digits = raw[1 + command.anew :]
    if not digits and scanner.next().isdigit():
        digits = scanner.piece(_WORD_ENDS)
    pause = value(digits) if digits else least
    if type(pause) is not int or not least <= pause <= _LONGEST:
        form = "&& [ms between runs]" if command.anew else "& [ms to wait]"
        raise CommandError("expected %s, %d-%d, got '%s'" % (form, least, _LONGEST, digits))
    command.delay = pause
