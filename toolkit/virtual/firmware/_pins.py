"""`machine.Pin`, `ADC` and `PWM`: levels the world outside can see and set."""

import time

import umachine
from _interrupts import offer
from _late import bring
from _link import SETTINGS, on, tell

_ESP8266 = SETTINGS["chip"] == "esp8266"
_USABLE = SETTINGS["pins"]
if not _ESP8266:
    _INPUTS = {"esp32": 34, "esp32s2": 46}.get(SETTINGS["chip"], 99)  # from here on no outputs
_driven = {int(pin): level for pin, level in SETTINGS["driven"].items()}
listeners = {}  # number of a pin: what is called with the level that the program makes
_voltages = {int(pin): value for pin, value in SETTINGS["adc"].items()}


class Pin(umachine.PinBase):
    """A pin of the chip; there is one object for each number."""

    IN = 0 if _ESP8266 else 1
    OUT = 1 if _ESP8266 else 3
    OPEN_DRAIN = 2 if _ESP8266 else 7
    PULL_UP = 1 if _ESP8266 else 2
    if not _ESP8266:
        PULL_DOWN = 1
        DRIVE_0, DRIVE_1, DRIVE_2, DRIVE_3 = range(4)
    IRQ_RISING, IRQ_FALLING = 1, 2
    _known = {}

    def __new__(cls, number, *_args, **_options):
        if isinstance(number, Pin):
            return number
        if number not in _USABLE:
            raise ValueError("invalid pin")
        pin = cls._known.get(number)
        if pin is None:
            pin = cls._known[number] = object.__new__(cls)
            pin._number, pin._mode, pin._pull, pin._level = number, Pin.IN, None, 0
            pin._handler, pin._trigger = None, 0
        return pin

    def __init__(self, number, mode=-1, pull=-1, *, value=None, drive=None, hold=None):
        self.init(mode, pull, value=value)

    def init(self, mode=-1, pull=-1, *, value=None, drive=None, hold=None, alt=None):
        if mode not in (-1, None):
            if not _ESP8266 and mode != Pin.IN and self._number >= _INPUTS:
                raise ValueError("pin can only be input")
            self._mode = mode
        if pull != -1:
            self._pull = pull
        if value is not None:
            self._level = 1 if value else 0
        if mode not in (-1, None) or pull != -1 or value is not None:
            self._tell()

    def _tell(self):
        tell("pin", self._number, self._direction(), self._pulled(), self._level)

    def _direction(self):
        return "in" if self._mode == Pin.IN else "out" if self._mode == Pin.OUT else "open drain"

    def _pulled(self):
        if self._pull == Pin.PULL_UP:
            return "up"
        return "down" if not _ESP8266 and self._pull == Pin.PULL_DOWN else None

    def _sensed(self):
        if self._mode == Pin.OUT or (self._mode == Pin.OPEN_DRAIN and not self._level):
            return self._level
        level = _driven.get(self._number)
        if level is None:
            return 1 if self._pull == Pin.PULL_UP else 0
        return level

    def value(self, level=None):
        if level is None:
            return self._sensed()
        level = 1 if level else 0
        if level != self._level:
            self._level = level
            self._tell()
            if self._number in listeners:
                listeners[self._number](level)
        return None

    __call__ = value

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    def toggle(self):
        self.value(not self._level)

    if _ESP8266:
        del toggle

    def irq(self, handler=None, trigger=3, wake=None, hard=False):
        self._handler, self._trigger = handler, trigger
        return self

    def _edge(self, level):
        if self._handler and self._trigger & (Pin.IRQ_RISING if level else Pin.IRQ_FALLING):
            offer(self._handler, self)

    def __repr__(self):
        return "Pin(%d)" % self._number


def drive(number, level):
    """The world drives a pin, or lets go of it (level None)."""
    pin = Pin._known.get(number)
    before = pin._sensed() if pin else None
    if level is None:
        _driven.pop(number, None)
    else:
        _driven[number] = level
    if pin and pin._sensed() != before:
        pin._edge(pin._sensed())


def forget():
    """Soft reset: interrupts are gone, levels stay."""
    for pin in Pin._known.values():
        pin._handler = None


