"""What is done before a first call: its arguments checked, its module imported. Loaded for that.

`modules` is the `Modules` that asks, which keeps what is ready to be called.
"""

import gc
import os
import sys

from core.errors import CommandError
from core.once import once


def prepare(modules, module, function, args, named):
    """Check a call, import its module, make it ready for the next time: (call, args, named)."""
    known = modules.ready.get((module, function))
    limits = known[1] if known else once("manual").shape(modules, module, function)
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


def check(modules, module, function, limits, args, named):
    """Refuse arguments that the function does not take, with its signature."""
    low, high, names = limits
    count = len(args)
    given_twice = [name for name in (names or ())[:count] if name in named]
    left_out = [name for name in (names or ())[count:low] if name not in named]
    if count > high or given_twice or left_out or (names is None and count + len(named) < low):
        usage = once("manual").usage(modules, module, function)
        raise CommandError("expected %s, got %d arguments" % (usage, count + len(named)))


def load(modules, module, function):
    """Import the module, the first time, and return its function."""
    if modules.note:
        modules.note(None, module, function)
    found = _import(modules, module)
    if not _callable(found, function):
        raise once("manual").unknown(module, function, functions(modules, module))
    return getattr(found, function)


def functions(modules, module):
    """The names that can be called: the manual's, else those of the imported module."""
    found = once("manual").listed(modules, module)
    if not found:
        loaded = _import(modules, module)
        found = sorted(name for name in loaded.__dict__ if _callable(loaded, name))
    return found


def names(modules):
    """Every module that could be loaded, sorted; nothing is imported for it."""
    return once("manual").names(modules)


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


def _import(modules, module):
    name = "LM_" + module
    if name in sys.modules:
        return sys.modules[name]
    if not _on_path(name):  # not tried: an import keeps its name in memory for good
        raise CommandError("no module '%s'%s" % (module, _hint(modules, module)))
    if "held" in os.listdir("/"):
        once("held").refuse(module)
    gc.collect()  # it stays: it is to lie close to what stays too
    found = __import__(name)
    modules.log.debug("loaded " + name)
    gc.collect()
    return found


def _on_path(name):
    """Is there a file to import?"""
    for folder in sys.path:
        for ending in (".mpy", ".py"):
            try:
                os.stat(folder + "/" + name + ending)
                return True
            except OSError:
                continue
    return False


def _hint(modules, module):
    """What the person may have meant, or why a module that there is cannot be had now."""
    known = names(modules)
    if module in known:
        return " now: safe mode leaves them out, see status"
    return once("help").nearest(module, known)


def _callable(module, name):
    """Only public functions that the module itself defines, not what it imported."""
    call = module.__dict__.get(name)  # getattr would keep every name in memory that is asked for
    return name[0] != "_" and getattr(call, "__globals__", None) is module.__dict__
