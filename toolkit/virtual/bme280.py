"""A BME280 or BMP280 on the bus: its registers, its modes, and the time a measurement takes.

After the maker's BST-BME280-DS002: modes 3.3, registers 5.3 and 5.4, I2C 6.2, times 9.1.
"""

from collections.abc import Mapping
from typing import Any

from toolkit.virtual import keys
from toolkit.virtual.bme280_values import (
    CALIBRATION,
    calibration_registers,
    humidity,
    is_calibration,
    pressure,
    raw_for,
    temperature,
)
from toolkit.virtual.keys import Key

_AIR = ("temperature", "pressure", "humidity")
CHIPS = {"bme280": 0x60, "bmp280": 0x58}

KEYS: Mapping[str, Key] = {  # section 1, "Electrical specification": the ranges it works in
    "temperature": keys.number(21.5, -40, 85, "°C", "of the air"),
    "pressure": keys.number(1013.25, 300, 1100, "hPa", "of the air"),
    "humidity": keys.number(45.0, 0, 100, "%", "of the air; a BMP280 does not tell it"),
    "calibration": Key({}, '{"T1": a number of its register, …}, T1 to H6', "in place of its own",
                       lambda it: is_calibration(it)),
    "chip": Key(None, "0 to 255 or null", "the identity it tells, instead of its own",
                lambda it: it is None or keys.is_whole(it, 0, 255)),
    "fault": keys.fault("silent", "endless", "brownout"),
}  # fmt: skip

_ID, _RESET, _CTRL_HUM, _STATUS, _CTRL_MEAS, _CONFIG = 0xD0, 0xE0, 0xF2, 0xF3, 0xF4, 0xF5
_DATA = 0xF7
_START = 2000  # µs until the calibration can be read
_NOTHING = bytes.fromhex("8000008000008000")  # pressure, temperature, humidity not measured


