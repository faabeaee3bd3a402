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
        """An event of the firmware."""
        if kind == "pin":
            self.pins[values[0]] = {"mode": values[1], "pull": values[2], "value": values[3]}
            self.turn()
        elif kind == "pwm":
            self._note_pwm(*values)
            self.turn()
        elif kind == "neopixel":
            self._note_neopixel(*values)
        elif kind == "timers":
            names = ("id", "period_ms", "callback")
            self.timers = [dict(zip(names, row, strict=True)) for row in values[0]]
        elif kind == "i2c":
            self._note_i2c(*values)
        elif kind == "i2c write" and values[0] in self.i2c_models:
            self.i2c_models[values[0]].write(values[1], values[2], bytes.fromhex(values[3]))
        elif kind in ("asked", "seen", "heard"):
            self._note_device(kind, *values)
        elif kind == "spi":
            self.spi = values[0]
        elif kind in ("station", "access point"):
            setattr(self, kind.replace(" ", "_"), values[0])
            self.hostname = self.hostname or (values[1] if len(values) > 1 else None)

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

    def _note_i2c(self, address: int, register: int, data: str) -> None:
        device = self.i2c.get(address)
        if device is not None:
            for place, start in enumerate(range(0, len(data), 2)):
                device[register + place] = data[start : start + 2]
