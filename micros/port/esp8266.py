"""The ESP8266: little memory, one analog input, five sockets.

Same names as port/esp32. Nothing here keeps a state: the file is loaded anew for each use.
"""

import os
from binascii import hexlify

import machine
import micropython
import network
from micropython import const

_A0 = const(17)  # its analog input on the map: the firmware's number, 0, is that of a pin as well

# What this chip does with less; people see it in `conf` `dump` (sessions) and in `status`.
SESSIONS = 2  # at most, whatever the setting says: there are about five sockets in all
LOG = 384  # bytes of memory for log lines
LEAF = True  # has it memory for one thing at a time, and no cron? Its watchdog is a timer.

_CAUSES = {
    machine.PWRON_RESET: "power-on",
    machine.HARD_RESET: "button",
    machine.WDT_RESET: "watchdog",
    machine.DEEPSLEEP_RESET: "deep sleep",
    machine.SOFT_RESET: "soft reset",
}


def uid():
    """Return the MAC of the chip as 12 hex digits."""
    return hexlify(network.WLAN(network.STA_IF).config("mac")).decode()


def entropy(size):
    """Return random bytes of the chip's own source."""
    return os.urandom(size)


def set_frequency(boost):
    """Run the processor at its higher or its lower speed."""
    machine.freq(160000000 if boost else 80000000)


def interrupt_memory(size):
    """Set memory aside for the errors of interrupt handlers, which cannot allocate any."""
    micropython.alloc_emergency_exception_buf(size)


def frequency():
    """Return the speed of the processor in Hz."""
    return machine.freq()


def reset_cause():
    """Return why the board started, in words."""
    return _CAUSES.get(machine.reset_cause(), "unknown")


def reset():
    """Reset the board. Only node.restart calls it, which marks the reset as planned."""
    machine.reset()


def memory():
    """Return what outlives a reset, to be kept: it tells the bytes, or takes those it is given."""
    return machine.RTC().memory


def watchdog():
    """Return a watchdog, to be fed at least every 8 s: the chip's own cannot wait for a scan."""
    from port import esp8266_dog  # it stays

    esp8266_dog.feed()
    return esp8266_dog


def alarm(milliseconds):
    """Reset the board after that time, even from an endless loop; deinit() calls it off."""
    timer = machine.Timer(-1)
    timer.init(mode=machine.Timer.ONE_SHOT, period=milliseconds, callback=lambda _: machine.reset())
    return timer


def utc():
    """Return None: this chip's clock drifts and wraps, only a time server is believed."""


def set_utc(_):
    """Leave this chip's clock alone."""


def pin(number, mode):
    """Return a pin set up as in, up, out or od (open drain)."""
    modes = {
        "in": (machine.Pin.IN, None),
        "up": (machine.Pin.IN, machine.Pin.PULL_UP),
        "out": (machine.Pin.OUT, None),
        "od": (machine.Pin.OPEN_DRAIN, None),
    }
    if mode not in modes:
        raise ValueError("no mode " + mode)
    return machine.Pin(number, *modes[mode])


def interrupt(pin, trigger, handler):
    """Call handler(pin) soon after an edge, up, down or both; return its number for pin.irq()."""
    rise, fall = machine.Pin.IRQ_RISING, machine.Pin.IRQ_FALLING
    edges = {"up": rise, "down": fall, "both": rise | fall}[trigger]
    pin.irq(handler, edges)
    return edges


def pwm(number, frequency):
    """Return a PWM output, still at 0, with duty_u16(), freq() and deinit()."""
    from port.esp8266_pwm import Pwm  # it stays as long as its outputs: not in this file

    output = machine.PWM(machine.Pin(number))
    output.freq(frequency)  # one for all outputs of this chip
    output.duty(0)
    return Pwm(output)


def adc(number):
    """Return the analog input, 0 to 1 V at the chip, with read_u16()."""
    if number != _A0:
        raise ValueError("expected %d, the pin A0" % _A0)
    return machine.ADC(0)


def i2c(scl, sda, frequency):
    """Return an I2C bus on any two pins."""
    pins = machine.Pin(scl), machine.Pin(sda)
    return machine.SoftI2C(*pins, freq=frequency, timeout=10000)  # µs that a stuck clock may hold


def neopixel(number, count, size=3):
    """Return a chain of NeoPixels, of 3 or 4 bytes each."""
    from neopixel import NeoPixel

    return NeoPixel(machine.Pin(number, machine.Pin.OUT), count, size)
