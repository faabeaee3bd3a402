"""Pins: who has taken them, what is made of them. Loaded when asked for.

A pin has a name on the board's map, a number on the chip, and at most one owner; the owners
are kept in `node.taken`, PWM outputs beside them under ~number, and at "i2c" who uses the bus.
Modules come here through lm.py. The map itself is read by core/pinout.py.
"""

from core.errors import CommandError
from core.once import once


def pins(node):
    """Return the logical names with their numbers: the board's, over them `name:number; …`."""
    return once("pinout").pins(node)


def number(node, name):
    """Return the number of a pin given by its logical name or by its number."""
    return name if isinstance(name, int) else once("pinout").number(node, name)


def pinmap(node, *names):
    """Return the numbers behind logical pins, what a module's own pinmap() answers."""
    work = once("pinout")
    return {str(name): name if isinstance(name, int) else work.number(node, name) for name in names}


def take(node, name, owner):
    """Reserve a pin and return its number; another owner's pin is refused."""
    found = number(node, name)
    holder = node.taken.get(found, owner)
    if holder != owner:
        raise CommandError("pin %s (%d) is taken by %s" % (name, found, holder))
    node.taken[found] = owner
    return found


def pin(node, name, owner, mode="out"):
    """Reserve a pin. Modes: out, in, up and down (pulls), od (open drain)."""
    return made(node, "pin", name, owner, mode)


def pwm(node, name, owner, frequency=1000):
    """Reserve a PWM output, still at 0."""
    return made(node, "pwm", name, owner, frequency)


def adc(node, name, owner):
    """Reserve an analog input."""
    return made(node, "adc", name, owner)


def neopixel(node, name, owner, *settings):
    """Reserve a chain of so many NeoPixels, of 3 bytes each or of so many."""
    return made(node, "neopixel", name, owner, *settings)


def i2c(node, frequency=400000, owner=None):
    """Return the I2C bus, which all modules share; its pins are taken while one has it loaded.

    Who tells no owner has it for good. A bus of which a line is held low is refused.
    """
    bus = group(node, lambda: once("jammed").i2c(node, take, frequency))
    node.taken.setdefault("i2c", set()).add(owner and _short(owner))
    return bus


def _short(owner):
    return owner[3:] if owner.startswith("LM_") else owner


def made(node, kind, name, owner, *settings, port=None):
    """Reserve a pin for its owner; what the port makes of it."""
    work = getattr(port or node.port, kind)
    try:
        return group(
            node, lambda: _made(node, kind, work, take(node, name, _short(owner)), settings)
        )
    except ValueError as error:
        raise CommandError("pin %s (%d) cannot do this: %s" % (name, number(node, name), error))


def _made(node, kind, work, found, settings):
    value = work(found, *settings)
    if kind == "pwm":
        node.taken[~found] = value
    return value


def group(node, run):
    """Return what a function makes of the pins it takes; one that fails has taken none."""
    taken = node.taken
    node.taken = dict(taken)
    try:
        value = run()
        taken = node.taken
        return value
    finally:
        node.taken = taken  # needs no memory: it may be out of that
