"""Switch: one output that is on or off, a relay for example.

Examples:
    switch on
    switch set_state 0
    switch toggle && 1000
"""

import lm

PIN = "simple_0"

_output = None


def load() -> dict:
    """Prepare the output; it stays as it is: off, or what the setting poweron made of it."""
    global _output
    if _output is None:
        _output = lm.pin(PIN, __name__)
    return status()


def set_state(state: int) -> dict:
    """Switch on (1) or off (0)."""
    if state not in (0, 1):
        raise lm.CommandError("set_state: expected state 0 or 1, got %r" % state)
    load()
    _output.value(int(state))
    lm.keep(__name__, {"state": int(state)}, {PIN: int(state)})
    return status()


def on() -> dict:
    """Switch on."""
    return set_state(1)


def off() -> dict:
    """Switch off."""
    return set_state(0)


def toggle() -> dict:
    """Switch over."""
    load()
    return set_state(1 - _output.value())


def switch_cache_load_n_init(cache: bool | None = None) -> dict:  # noqa: ARG001 - as it was
    """Do what `load` does: its name of v0.4."""
    return load()


def status() -> dict:
    """Tell whether it is on."""
    if _output is None:
        named = [it.split(":")[0].strip() for it in lm.setting("poweron").split(";")]
        if PIN in named or str(pinmap()[PIN]) in named:
            load()  # it is an output since the start
    return {"state": _output.value() if _output else 0}


def pinmap() -> dict:
    """Tell the pin."""
    return lm.pinmap(PIN)
