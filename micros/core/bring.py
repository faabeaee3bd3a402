"""A load module is brought in, and the function that is to be called. Loaded for that.

Nothing else lies in memory meanwhile: what stays fills the lowest gap that is free.
"""

import gc
import os
import sys

from core.errors import CommandError
from core.once import drop, once
from micropython import const

_SMALL = const("esp8266")  # it never has room for more, and all goes to what is wanted
_LEAST = const(6000)  # bytes: with fewer, nobody could look at the node, or unload a module


def load(modules, module, function):
    """Import the module, the first time, and return its function."""
    if modules.note:
        modules.note(None, module, function)
    found = _import(modules, module)
    if not _callable(found, function):
        raise once("manual").unknown(module, function, modules.functions(module))
    return getattr(found, function)


def public(modules, module):
    """The names that can be called in a module, sorted."""
    found = _import(modules, module)
    return sorted(name for name in found.__dict__ if _callable(found, name))


def _import(modules, module):
    name = "LM_" + module
    if name in sys.modules:
        return sys.modules[name]
    if not _on_path(name):  # not tried: an import keeps its name in memory for good
        raise CommandError("no module '%s'%s" % (module, once("nearby").hint(modules, module)))
    if "held" in os.listdir("/"):
        once("held").refuse(module)
    gc.collect()  # it stays: it is to lie close to what stays too
    if module != "system" and sys.platform != _SMALL and once("memory").look():
        try:
            _import(modules, "system")
        except CommandError:
            pass  # it is held: there is one way less
        gc.collect()
    before = [it for it in sys.modules if it[:3] == "LM_"]
    try:
        found = __import__(name)
    except SyntaxError as error:
        raise once("flaw").syntax(module, error)
    gc.collect()
    free = gc.mem_free()
    if free < _LEAST and sys.platform != _SMALL:
        found = None
        for each in [it for it in sys.modules if it[:3] == "LM_" and it not in before]:
            drop(each)
        raise once("memory").too_large(module, _LEAST, free)
    modules.log.add(0, "loaded " + name)
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


def _callable(module, name):
    """Only public functions that the module itself defines, not what it imported."""
    call = module.__dict__.get(name)  # getattr would keep every name in memory that is asked for
    return name[0] != "_" and getattr(call, "__globals__", None) is module.__dict__
