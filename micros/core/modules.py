"""The load modules: called by name, checked against the manual, imported on first use."""

from core.once import Rare
from micropython import const

_REMEMBERED = const(24)  # functions kept ready to be called


class Modules(Rare):
    """Every `LM_<name>` that can be imported; `manual` says what its functions take.

    names(), loaded() and unload(name) are in the file below, with all that a first call needs.
    """

    file = "core.manual"

    def __init__(self, manual, log, own="/modules"):
        self.manual = manual
        self.log = log
        self.own = own  # a person's modules: they shadow the release's, and its manual too
        self.ready = {}  # {(module, function): (callable, its shape or None)}

    def resolve(self, module, function, args, named):
        """What to call with which arguments; refuses before anything is imported or called."""
        known = self.ready.get((module, function))
        if known and not named:
            call, shape = known
            if shape is None or shape[0] <= len(args) <= shape[1]:
                return call, args, named
        if len(self.ready) >= _REMEMBERED:
            self.ready.clear()
        return self.prepare(module, function, args, named)
