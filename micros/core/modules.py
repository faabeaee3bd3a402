"""The load modules: found, checked against the manual, imported on first use, unloaded."""

import gc
import json
import os
import sys

from core.errors import CommandError
from core.once import once
from micropython import const

_REMEMBERED = const(24)  # functions kept ready to be called
_ANY = const(255)  # arguments a function with a star takes


class Modules:
    """Every `LM_<name>` that can be imported; `manual` says what its functions take."""

    def __init__(self, manual, log, own="/modules"):
        self._manual = manual
        self._log = log
        self._own = own  # a person's modules: they shadow the release's, and its manual too
        self._ready = {}  # {(module, function): (callable, its shape or None)}

    def resolve(self, module, function, args, named):
        """What to call with which arguments; refuses before anything is imported or called."""
        known = self._ready.get((module, function))
        shape = known[1] if known else self._shape(module, function)
        if named or (shape and not shape[0] <= len(args) <= shape[1]):
            args, named = self._fitted(module, function, shape, args, named)
        call = known[0] if known else self._load(module, function, shape)
        return call, args, named

    def names(self):
        """Every module that could be loaded, sorted; nothing is imported for it."""
        found = set(self.loaded())
        found.update(fields[0] for fields in self.described())
        try:
            files = os.listdir(self._own)
        except OSError:
            files = ()
        found.update(name[3:].split(".")[0] for name in files if name.startswith("LM_"))
        return sorted(found)

    def loaded(self):
        """The modules in memory, sorted."""
        return sorted(name[3:] for name in sys.modules if name.startswith("LM_"))

    def unload(self, module):
        """Forget a module, so that its next call imports it anew."""
        if "LM_" + module not in sys.modules:
            raise CommandError("expected a loaded module, got '%s'" % module)
        del sys.modules["LM_" + module]
        for key in [key for key in self._ready if key[0] == module]:
            del self._ready[key]
        gc.collect()

    def described(self, module=None):
        """The manual's lines as [module, function, parameters, sentence], read one by one."""
        prefix = module + "\t" if module else ""
        try:
            with open(self._manual) as lines:
                for line in lines:
                    if line.startswith(prefix):
                        yield line.rstrip("\n").split("\t")
                    elif line > prefix:
                        return  # it is sorted
        except OSError:
            return

    def shadowed(self, module):
        """Does a person's own file stand before the release's module of that name?"""
        for ending in (".py", ".mpy"):
            try:
                os.stat("%s/LM_%s%s" % (self._own, module, ending))
                return True
            except OSError:
                continue
        return False

    def functions(self, module):
        """The names that can be called: the manual's, else those of the imported module."""
        if not self.shadowed(module):
            names = [fields[1] for fields in self.described(module) if fields[1]]
            if names:
                return names
        loaded = self._import(module)
        return sorted(name for name in loaded.__dict__ if _callable(loaded, name))

    def _shape(self, module, function):
        """How many arguments the manual allows and what it calls them, None where it is silent."""
        shape = None
        if not self.shadowed(module):
            for fields in self.described(module):
                if fields[1] == function:
                    return _shape(fields[2])
                shape = shape or fields[1]
        if shape:
            self._refuse(module, function)
        return None

    def _load(self, module, function, shape):
        loaded = self._import(module)
        if not _callable(loaded, function):
            self._refuse(module, function)
        if len(self._ready) >= _REMEMBERED:
            self._ready.clear()
        call = getattr(loaded, function)
        self._ready[(module, function)] = call, shape
        return call

    def _refuse(self, module, function):
        wanted = ", ".join(self.functions(module)) or "nothing"
        raise CommandError("%s has no function '%s', it has: %s" % (module, function, wanted))

    def _import(self, module):
        name = "LM_" + module
        fresh = name not in sys.modules
        try:
            loaded = __import__(name)
        except ImportError as missing:
            if "'%s'" % name not in str(missing):
                raise  # the module is there, something that it imports is not
            hint = once("core.help").nearest(module, self.names())
            raise CommandError("no module '%s'%s" % (module, hint))
        if fresh:
            self._log.debug("loaded " + name)
            gc.collect()
        return loaded

    def _fitted(self, module, function, shape, args, named):
        """Positional and named arguments as the function takes them."""
        low, high, names = shape or (0, _ANY, None)
        chosen = [name for name in named if names is None or name in names]
        keywords = {name: named[name][1] for name in chosen}
        taken = [named[name][0] for name in chosen]
        values = [value for index, value in enumerate(args) if index not in taken]
        count = len(values)
        if names is not None and (
            count > high
            or [name for name in names[:count] if name in keywords]
            or [name for name in names[count:low] if name not in keywords]
        ):
            usage = once("core.help").usage(self, module, function)
            raise CommandError("expected %s, got %d arguments" % (usage, len(args)))
        return values, keywords


def _callable(module, name):
    """Only public functions that the module itself defines, not what it imported."""
    call = getattr(module, name, None)
    return name[0] != "_" and getattr(call, "__globals__", None) is module.__dict__


def _shape(parameters):
    """(fewest, most, names) of the positional arguments; names is None when any name is taken."""
    low = high = 0
    names = []
    for parameter in json.loads(parameters):
        name = parameter[0]
        if name.startswith("**"):
            return low, high, None
        if name.startswith("*"):
            high = _ANY
            continue
        names.append(name)
        if high < _ANY:
            high += 1
            if len(parameter) == 2:
                low = high
    return low, high, names
