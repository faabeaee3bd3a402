"""What hangs on the board's pins, seen from outside: a mirror kept up to date by events."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from toolkit.virtual import movers
from toolkit.virtual.i2c_models import MODELS, Model
from toolkit.virtual.strip import Strip

_REMEMBERED = 2000  # changes of a pin's pulses
_LINES = 32  # that are remembered of a serial port


@dataclass
class Peripherals:
    """Inputs are set from outside and outlive resets; outputs are what the program last did."""

    pins: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    pwm: dict[int, dict[str, int]] = field(default_factory=dict[int, dict[str, int]])
    pulses: dict[int, deque[tuple[int, int, int]]] = field(
        default_factory=dict[int, deque[tuple[int, int, int]]]
    )  # of each pin: when (µs), frequency, duty, for whoever asks
    neopixel: dict[int, str] = field(default_factory=dict[int, str])
    strips: dict[int, Strip] = field(default_factory=dict[int, Strip])
    timers: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    spi: str = ""
    station: str | None = None
    access_point: str | None = None
    hostname: str | None = None  # as it was when the station first had an address: mDNS keeps it
    driven: dict[int, int] = field(default_factory=dict[int, int])
    adc: dict[int, int] = field(default_factory=dict[int, int])
    held_us: int = 0  # the longest that the program has held the clock since somebody asked
    celsius: float = 53.0  # of the chip itself
    i2c: dict[int, dict[int, str]] = field(default_factory=dict[int, dict[int, str]])
    i2c_models: dict[int, Model] = field(default_factory=dict[int, Model])
    i2c_stuck: str | None = None  # "scl" or "sda": the line of the bus that is held low
    devices: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    asked: dict[int, int] = field(default_factory=dict[int, int])
    lines: dict[int, list[str]] = field(default_factory=dict[int, list[str]])

    def level(self, pin: int) -> int:
        """The level on a pin, whoever makes it."""
        state = self.pins.get(pin, {"mode": "in", "pull": None, "value": 0})
        if state["mode"] == "out" or (state["mode"] == "open drain" and not state["value"]):
            return int(state["value"])
        return self.driven.get(pin, 1 if state["pull"] == "up" else 0)

    def drive(self, pin: int, level: int | None) -> None:
        if level is None:
            self.driven.pop(pin, None)
        else:
            self.driven[pin] = level

    def plug(self, address: int, registers: dict[int, str] | None) -> None:
        """Attach an I2C device, change its registers, or take it away."""
        if registers is None:
            self.i2c.pop(address, None)
        else:
            self.i2c.setdefault(address, {}).update(registers)

    def plug_model(self, address: int, kind: str, state: dict[str, Any]) -> Model:
        """Attach a device of which there is a model, or change what is around it."""
        device = self.i2c_models.get(address)
        if device is None or device.kind != kind:
            device = MODELS[kind](kind)
        device.change(state)
        self.i2c_models[address] = device
        return device

    def plug_strip(self, pin: int, state: dict[str, Any]) -> Strip:
        """Hang a strip of lights on a pin, or change it."""
        strip = self.strips.get(pin) or Strip()
        strip.change(state)
        self.strips[pin] = strip
        return strip

    def answering(self) -> list[int]:
        """The addresses of those devices that are models and answer."""
        return [address for address, device in self.i2c_models.items() if device.present]

    def read_model(self, address: int, now: int, count: int) -> str:
        """What a program reads from such a device, in hex."""
        device = self.i2c_models.get(address)
        return (device.read(now, count) if device else bytes(count)).hex()

    def lose_power(self) -> None:
        """What hangs on the board's supply is without power, too."""
        for device in (*self.i2c_models.values(), *self.strips.values()):
            device.lose_power()

    def reset(self, *, soft: bool) -> None:
        """A reset stops pulses and timers; only a hard one lets go of the pins."""
        self.pwm.clear()
        self.timers.clear()
        self.asked.clear()
        if not soft:
            self.pins.clear()
            self.neopixel.clear()
            self.station = self.access_point = self.hostname = None
        self.turn()

    def turn(self) -> None:
        """Motors do what their inputs say."""
        for pin, device in self.devices.items():
            if device["kind"] == "l298n":
                pulses = self.pwm.get(pin)
                duty = round(pulses["duty_u16"] / 655.35) if pulses else 100 * self.level(pin)
                device |= movers.bridge(device, duty, *map(self.level, device["inputs"]))

    def note(self, kind: str, values: list[Any]) -> None:
        """An event of the firmware; those that are none of the pins' are left alone."""
        if kind in ("asked", "seen", "heard"):
            self._note_device(kind, *values)
        elif done := getattr(self, "_note_" + kind.replace(" ", "_"), None):
            done(*values)

    def _note_pin(self, pin: int, mode: str | None, pull: str | None, value: int) -> None:
        self.pins[pin] = {"mode": mode, "pull": pull, "value": value}
        self.turn()

    def _note_held(self, microseconds: int) -> None:
        self.held_us = max(self.held_us, microseconds)

    def _note_timers(self, rows: list[list[Any]]) -> None:
        names = ("id", "period_ms", "callback")
        self.timers = [dict(zip(names, row, strict=True)) for row in rows]

    def _note_i2c_write(self, address: int, now: int, place: int, data: str) -> None:
        if address in self.i2c_models:
            self.i2c_models[address].write(now, place, bytes.fromhex(data))

    def _note_spi(self, data: str) -> None:
        self.spi = data

    def _note_station(self, name: str | None, hostname: str | None = None) -> None:
        self.station = name
        self.hostname = self.hostname or hostname

    def _note_access_point(self, name: str | None, hostname: str | None = None) -> None:
        self.access_point = name
        self.hostname = self.hostname or hostname

    def _note_neopixel(self, pin: int, data: str, now: int, timing: list[int]) -> None:
        self.neopixel[pin] = data
        if pin in self.strips:
            self.strips[pin].receive(now, timing, bytes.fromhex(data))

    def _note_device(self, kind: str, pin: int, told: Any) -> None:
        if kind == "asked":
            self.asked[pin] = told
        elif kind == "heard":
            self.lines[pin] = [*self.lines.get(pin, ()), told][-_LINES:]
        elif pin in self.devices:
            self.devices[pin] |= told

    def heard(self, pin: int) -> dict[str, list[str]]:
        """The last lines that a device at a serial port was told, where there is one."""
        return {"heard": self.lines[pin]} if pin in self.lines else {}

    def _note_pwm(self, pin: int, frequency: int, duty: int, now: int) -> None:
        self.pulses.setdefault(pin, deque(maxlen=_REMEMBERED)).append((now, frequency, duty))
        if frequency:
            self.pwm[pin] = {"freq": frequency, "duty_u16": duty}
        else:
            self.pwm.pop(pin, None)
        self.turn()

    def _note_i2c(self, address: int, register: int, data: str) -> None:
        device = self.i2c.get(address)
        if device is not None:
            for place, start in enumerate(range(0, len(data), 2)):
                device[register + place] = data[start : start + 2]
