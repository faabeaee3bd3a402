"""Which modules there are, and which one a person may have meant. Loaded for a list, or a refusal.

The manual is read here without core/manual.py: on a small chip a wrong name finds no memory for it.
"""

import os
import sys

from micropython import const

_PIECE = const(80)  # characters: longer than the names a line begins with


def hint(modules, module):
    """What to try instead, or why a module that there is cannot be had now."""
    best = nearest(module, each(modules))
    if best == ", did you mean '%s'?" % module:
        return " now: safe mode leaves them out, see status"
    return best


def nearest(word, names):
    """A hint at the name that was probably meant, or at where the word is known."""
    if word in ("dump", "reset", "try"):
        return ", it belongs to config mode: type conf first"
    return near(word, names) or ", 'help' lists all"


def key(config, word):
    """A hint at the setting that was probably meant, or nothing."""
    try:
        return near(word, [name for name, _ in config.dump()])
    except MemoryError:
        return ""


def near(word, names):
    """A hint at the name that was probably meant, or nothing."""
    best, least = "", len(word) // 2 + 1
    for name in names:  # none of them stays
        far = distance(word, name)
        if far < least or (far == least and name < best):
            best, least = name, far
    return ", did you mean '%s'?" % best if best else ""


def distance(one, other):
    """How many letters are in one of them alone: typing errors are few, or an exchange."""
    one, other = one.encode(), other.encode()  # a letter would be kept as a name
    letters = [bytes((letter,)) for letter in set(one + other)]
    return sum([abs(one.count(letter) - other.count(letter)) for letter in letters])


def each(modules):
    """The modules that could be loaded, one by one; some come twice."""
    for name in others(modules):
        yield name
    try:
        with open(modules.manual) as file:
            piece, begins, before = file.readline(_PIECE), True, ""
            while piece:
                name = piece[: piece.find("\t")]
                if begins and name != before:
                    yield name
                    before = name
                begins = piece[-1:] == "\n"  # piece[-1] would be kept as a name
                piece = file.readline(_PIECE)
    except OSError:
        pass  # there is none


def others(modules):
    """The modules that are loaded, or a person's own, whatever the manual says."""
    found = set([name[3:] for name in sys.modules if name.startswith("LM_")])
    try:
        files = os.listdir(modules.own)
    except OSError:
        files = ()
    found.update(name[3:].split(".")[0] for name in files if name.startswith("LM_"))
    return found
