"""What a command line says: text in, typed commands out, nothing ever evaluated."""

from core.errors import CommandError
from core.once import once
from micropython import const

_SPECIAL = const("\"'[{(;#&=>\n")  # a line with none of these is plain words
_FIXED = {"True": True, "False": False, "None": None}


class Command:
    """One call: what to call, with what, and how to run and answer it.

    An argument written `name=value` stands in `args` as its text and in `named` as
    {name: (its index in args, its value)}: only the manual knows whether the name is meant.
    """

    json = False
    repeat = False
    delay = None  # ms before a background run, or between two; None: answered in the foreground

    def __init__(self, words, args):
        if len(words) < 2:
            raise CommandError("expected <module> <function>, got '%s'" % words[0])
        self.module = words[0]
        self.function = words[1]
        self.args = args
        self.named = {}


def parse(text, held=None):
    """The commands of a line, in order; refuses what the grammar does not know.

    Most lines are plain words. For the others the grammar is loaded, and goes again unless
    there is a list `held` to keep it in.
    """
    for special in _SPECIAL:
        if special in text:
            grammar = held[0] if held else once("core.grammar")
            if held is not None:
                held[:] = (grammar,)
            return grammar.commands(text)
    words = text.split()
    return [Command(words, [plain(word) for word in words[2:]])] if words else []


def plain(word):
    """What a word without quotes and brackets means: a number, a constant or itself."""
    first = word[:1]
    if first.isdigit() or (first and first in "-."):
        return _number(word)
    return _FIXED.get(word, word)


def is_name(text):
    """Is it an identifier of at most 32 ASCII characters?"""
    if not 0 < len(text) <= 32 or text[0].isdigit():
        return False
    for letter in text:
        if letter > "z" or not (letter == "_" or letter.isalpha() or letter.isdigit()):
            return False
    return True


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
