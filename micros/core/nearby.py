"""What a person may have meant by the name of a module. Loaded for a refusal."""

from core.once import once


def hint(modules, module):
    """What to try instead, or why a module that there is cannot be had now."""
    known = once("manual").names(modules)
    if module in known:
        return " now: safe mode leaves them out, see status"
    return nearest(module, known)


def nearest(word, names):
    """A hint at the name that was probably meant, or at where the word is known."""
    if word in ("dump", "reset", "try"):
        return ", it belongs to config mode: type conf first"
    best = min(names, key=lambda name: distance(word, name)) if names else ""
    if best and distance(word, best) <= len(word) // 2:
        return ", did you mean '%s'?" % best
    return ", 'help' lists all"


def distance(one, other):
    """How many letters are in one of them alone: typing errors are few, or an exchange."""
    return sum([abs(one.count(letter) - other.count(letter)) for letter in set(one + other)])
