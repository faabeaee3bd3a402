"""Devices as one hangs them on a pin: what can be set of each.

How they speak is in firmware/_dht.py and the files beside it, voltages are in analog.py, what
moves is in movers.py.
"""

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from toolkit.virtual import analog, keys, movers
from toolkit.virtual.chips import Chip
from toolkit.virtual.keys import Key

Device = dict[str, Any]

_PULSES = ("no answer", "checksum", "short", "stuck")
KINDS: Mapping[str, Mapping[str, Key]] = {
    "dht11": {
        "temperature": keys.number(21.0, 0, 50, "°C", "of the air"),
        "humidity": keys.number(40.0, 20, 90, "%", "of the air"),
        "fault": keys.fault(*_PULSES),
    },
    "dht22": {
        "temperature": keys.number(21.0, -40, 80, "°C", "of the air"),
        "humidity": keys.number(40.0, 0, 100, "%", "of the air"),
        "fault": keys.fault(*_PULSES),
    },
    "ds18b20": {
        "sensors": keys.by_serial(-55, 125, "°C", "the sensors of the bus, each with its own"),
        "fault": keys.fault("no answer", "checksum", "no conversion", "stuck"),
    },
    "hcsr04": {  # at its echo pin
        "trigger": keys.pin(26, "at which it is asked; it hangs at its echo pin"),
        "mm": keys.number(1000.0, 0, 100_000, "mm", "to what reflects; beyond 4000 nothing does"),
        "celsius": keys.number(20.0, -40, 85, "°C", "of the air"),
        "next": keys.numbers(0, 100_000, "mm", "distances that come before, each once"),
        "fault": keys.fault("no answer", "endless", "stuck"),
    },
    "button": {
        "pressed": keys.switch("whether it is held down"),
        "presses": keys.numbers(0, 600_000, "ms", "down, up, down, …, after which it is up; once"),
        "bounces": keys.whole(3, 0, 10, "of its contact, each time"),
        "fault": keys.fault("no answer", "stuck"),
    },
    "uart": {  # at its receiving pin; at another speed both sides understand garbage
        "baud": keys.whole(9600, 300, 1_000_000, "its speed"),
        "echo": keys.switch("whether it says again what it is told"),
        "replies": keys.lines("what it answers, one after the other; then there is the echo"),
        "say": keys.lines("what it says by itself, once"),
        "fault": keys.fault("no answer", "garbage", "endless"),
    },
    **movers.KINDS,
    **analog.KINDS,
}
_PULLED = ("dht11", "dht22")  # with a resistor of their own
_DRIVEN = ("dht11", "dht22", "ds18b20", "stepper", "a4988", "l298n")  # at a pin that is an output
_LISTENING = ("coils", "inputs", "trigger")  # keys of pins that are outputs
_ROOM: Mapping[str, int] = {  # bytes of the stand-ins' own, which a small chip's heap must not miss
    "_dht": 3300,
    "_ds18b20": 5200,
    "_hcsr04": 2200,
    "_button": 2600,
    "_uart": 3000,
    **movers.ROOM,
    "_analog": 1800,
}
_FILES: Mapping[str, str] = {
    "dht11": "_dht",
    "dht22": "_dht",
    "ds18b20": "_ds18b20",
    "hcsr04": "_hcsr04",
    "button": "_button",
    "uart": "_uart",
    **movers.FILES,
    **dict.fromkeys(analog.KINDS, "_analog"),
}


def changed(chip: Chip, pin: int, before: Device | None, given: Device) -> Device | None:
    """The state of a device after a request, None for no device; ValueError says what is wrong."""
    if "kind" in given and given["kind"] is None:
        return None
    kind = given.get("kind", before and before["kind"])
    if not isinstance(kind, str) or kind not in KINDS:
        known = ", ".join(KINDS)
        raise ValueError(f"kind: expected one of {known} or null, got {keys.shown(kind)}")
    there = KINDS[kind]
    fresh = {"kind": kind, **{name: copy.copy(key.first) for name, key in there.items()}}
    after = dict(before) if before and before["kind"] == kind else fresh
    after |= keys.taken(there, kind, {key: it for key, it in given.items() if key != "kind"})
    _fits(chip, pin, after)
    return after


def driven(chip: Chip, pin: int, kind: str) -> None:
    """ValueError where the chip cannot drive what hangs on this pin."""
    if pin in chip.input_only:
        there = ", ".join(map(str, chip.input_only))
        raise ValueError(f"pin: {kind} expected one that can be an output (not {there}), got {pin}")


def _fits(chip: Chip, pin: int, device: Device) -> None:
    """ValueError where the device hangs on pins that the chip does not have, or has not for it."""
    kind = device["kind"]
    if kind in analog.KINDS and pin not in chip.adc_pins:
        there = ", ".join(map(str, chip.adc_pins))
        raise ValueError(f"pin: {kind} expected one that measures ({there}), got {pin}")
    if kind in _DRIVEN:
        driven(chip, pin, kind)
    for name, key in KINDS[kind].items():
        given = device[name] if isinstance(device[name], list) else [device[name]]
        wrong = [it for it in given if key.pins and it not in chip.pins]
        if wrong:
            raise ValueError(f"{name}: expected pins of the {chip.name}, got {keys.shown(wrong)}")
        if key.pins and not isinstance(device[name], list) and device[name] == pin:
            raise ValueError(f"{name}: expected another pin than its own, got {pin}")
        deaf = [it for it in given if it in chip.input_only and name in _LISTENING]
        if deaf:
            raise ValueError(f"{name}: expected pins that can be outputs, got {keys.shown(deaf)}")


def heap(plain: str, there: Iterable[Device]) -> str:
    """The heap of a board with these devices: as much as without is left for its program."""
    size, unit = plain.rstrip("wk"), plain.lstrip("0123456789")
    room = sum(_ROOM[file] for file in {_FILES[device["kind"]] for device in there})
    return plain if "k" in unit else f"{int(size) + room}{unit}"


def wire(device: Device | None) -> Mapping[str, Any] | None:
    """What the firmware is told of a device."""
    known = device is not None and _FILES[device["kind"]]
    return analog.wire(device) if known else None


def spend(device: Device | None) -> None:
    """Forget what happens once: presses are not made again at the next start."""
    for name in ("presses", "say", "moves", "turns"):
        if device and name in device:
            device[name] = []


def rest(device: Device | None) -> int | None:
    """The level at which it leaves its line while it says nothing; None: that of the board."""
    if device is not None and device["fault"] == "stuck":
        return 0
    return 1 if device is not None and device["kind"] in _PULLED else None
