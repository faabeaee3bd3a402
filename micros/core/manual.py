"""The manual of the load modules on flash: what there is, and what it takes. Loaded to be read.

A line of the file is module, function, parameters as JSON, sentence; it is sorted. Those of a
person's own module are read by core/behind.py. `modules` is the `Modules` that asks.
"""

import json
import os
import re

from core.errors import CommandError
from core.once import once
from micropython import const

_NAME = const("[A-Za-z_][A-Za-z0-9_]*$")  # of a module, a function
_PIECE = const(80)  # characters: longer than the names a line begins with
_ANY = const(255)  # arguments a function with a star takes


def described(modules, module=None, function=None):
    """The lines as [module, function, parameters, sentence], read one by one."""
    prefix = ""
    if module:
        prefix = module + "\t" + (function + "\t" if function else "")
    own = module and shadowed(modules, module)
    for line in once("behind").lines(own, prefix) if own else lines(modules, prefix, "\t"):
        yield line.rstrip("\n").split("\t")


def lines(modules, start="", whole=""):
    """Each line that begins so and has this text, or its begin where `whole` is empty.

    The others never are in memory, they may be long.
    """
    try:
        with open(modules.manual) as file:
            line = file.readline(_PIECE)
            while line:
                wanted = whole and line.startswith(start) and whole in line
                if not wanted and line[: len(start)] > start:
                    return  # it is sorted
                piece = line
                while piece and piece[-1:] != "\n":  # piece[-1] would be kept as a name
                    piece = file.readline(_PIECE)
                    if wanted:
                        line += piece
                if wanted or not whole:
                    yield line
                line = file.readline(_PIECE)
    except OSError:
        return


def shadowed(modules, module):
    """The person's own file that stands before the release's module of that name, or None."""
    for ending in (".py", ".mpy"):
        path = "%s/LM_%s%s" % (modules.own, module, ending)
        try:
            os.stat(path)
            return path
        except OSError:
            continue
    return None


def is_name(text):
    """Is it an identifier of at most 32 ASCII characters?"""
    return len(text) <= 32 and re.match(_NAME, text) is not None


def shape(modules, module, function):
    """(fewest, most, names) of what the function takes, None where the manual is silent."""
    if not (is_name(module) and is_name(function)):
        raise CommandError("expected <module> <function>, got '%s %s'" % (module, function))
    for fields in described(modules, module, function):
        return _shape(fields[2])
    others = None if shadowed(modules, module) else listed(modules, module)
    if others:
        raise unknown(module, function, others)
    return None


def _shape(parameters):
    low = high = 0
    names = []
    for parameter in json.loads(parameters):
        name = parameter[0]
        if name.startswith("**"):
            return low, high, None  # any name is taken
        if name.startswith("*"):
            high = _ANY
            continue
        names.append(name)
        if high < _ANY:
            high += 1
            if len(parameter) == 2:
                low = high
    return low, high, names


def listed(modules, module):
    """The functions of a module, none where the manual is silent."""
    return [fields[1] for fields in described(modules, module) if fields[1]]


def unknown(module, function, others):
    """The refusal of a function that the module does not have."""
    wanted = ", ".join(others) or "nothing"
    return CommandError("%s has no function '%s', it has: %s" % (module, function, wanted))


def names(modules):
    """Every module that could be loaded, sorted."""
    return sorted(set(once("nearby").each(modules)))


def usage(modules, module, function):
    """The signature of a function, from the manual."""
    for fields in described(modules, module, function):
        return signature(*fields[:3])
    return module + " " + function


def signature(module, function, parameters):
    """servo angle <degrees: float> [pin: str = 'pwm_0']"""
    text = module + " " + function
    for parameter in json.loads(parameters):
        name = parameter[0] + (": " + parameter[1] if parameter[1] else "")
        if len(parameter) > 2:
            text += " [%s = %s]" % (name, parameter[2])
        else:
            text += (" [%s]" if name[0] == "*" else " <%s>") % name
    return text
