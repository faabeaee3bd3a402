"""What load modules ask for rarely: settings, commands, pins given back, pulses, steps over time.

Loaded for a call of such a module.
"""

from core.errors import CommandError
from core.once import once


def release(node, owner):
    """Give back all pins of a module; its PWM outputs end."""
    once("resting").release(node, short(owner))


def short(owner):
    """Return the name of a module as in a command."""
    return owner[3:] if owner[:3] == "LM_" else owner


def setting(node, name):
    """Return a setting of the node; secrets are not for modules."""
    value = None if name in node.secrets else node.config.get(name)
    if value is None:
        raise CommandError("no setting '%s'" % name)
    return value


def run(node, line, owner):
    """Return a coroutine that runs commands as a hook does; refuse what cannot be read."""
    return once("line").run(node, line, short(owner))


def within(_, *limits):
    """Refuse what is no number within its limits: (name, number, least, most) each."""
    for name, given, least, most in limits:
        if not isinstance(given, (int, float)) or not least <= given <= most:
            told = (name, least, most, given)
            raise CommandError("%s: expected %r to %r, got %.40r" % told)


def dht(node, name, owner):
    """Reserve the pin of a DHT11 or DHT22; the pin, and the function that reads its five bytes."""
    return once("pins").made(node, "dht", name, owner, port=once("port.pulses"))


def onewire(node, name, owner):
    """Reserve the pin of a 1-Wire bus, as the firmware's `onewire` knows it."""
    return once("pins").made(node, "onewire", name, owner, port=once("port.pulses"))


def pulse_us(_):
    """Return the firmware's time_pulse_us(pin, level, limit); it holds the node meanwhile."""
    return once("port.pulses").time_pulse_us


def celsius(_):
    """Return the chip's own temperature."""
    return once("port.inner").celsius()


def uart(node, first, last, owner, *settings):
    """Reserve two pins, of which the first sends, and open a serial port."""
    pins, wire = once("pins"), once("port.inner")
    take = pins.take
    wire.missing()
    owner = short(owner)
    try:
        return pins.group(
            node,
            lambda: wire.uart(take(node, first, owner), take(node, last, owner), *settings),
        )
    except ValueError as error:
        raise CommandError("pins %s, %s cannot do this: %s" % (first, last, error))


def touch(node, name, owner):
    """Reserve the pin of a touch pad; the firmware's TouchPad."""
    wire = once("port.inner")
    wire.untouchable()
    return once("pins").made(node, "touch", name, owner, port=wire)


def player(node, owner):
    """Return what does a module's steps one after the other, in a task of its own."""
    from core.player import Player  # from here on in memory

    return Player(node.tasks, owner)


def remove(node, module):
    """Return a coroutine that ends what a module has started, gives back its pins, forgets it."""
    return once("reload").release(node, module)


def shell(node, line):
    """Return a coroutine of what the words task, log and cron say, or of `crontasks <text>`."""
    return once("saying").speak(node, line)


def volts(_, source, samples):
    """Return a coroutine of the mean of an analog input: of 65535, in volts, and its rail."""
    return once("volts").volts(source, samples)
