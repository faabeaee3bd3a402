"""How long a program lets nothing else happen: told each time that is long.

In memory only where the clock is stepped.
"""

import time

from _link import tell

_LONG = 2000  # µs
_wait = time._wait
_from = 0  # when it waited last


def wait(microseconds, ready):
    """What `poll` waits with; a sleep lets nothing else happen."""
    global _from
    if ready is time._sleeper:
        return _wait(microseconds, ready)
    if time._moved - _from >= _LONG:
        tell("held", time._moved - _from)
    try:
        return _wait(microseconds, ready)
    finally:
        _from = time._moved


time._wait = wait
