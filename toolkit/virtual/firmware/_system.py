"""`sys`, `os` and `micropython` with what the unix port lacks or does differently."""

import usys
from _link import SETTINGS


class _Over:
    """A module that answers itself what it has, and passes on the rest."""

    def __init__(self, original, **own):
        self._original = original
        for name, value in own.items():
            setattr(self, name, value)

    def __getattr__(self, name):
        return getattr(self._original, name)


def _os():
    import uos
    from ucollections import namedtuple

    shape = namedtuple("uname", ("sysname", "nodename", "release", "version", "machine"))
    version = SETTINGS["version"]
    said = "v%s on 2025-04-15" % version
    answer = shape(SETTINGS["platform"], SETTINGS["platform"], version, said, SETTINGS["machine"])
    return _Over(uos, uname=lambda: answer, sync=_nothing, dupterm=_nothing)


def _nothing(*_arguments):
    return None


def _micropython():
    import micropython
    from _interrupts import schedule
    from _terminal import interrupts

    def kbd_intr(character):
        interrupts(character >= 0)

    return _Over(
        micropython,
        schedule=schedule,
        kbd_intr=kbd_intr,
        alloc_emergency_exception_buf=_nothing,
    )


def _sys():
    from _terminal import output
    from ucollections import namedtuple

    own = usys.implementation
    shape = namedtuple("implementation", ("name", "version", "_machine", "_mpy"))
    # Bytecode of this version runs, machine code for the chip does not: no architecture is named.
    implementation = shape(own[0], own[1], SETTINGS["machine"], own[3] & 0x3FF)
    return _Over(usys, stdout=output, platform=SETTINGS["platform"], implementation=implementation)


def install():
    """Put the board's modules in the place of the interpreter's."""
    modules = usys.modules
    modules["os"] = modules["uos"] = _os()
    modules["micropython"] = _micropython()
    modules["sys"] = _sys()
    for name in ("socket", "select", "machine", "time"):
        modules["u" + name] = modules[name]
