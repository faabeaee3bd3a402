"""The manual of the load modules on flash, and what is done before a first call. Loaded for that.

A line of the file is module, function, parameters as JSON, sentence; it is sorted. `modules` is
the `Modules` that asks. Nothing is remembered here.
"""

import gc
import json
import os
import sys

from core.command import is_name
from core.errors import CommandError
from core.once import once
from micropython import const

_ANY = const(255)  # arguments a function with a star takes


def prepare(modules, module, function, args, named):
    """Check a call, import its module, make it ready for the next time: (call, args, named)."""
    known = modules.ready.get((module, function))
    limits = known[1] if known else shape(modules, module, function)
    if named:
        args, named = sorted_out(limits, args, named)
    if limits:
        check(modules, module, function, limits, args, named)
    call = known[0] if known else load(modules, module, function)
    modules.ready[(module, function)] = call, limits
    return call, args, named


def sorted_out(limits, args, named):
    """Positional and named arguments: `a=b` is a word where the function has no `a`."""
    known = limits[2] if limits else None
    chosen = [name for name in named if known is None or name in known]
    taken = [named[name][0] for name in chosen]
    values = [value for index, value in enumerate(args) if index not in taken]
    return values, {name: named[name][1] for name in chosen}


def loaded(_):
    """The modules in memory, sorted."""
    return sorted(name[3:] for name in sys.modules if name.startswith("LM_"))


def unload(modules, module):
    """Forget a module, so that its next call imports it anew."""
    if "LM_" + module not in sys.modules:
        raise CommandError("expected a loaded module, got '%s'" % module)
    del sys.modules["LM_" + module]
    for key in [key for key in modules.ready if key[0] == module]:
        del modules.ready[key]
    gc.collect()


def described(modules, module=None):
    """The lines as [module, function, parameters, sentence], read one by one."""
    prefix = module + "\t" if module else ""
    try:
        with open(modules.manual) as lines:
            for line in lines:
                if line.startswith(prefix):
                    yield line.rstrip("\n").split("\t")
                elif line > prefix:
                    return  # it is sorted
    except OSError:
        return


def shadowed(modules, module):
    """Does a person's own file stand before the release's module of that name?"""
    for ending in (".py", ".mpy"):
        try:
            os.stat("%s/LM_%s%s" % (modules.own, module, ending))
            return True
        except OSError:
            continue
    return False


def shape(modules, module, function):
    """(fewest, most, names) of what the function takes, None where the manual is silent."""
    if not (is_name(module) and is_name(function)):
        raise CommandError("expected <module> <function>, got '%s %s'" % (module, function))
    others = False
    if not shadowed(modules, module):
        for fields in described(modules, module):
            if fields[1] == function:
                return _shape(fields[2])
            others = others or fields[1]
    if others:
        _refuse(modules, module, function)
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


def check(modules, module, function, limits, args, named):
    """Refuse arguments that the function does not take, with its signature."""
    low, high, names = limits
    count = len(args)
    given_twice = [name for name in (names or ())[:count] if name in named]
    left_out = [name for name in (names or ())[count:low] if name not in named]
    if count > high or given_twice or left_out or (names is None and count + len(named) < low):
        usage = once("core.help").usage(modules, module, function)
        raise CommandError("expected %s, got %d arguments" % (usage, count + len(named)))


def load(modules, module, function):
    """Import the module, the first time, and return its function."""
    found = _import(modules, module)
    if not _callable(found, function):
        _refuse(modules, module, function)
    return getattr(found, function)


def names(modules):
    """Every module that could be loaded, sorted."""
    found = set(loaded(modules))
    found.update(fields[0] for fields in described(modules))
    try:
        files = os.listdir(modules.own)
    except OSError:
        files = ()
    found.update(name[3:].split(".")[0] for name in files if name.startswith("LM_"))
    return sorted(found)


def functions(modules, module):
    """The names that can be called: the manual's, else those of the imported module."""
    if not shadowed(modules, module):
        found = [fields[1] for fields in described(modules, module) if fields[1]]
        if found:
            return found
    found = _import(modules, module)
    return sorted(name for name in found.__dict__ if _callable(found, name))


def _refuse(modules, module, function):
    wanted = ", ".join(functions(modules, module)) or "nothing"
    raise CommandError("%s has no function '%s', it has: %s" % (module, function, wanted))


def _import(modules, module):
    name = "LM_" + module
    fresh = name not in sys.modules
    try:
        found = __import__(name)
    except ImportError as missing:
        if "'%s'" % name not in str(missing):
            raise  # the module is there, something that it imports is not
        hint = once("core.help").nearest(module, names(modules))
        raise CommandError("no module '%s'%s" % (module, hint))
    if fresh:
        modules.log.debug("loaded " + name)
        gc.collect()
    return found


def _callable(module, name):
    """Only public functions that the module itself defines, not what it imported."""
    call = getattr(module, name, None)
    return name[0] != "_" and getattr(call, "__globals__", None) is module.__dict__
