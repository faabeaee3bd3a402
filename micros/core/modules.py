"""The load modules: called by name, checked against the manual, imported on first use."""

import sys

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
        if known and not named:
            call, shape = known
            if shape is None or shape[0] <= len(args) <= shape[1]:
                return call, args, named
        if len(self._ready) >= _REMEMBERED:
            self._ready.clear()
        return once("core.manual").resolve(self, self._ready, module, function, args, named)

    def names(self):
        """Every module that could be loaded, sorted; nothing is imported for it."""
        return once("core.manual").names(self)

    def loaded(self):
        """The modules in memory, sorted."""
        return sorted(name[3:] for name in sys.modules if name.startswith("LM_"))

    def unload(self, module):
        """Forget a module, so that its next call imports it anew."""
        once("core.manual").unload(self._ready, module)
