"""The load modules: called by name, checked against the manual, imported on first use."""

import gc
import sys

from core.errors import CommandError
from core.once import once
from micropython import const

_REMEMBERED = const(24)  # functions kept ready to be called


class Modules:
    """Every `LM_<name>` that can be imported; `manual` says what its functions take."""

    def __init__(self, manual, log, own="/modules"):
        self.manual = manual
        self.log = log
        self.own = own  # a person's modules: they shadow the release's, and its manual too
        self._ready = {}  # {(module, function): (callable, its shape or None)}

    def resolve(self, module, function, args, named):
        """What to call with which arguments; refuses before anything is imported or called."""
        known = self._ready.get((module, function))
        shape = known[1] if known else once("core.manual").shape(self, module, function)
        if named:
            args, named = _sorted_out(shape, args, named)
        if shape and not (not named and shape[0] <= len(args) <= shape[1]):
            once("core.manual").check(self, module, function, shape, args, named)
        if not known:
            if len(self._ready) >= _REMEMBERED:
                self._ready.clear()
            known = once("core.manual").load(self, module, function), shape
            self._ready[(module, function)] = known
        return known[0], args, named

    def names(self):
        """Every module that could be loaded, sorted; nothing is imported for it."""
        return once("core.manual").names(self)

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


def _sorted_out(shape, args, named):
    """Positional and named arguments: `a=b` is a word where the function has no `a`."""
    names = shape[2] if shape else None
    chosen = [name for name in named if names is None or name in names]
    taken = [named[name][0] for name in chosen]
    values = [value for index, value in enumerate(args) if index not in taken]
    return values, {name: named[name][1] for name in chosen}