class ADC:
    """Reads what the world applied, 0…65535."""

    if not _ESP8266:
        ATTN_0DB, ATTN_2_5DB, ATTN_6DB, ATTN_11DB = range(4)
        WIDTH_9BIT, WIDTH_10BIT, WIDTH_11BIT, WIDTH_12BIT = 9, 10, 11, 12

    def __init__(self, pin, *, atten=None):
        number = pin._number if isinstance(pin, Pin) else pin
        if number not in SETTINGS["adc_pins"]:
            raise ValueError("invalid Pin for ADC" if isinstance(pin, Pin) else "not a valid ADC")
        self._number = number

    def read_u16(self):
        value = _voltages.get(self._number, 0)
        return value if isinstance(value, int) else value.u16()

    def read(self):
        value = _voltages.get(self._number, 0)
        return value >> (6 if _ESP8266 else 4) if isinstance(value, int) else value.counts()

    if not _ESP8266:
        if SETTINGS["chip"] == "esp32s2":  # 13 bits

            def read(self):
                value = _voltages.get(self._number, 0)
                return value >> 3 if isinstance(value, int) else value.counts()

        def read_uv(self):
            value = _voltages.get(self._number, 0)
            return value * 3300000 // 65535 if isinstance(value, int) else value.uv()

        def atten(self, _attenuation):
            pass

        def width(self, _bits):
            pass

        def init(self, **_options):
            pass


def _apply(number, value):
    _voltages[number] = value


class PWM:
    """A pulse train on a pin; the chip's limit of channels holds."""

    _running = {}

    def __init__(self, pin, freq=None, duty=None, *, duty_u16=None, duty_ns=None, invert=0):
        self._pin = pin if isinstance(pin, Pin) else Pin(pin)
        number = self._pin._number
        if number not in PWM._running:
            if len(PWM._running) >= SETTINGS["pwm_channels"]:
                raise RuntimeError("out of PWM channels")
            PWM._running[number] = [5000, 32768 if not _ESP8266 else 0]
        self._state = PWM._running[number]
        self.init(freq, duty, duty_u16=duty_u16, duty_ns=duty_ns)

    def init(self, freq=None, duty=None, *, duty_u16=None, duty_ns=None, invert=0):
        PWM._running[self._pin._number] = self._state
        if freq is not None:
            self._set_frequency(freq)
        if duty is not None:
            duty_u16 = min(max(duty, 0), 1023) * 65535 // 1023
        elif duty_ns is not None:
            duty_u16 = duty_ns * self._state[0] * 65535 // 1000000000
        if duty_u16 is not None:
            self._state[1] = min(max(duty_u16, 0), 65535)
        self._tell()

    def _set_frequency(self, freq):
        if not 1 <= freq <= (1000 if _ESP8266 else 40000000):
            raise ValueError("frequency out of range")
        self._state[0] = freq
        if _ESP8266:  # it has one for all
            for number, state in PWM._running.items():
                if state is not self._state and state[0] != freq:
                    state[0] = freq
                    tell("pwm", number, freq, state[1], time._now())

    def _tell(self):
        tell("pwm", self._pin._number, self._state[0], self._state[1], time._now())

    def freq(self, value=None):
        if value is None:
            return self._state[0]
        self._set_frequency(value)
        self._tell()
        return None

    def duty_u16(self, value=None):
        if value is None:
            return self._state[1]
        self._state[1] = min(max(value, 0), 65535)
        self._tell()
        return None

    def duty(self, value=None):
        if value is None:
            return (self._state[1] * 1023 + 32767) // 65535
        return self.duty_u16(min(max(value, 0), 1023) * 65535 // 1023)

    def duty_ns(self, value=None):
        if value is None:
            return self._state[1] * 1000000000 // 65535 // self._state[0]
        return self.duty_u16(value * self._state[0] * 65535 // 1000000000)

    def deinit(self):
        if PWM._running.pop(self._pin._number, None):
            tell("pwm", self._pin._number, 0, 0, time._now())


def _plug(number, state):
    """The world hangs a device that speaks in pulses on a pin, changes it, takes it away."""
    bring("_pulses").plug(number, state)


def plugged():
    """Hang on what was there before the start."""
    for number, state in SETTINGS.pop("devices").items():
        _plug(int(number), state)


def begin():
    on("pin", drive)
    on("device", _plug)
    on("adc", _apply)
