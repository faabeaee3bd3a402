"""What a load module may use of the node. `owner` is the module itself: __name__."""

from core.errors import CommandError

API = 1

log = None  # the node's log, once node.py has bound this file
node = None  # the whole node; only the system module has a reason to look inside


def bind(the_node):
    """Tell this file which node it speaks for."""
    global log, node
    node = the_node
    log = the_node.log


def _short(owner):
    return owner[3:] if owner.startswith("LM_") else owner


def _made(make, name, owner, *settings):
    number = node.pins.take(name, _short(owner))
    try:
        return make(number, *settings)
    except ValueError as error:
        raise CommandError("pin %s (%d) cannot do this: %s" % (name, number, error))


def pin(name, owner, mode="out"):
    """Reserve a pin by name or number. Modes: out, in, up and down (pulls), od (open drain)."""
    return _made(node.port.pin, name, owner, mode)


def pwm(name, owner, frequency=1000):
    """Reserve a PWM output, still at 0; it has duty_u16(), freq() and deinit()."""
    return _made(node.port.pwm, name, owner, frequency)


def adc(name, owner):
    """Reserve an analog input; it has read_u16()."""
    return _made(node.port.adc, name, owner)


def neopixel(name, owner, count):
    """Reserve a chain of NeoPixels."""
    return _made(node.port.neopixel, name, owner, count)


def i2c(frequency=400000):
    """Return the I2C bus on i2c_scl and i2c_sda, which all modules share."""
    scl, sda = node.pins.take("i2c_scl", "i2c"), node.pins.take("i2c_sda", "i2c")
    return node.port.i2c(scl, sda, frequency)


def pinmap(*names):
    """Return the numbers behind logical pins, what a module's own pinmap() answers."""
    return {name: node.pins.number(name) for name in names}


def release(owner):
    """Give back all pins of a module."""
    node.pins.free(_short(owner))


def setting(name):
    """Return a setting of the node; secrets are not for modules."""
    if name not in node.config.values:
        raise CommandError("no setting '%s'" % name)
    return node.config.values[name]


def task(tag, coroutine):
    """Run a coroutine in the background under a tag."""
    node.tasks.start(tag, coroutine)
