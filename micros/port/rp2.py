"""The RP2 family with a CYW43 radio: the Raspberry Pi Pico W.

Same names as port/esp32. Nothing here keeps a state: the file is loaded anew for each use.
"""

import os
import sys
import time
from binascii import hexlify

import machine
import micropython
import network
from micropython import const

SESSIONS = 4  # the firmware's lwIP holds five connections; one is for whoever is told "busy"
LOG = 2048  # bytes of memory for log lines
LEAF = False  # has it memory for one thing at a time, and no cron?

_RADIO = const(64)  # pins from here on are the radio's: 64 is WL_GPIO0, the built-in LED
_SCRATCH = const(0x4005800C)  # "RP2040 Datasheet", 4.7.6; the firmware uses 4 to 7 itself
_SCRATCH_2350 = const(0x400D800C)  # "RP2350 Datasheet", 12.9.7: unverified
_CAUSES = {machine.PWRON_RESET: "power-on", machine.WDT_RESET: "watchdog"}
_PIN_MODES = {
    "in": (machine.Pin.IN, None),
    "up": (machine.Pin.IN, machine.Pin.PULL_UP),
    "down": (machine.Pin.IN, machine.Pin.PULL_DOWN),
    "out": (machine.Pin.OUT, None),
    "od": (machine.Pin.OPEN_DRAIN, None),
}


def uid():
    """Return the MAC of the radio as 12 hex digits; it must run to tell, and may start badly."""
    station = network.WLAN(network.STA_IF)
    for _ in range(3):
        station.active(True)
        mac = station.config("mac")
        if any(mac):
            return hexlify(mac).decode()
    raise OSError("the radio does not start")


def entropy(size):
    """Return random bytes of the chip's own source."""
    return os.urandom(size)


def set_frequency(boost):
    """Run the processor at its higher or its lower speed."""
    wanted = 125000000 if boost else 64000000
    if machine.freq() != wanted:
        machine.freq(wanted)


def interrupt_memory(size):
    """Set memory aside for the errors of interrupt handlers, which cannot allocate any."""
    micropython.alloc_emergency_exception_buf(size)


def frequency():
    """Return the speed of the processor in Hz."""
    return machine.freq()


def reset_cause():
    """Return why the board started, in words; a reset by program is the watchdog's here."""
    return _CAUSES.get(machine.reset_cause(), "unknown")


def reset():
    """Reset the board. Only node.restart calls it, which marks the reset as planned."""
    machine.reset()


def memory():
    """Return what outlives a reset, to be kept: it tells the bytes, or takes those it is given."""
    if hasattr(machine, "mem_backup"):  # in firmware to come
        from core.backup import region  # it stays

        return region(machine.mem_backup())
    from port.rp2_scratch import scratch  # it stays

    return scratch(_SCRATCH_2350 if "RP2350" in sys.implementation[2] else _SCRATCH)


def watchdog():
    """Arm the watchdog and return it, to be fed at least every 8 s; it cannot be stopped."""
    return machine.WDT(timeout=8000)


def alarm(milliseconds):
    """Reset the board after that time, even from an endless loop; deinit() calls it off."""
    timer = machine.Timer(-1)
    timer.init(mode=machine.Timer.ONE_SHOT, period=milliseconds, callback=lambda _: machine.reset())
    return timer


def utc():
    """Return the firmware's UTC seconds since 1970, or None when it was never set."""
    return time.time() if time.gmtime()[0] >= 2024 else None


def set_utc(moment):
    """Set the firmware's clock, which file dates go by; it starts in 2021 after each reset."""
    now = time.gmtime(moment)
    machine.RTC().datetime((now[0], now[1], now[2], now[6], now[3], now[4], now[5], 0))


def _pin(number):
    return number if number < _RADIO else "WL_GPIO%d" % (number - _RADIO)


def pin(number, mode):
    """Return a pin set up as in, up, down, out or od (open drain)."""
    if mode not in _PIN_MODES:
        raise ValueError("no mode " + mode)
    direction, pull = _PIN_MODES[mode]
    return machine.Pin(_pin(number), direction, pull)


def interrupt(pin, trigger, handler):
    """Call handler(pin) soon after an edge, up, down or both; return its number for pin.irq()."""
    rise, fall = machine.Pin.IRQ_RISING, machine.Pin.IRQ_FALLING
    edges = {"up": rise, "down": fall, "both": rise | fall}[trigger]
    pin.irq(handler, edges)
    return edges


def pwm(number, frequency):
    """Return a PWM output, still at 0, with duty_u16(), freq() and deinit().

    An even pin and the odd one after it share one frequency.
    """
    if number >= _RADIO:
        raise ValueError("the radio's pins have no PWM")
    return machine.PWM(machine.Pin(number, machine.Pin.OUT), freq=frequency, duty_u16=0)


def adc(number):
    """Return an analog input, 0 to 3.3 V on 26 to 28, with read_u16()."""
    return machine.ADC(machine.Pin(number))


def i2c(scl, sda, frequency):
    """Return an I2C bus on any two pins."""
    pins = machine.Pin(scl), machine.Pin(sda)
    return machine.SoftI2C(*pins, freq=frequency, timeout=10000)  # µs that a stuck clock may hold


def neopixel(number, count, size=3):
    """Return a chain of NeoPixels, of 3 or 4 bytes each."""
    from neopixel import NeoPixel

    return NeoPixel(machine.Pin(number, machine.Pin.OUT), count, size)
