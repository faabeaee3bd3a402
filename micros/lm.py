"""What a load module may use of the node. `owner` is the module itself: __name__.

What lies in core/pins.py, or where few modules ask for it in core/pulsing.py, is loaded for each
call:

pin(name, owner, mode="out")             a pin; modes: out, in, up, down (pulls), od (open drain)
pwm(name, owner, frequency=1000)         a PWM output: duty_u16(), freq(), deinit()
adc(name, owner)                         an analog input: read_u16()
neopixel(name, owner, count, size=3)     a chain of NeoPixels of so many bytes each
player(owner)                            does steps over time: play(generator), fade(outputs,
                                         duties, ms); the newest wins at once (core/player.py)
dht(name, owner)                         a DHT11 or DHT22: its pin, and readinto(pin, buffer)
onewire(name, owner)                     a 1-Wire bus: the firmware's OneWire
pulse_us()                               the firmware's time_pulse_us(pin, level, limit)
celsius()                                the chip's own temperature
uart(tx, rx, owner, baud, bits, parity, stop)   a serial port: any(), read(n), write(data)
volts(input, samples)                    a coroutine: its mean of 65535, in volts, its rail
touch(name, owner)                       a touch pad: read()
i2c(frequency=400000, owner=None)        the I2C bus, which all modules share
setting(name)                            a setting of the node; secrets are not for modules
run(line, owner)                         a coroutine that runs commands, for a button
pinmap(*names), pins()                   the numbers behind logical pins: some, or all
shell(line)                              a coroutine of what task, log and cron say
group(work)                              calls a function; one that fails has taken no pins
within((name, number, least, most), …)   refuses numbers outside of their limits
release(owner)                           gives back all pins of a module; its PWM outputs end
remove(module)                           a coroutine that ends all that a module has begun, and
                                         those that imported it: the names of all of them
"""

from core.errors import CommandError as CommandError
from core.once import once

API = 1

log = None  # the node's log, once node.py has bound this file
node = None  # the whole node; own modules need only its clock, a few of the release more of it


def bind(the_node):
    """Tell this file which node it speaks for."""
    global log, node
    node = the_node
    log = the_node.log


def task(tag, coroutine):
    """Run a coroutine in the background under a tag."""
    node.tasks.start(tag, coroutine)


def only(resource, coroutine):
    """Run what moves a resource over time; a newer call ends the older one and follows it."""
    from core.only import only as alone  # from here on in memory

    return alone(node.tasks, resource, coroutine)


def keep(owner, values=None, levels=None):
    """Return what was kept; or keep values, and by name the levels of pins that poweron may use."""
    kept = node.kept
    if values and kept and not kept.due and kept.values.get(owner) == values:
        return values  # nothing new: most often so
    return once("keep").keep(node, owner, values, levels)


def __getattr__(name):
    work = getattr(once("pins"), name, None) or getattr(once("pulsing"), name)
    return lambda *arguments, **named: work(node, *arguments, **named)
