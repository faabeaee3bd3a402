"""What is done before a first call: its arguments are checked. Loaded for that.

`modules` is the `Modules` that asks, which keeps what is ready to be called.
"""

import gc
import sys

from core.errors import CommandError
from core.once import drop, once


def checked(modules, module, function, args, named):
    """Check a call: its arguments, positional and named, and what the function takes at all."""
    known = modules.ready.get((module, function))
    limits = known[1] if known else once("manual").shape(modules, module, function)
    if named:
        args, named = sorted_out(modules, module, function, limits, args, named)
    if limits:
        check(modules, module, function, limits, args, named)
    return args, named, limits


def sorted_out(modules, module, function, limits, args, named):
    """Positional and named arguments: `a=b` may be a text where the function has no `a`."""
    known = limits[2] if limits else None
    chosen = [name for name in named if known is None or name in known]
    if len(chosen) < len(named):
        once("misnamed").check(modules, module, function, named, chosen)
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


def functions(modules, module):
    """The names that can be called: the manual's, else those of the imported module."""
    found = once("manual").listed(modules, module)
    if not found:
        found = once("bring").public(modules, module)
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
    drop("LM_" + module)
    for key in [key for key in modules.ready if key[0] == module]:
        del modules.ready[key]
    gc.collect()