class Model:
    """One device, and the air around it. Times are the board's, in µs since its start."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.air: dict[str, float] = {name: KEYS[name].first for name in _AIR}
        self.trim = dict(CALIBRATION)
        self.fault: str | None = None
        self.chip = CHIPS[kind]
        self._humid = kind == "bme280"
        self._fixed = dict[int, int]()
        self._raw = 0, 0, 0
        self._pointer = self._now = 0
        self.change({})
        self.lose_power()

    # -- from outside ------------------------------------------------------------------------

    @property
    def present(self) -> bool:
        """Does it answer?"""
        return self.fault != "silent"

    def change(self, state: dict[str, Any]) -> None:
        """Take temperature (°C), pressure (hPa), humidity (%), calibration, chip, fault."""
        keys.taken(KEYS, self.kind, state)
        trim = {**self.trim, **state.get("calibration", {})}
        air = {name: float(state.get(name, before)) for name, before in self.air.items()}
        self._raw = _raw_values(trim, air)
        self.trim, self.air = trim, air
        self.fault = state.get("fault", self.fault)
        self.chip = CHIPS[self.kind] if (chip := state.get("chip", self.chip)) is None else chip
        self._fixed = {_ID: self.chip}
        for first, data in calibration_registers(self.trim, humid=self._humid).items():
            self._fixed |= dict(enumerate(data, first))

    def seen(self) -> dict[str, Any]:
        """What there is to see from outside."""
        return {"model": self.kind, **self.air, "chip": self.chip, "fault": self.fault}

    def lose_power(self) -> None:
        """Be without power for a moment."""
        self._start(-_START)

    # -- on the bus --------------------------------------------------------------------------

    def write(self, now: int, place: int, data: bytes) -> None:
        """A register; then values, each but the first after the register it is for (6.2.1)."""
        if place:
            return  # longer than anything that makes sense
        self._settle(now)
        self._pointer = data[0]
        for at in range(0, len(data) - 1, 2):
            self._put(now, data[at], data[at + 1])

    def read(self, now: int, count: int) -> bytes:
        """Bytes from the register on that was named last."""
        self._settle(now)
        start, self._pointer = self._pointer, self._pointer + count
        return bytes(self._get(now, start + place) for place in range(count))

    def _start(self, now: int) -> None:
        self._ready = now + _START
        self._own = {_CTRL_HUM: 0, _CTRL_MEAS: 0, _CONFIG: 0}
        self._data = _NOTHING
        self._humidity = 0  # the oversampling in use: _CTRL_HUM counts from _CTRL_MEAS on
        self._until: int | None = None  # when the measurement ends that is going on
        self._later: int | None = None  # what _CTRL_MEAS becomes then

    def _get(self, now: int, register: int) -> int:
        if _DATA <= register < _DATA + len(_NOTHING):
            return self._data[register - _DATA]
        if register == _STATUS:
            return (8 if self._until is not None else 0) | (1 if now < self._ready else 0)
        if register in self._own:
            return self._own[register]
        readable = register == _ID or now >= self._ready
        return self._fixed.get(register, 0) if readable else 0

    def _put(self, now: int, register: int, value: int) -> None:
        if register == _RESET and value == 0xB6:
            self._start(now)
        elif register == _CTRL_HUM and self._humid:
            self._own[_CTRL_HUM] = value & 7
        elif register == _CTRL_MEAS and self._until is None:
            self._control(now, value)
        elif register == _CTRL_MEAS and self._later is None:
            self._later = value  # it waits for the end of what goes on, and a third is ignored
        elif register == _CONFIG and self._own[_CTRL_MEAS] & 3 != 3:
            self._own[_CONFIG] = value

    def _control(self, now: int, value: int) -> None:
        self._own[_CTRL_MEAS] = value
        self._humidity = self._own[_CTRL_HUM]
        self._until = now + self._duration() if value & 3 else None
        if value & 3 and self.fault == "brownout":
            self._start(now)  # to measure takes more than its supply gives

    def _samples(self) -> tuple[int, int, int]:
        """How often pressure, temperature and humidity are sampled: 0 = never, 1, 2, 4, 8, 16."""
        control = self._own[_CTRL_MEAS]
        codes = control >> 2 & 7, control >> 5, self._humidity
        pressure, temperature, humidity = (1 << min(code, 5) >> 1 for code in codes)
        return pressure, temperature, humidity

    def _duration(self) -> int:
        """The longest it may take, in µs (9.1)."""
        pressure, temperature, humidity = self._samples()
        micros = 1250 + 2300 * (pressure + temperature + humidity)
        return micros + (575 if pressure else 0) + (575 if humidity else 0)

    def _settle(self, now: int) -> None:
        """End what has been going on long enough."""
        if now < self._now:  # the board has started anew, the sensor goes on
            self._ready = min(self._ready, now)
            self._until = None if self._until is None else now
        self._now = now
        if self._until is None or now < self._until or self.fault == "endless":
            return
        self._data = self._measured()
        value, self._later = self._later, None
        if value is None:  # goes on in normal mode, and rests in the others
            control = self._own[_CTRL_MEAS]
            value = control if control & 3 == 3 else control & 0xFC
        self._control(now, value)

    def _measured(self) -> bytes:
        """The bytes of it: 16 bits each, pressure and temperature more by more samples."""
        found, samples = bytearray(_NOTHING), self._samples()
        for place in (0, 1):
            if samples[place]:
                fine = 16 // samples[place]
                value = self._raw[place] // fine * fine << 4
                found[3 * place : 3 * place + 3] = value.to_bytes(3)
        if not self._humid:
            found[6:] = bytes(2)
        elif samples[2]:
            found[6:] = self._raw[2].to_bytes(2)
        return bytes(found)


def _raw_values(trim: dict[str, int], air: dict[str, float]) -> tuple[int, int, int]:
    """What it would measure: pressure, temperature, humidity."""
    warmth = raw_for(lambda raw: temperature(trim, raw)[0], air["temperature"], 20)
    fine = temperature(trim, warmth)[1]
    press = raw_for(lambda raw: pressure(trim, raw, fine), air["pressure"] * 100, 20)
    wet = raw_for(lambda raw: humidity(trim, raw, fine), air["humidity"], 16)
    return press, warmth, wet
