"""The ESP32 family: ESP32, ESP32-C3 and their relatives. Alone here stands what is theirs.

Nothing here keeps a state: the file is loaded anew for each use (see core/once.py).
"""

import os
import time
from binascii import hexlify

import machine
import micropython

SESSIONS = 20  # more at a time the firmware cannot hold
LOG = 2048  # bytes of memory for log lines
LEAF = False  # has it memory for one thing at a time, and no cron?

_CAUSES = {
    machine.PWRON_RESET: "power-on",
    machine.HARD_RESET: "reset",
    machine.WDT_RESET: "watchdog",
    machine.DEEPSLEEP_RESET: "deep sleep",
    machine.SOFT_RESET: "soft reset",
}
_MODES = {
    "in": (machine.Pin.IN, None),
    "up": (machine.Pin.IN, machine.Pin.PULL_UP),
    "down": (machine.Pin.IN, machine.Pin.PULL_DOWN),
    "out": (machine.Pin.OUT, None),
    "od": (machine.Pin.OPEN_DRAIN, None),
}


def uid():
    """Return the MAC of the chip as 12 hex digits."""
    return hexlify(machine.unique_id()).decode()


def entropy(size):
    """Return random bytes of the chip's own source."""
    return os.urandom(size)


def set_frequency(boost):
    """Run the processor at its higher or its lower speed."""
    for megahertz in (240, 160) if boost else (80,):
        try:
            machine.freq(megahertz * 1000000)
            return
        except ValueError:
            continue  # an ESP32-C3 ends at 160


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
    if hasattr(machine, "mem_backup"):  # in firmware to come
        from core.backup import region  # it stays

        return region(machine.mem_backup())
    return machine.RTC().memory


def watchdog():
    """Arm the watchdog and return it, to be fed at least every 8 s; it cannot be stopped."""
    return machine.WDT(timeout=8000)


def alarm(milliseconds):
    """Reset the board after that time, even from an endless loop; deinit() calls it off."""
    timer = machine.Timer(1)
    timer.init(mode=machine.Timer.ONE_SHOT, period=milliseconds, callback=lambda _: machine.reset())
    return timer


def _epoch():
    """Return the seconds from 1970 to the firmware's own beginning of time."""
    return 946684800 if time.gmtime(0)[0] == 2000 else 0


def utc():
    """Return the firmware's UTC seconds since 1970, or None when it was never set."""
    return time.time() + _epoch() if time.gmtime()[0] >= 2024 else None


def set_utc(moment):
    """Set the firmware's clock, which deep sleep and file dates go by."""
    now = time.gmtime(moment - _epoch())
    machine.RTC().datetime((now[0], now[1], now[2], now[6], now[3], now[4], now[5], 0))


def pin(number, mode):
    """Return a pin set up as in, up, down, out or od (open drain)."""
    if mode not in _MODES:
        raise ValueError("no mode " + mode)
    direction, pull = _MODES[mode]
    return machine.Pin(number, direction, pull)


def interrupt(pin, trigger, handler):
    """Call handler(pin) soon after an edge, up, down or both; return its number for pin.irq()."""
    rise, fall = machine.Pin.IRQ_RISING, machine.Pin.IRQ_FALLING
    edges = {"up": rise, "down": fall, "both": rise | fall}[trigger]
    pin.irq(handler, edges)
    return edges


def pwm(number, frequency):
    """Return a PWM output, still at 0, with duty_u16(), freq() and deinit()."""
    return machine.PWM(machine.Pin(number, machine.Pin.OUT), freq=frequency, duty_u16=0)


def adc(number):
    """Return an analog input over its whole range, with read_u16()."""
    return machine.ADC(machine.Pin(number), atten=machine.ADC.ATTN_11DB)


def i2c(scl, sda, frequency):
    """Return an I2C bus on any two pins."""
    pins = machine.Pin(scl), machine.Pin(sda)
    return machine.SoftI2C(*pins, freq=frequency, timeout=10000)  # µs that a stuck clock may hold


def neopixel(number, count, size=3):
    """Return a chain of NeoPixels, of 3 or 4 bytes each."""
    from neopixel import NeoPixel

    return NeoPixel(machine.Pin(number, machine.Pin.OUT), count, size)
