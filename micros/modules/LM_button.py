"""Button: single, double and long presses of a button to ground, each with commands of its own.

Examples:
    button load
    button run single "system heartbeat"
    button run long "servo angle 90; servo angle 0"
    button status
"""

import asyncio

import lm

PIN = "button_0"
PRESSES = ("single", "double", "long")
STEP, CALM = 5, 20  # ms: a look, and how long a contact is quiet before it counts
# ms: less is no press; up between two; down. Chosen, after no sheet and no trial with people.
SPIKE, GAP, LONG = 60, 300, 800

_contact = None
_flag = None
_watched = False
_told = {}  # how often each press came
_latest = None


def load() -> dict:
    """Watch the button; belongs into the boot hook."""
    global _contact, _flag, _watched
    if _contact is None:
        contact = lm.pin(PIN, __name__, "up")
        _flag = asyncio.ThreadSafeFlag()
        contact.irq(_edge)  # both edges
        _contact = contact  # last: what memory was short for is done by the next call
    if not _watched:
        lm.task("button", _watch)
        _watched = True  # its turn may come after the next command
    return status()


def run(press: str, line: str = "") -> dict:
    """Run a line of commands at a press: single, double or long; none without. It is kept."""
    if press not in PRESSES:
        raise lm.CommandError("press: expected single, double or long, got %r" % press)
    if line:
        lm.run(line, __name__).close()  # what cannot be read is refused now
    wanted = lm.keep(__name__)
    wanted[press] = line
    lm.keep(__name__, wanted)
    return load()


def _edge(_):
    _flag.set()


async def _watch():
    global _watched, _latest
    try:
        while True:
            press = await _press()
            if press:
                _latest = press
                _told[press] = _told.get(press, 0) + 1
                line = lm.keep(__name__).get(press)
                if line:
                    await lm.run(line, __name__)
                await _stays(1, None)
    finally:
        _watched = False


async def _press():
    """Wait for an edge; return which press it began, or None."""
    await _flag.wait()
    if not await _stays(0, SPIKE):
        return None
    if not await _stays(1, LONG):
        return "long"
    return "double" if await _stays(0, GAP) else "single"


async def _stays(side, longest):
    """Wait until the pin stays at a side; False when that has not begun within so many ms."""
    calm = waited = 0
    while calm < CALM:
        if longest is not None and waited >= longest and not calm:
            return False
        await asyncio.sleep_ms(STEP)
        waited += STEP
        calm = calm + STEP if _contact.value() == side else 0
    return True


def status() -> dict:
    """Tell the last press, how many there were, and the commands of each."""
    found = {"last": _latest}
    kept = lm.keep(__name__)
    for press in PRESSES:
        found[press] = "%d, %s" % (_told.get(press, 0), kept.get(press) or "no commands")
    return found


def pinmap() -> dict:
    """Tell the pin."""
    return lm.pinmap(PIN)
