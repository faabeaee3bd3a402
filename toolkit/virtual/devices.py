"""Devices as one hangs them on a pin: what can be set of each.

How they speak is in firmware/_dht.py and the files beside it, voltages are in analog.py, what
moves is in movers.py.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from toolkit.virtual import analog, movers

Device = dict[str, Any]

_KINDS: Mapping[str, Device] = {  # a new one's state; the type of each is that of its value
    "dht11": {"temperature": 21.0, "humidity": 40.0, "fault": None},
    "dht22": {"temperature": 21.0, "humidity": 40.0, "fault": None},
    "ds18b20": {"sensors": {"000000000001": 21.0}, "fault": None},  # by serial number
    # At its echo pin. Where nothing is within 4 m the echo is longer than any that counts.
    "hcsr04": {"trigger": 26, "mm": 1000.0, "celsius": 20.0, "next": [], "fault": None},
    # Held down, or ms down, up, down, … after which it is up; its contact bounces so often.
    "button": {"pressed": False, "presses": [], "bounces": 3, "fault": None},
    # At its receiving pin. What comes is answered by `replies`, one after the other, then by an
    # echo; what it says by itself is in `say`. At another speed it sends and understands garbage.
    "uart": {"baud": 9600, "echo": False, "replies": [], "say": [], "fault": None},
    **movers.KINDS,
    **analog.KINDS,
}
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
_FAULTS: Mapping[str, tuple[str, ...]] = {
    "dht11": ("no answer", "checksum", "short", "stuck"),
    "dht22": ("no answer", "checksum", "short", "stuck"),
    "ds18b20": ("no answer", "checksum", "no conversion", "stuck"),
    "hcsr04": ("no answer", "endless", "stuck"),
    "button": ("no answer", "stuck"),
    "uart": ("no answer", "garbage", "endless"),
    **movers.FAULTS,
    **dict.fromkeys(analog.KINDS, analog.FAULTS),
}


def changed(before: Device | None, given: Device) -> Device | None:
    """The state of a device after a request, None for no device; ValueError says what is wrong."""
    if "kind" in given and given["kind"] is None:
        return None
    kind = given.get("kind", before and before["kind"])
    if kind not in _KINDS:
        raise ValueError(f"kind: expected one of {', '.join(_KINDS)} or null, got {kind!r}")
    after = dict(before) if before and before["kind"] == kind else {"kind": kind, **_KINDS[kind]}
    for name, value in given.items():
        if name == "kind":
            continue
        if name not in after:
            known = ", ".join(key for key in after if key != "kind")
            raise ValueError(f"{kind}: expected one of {known}; got {name!r}")
        after[name] = _fault(kind, value) if name == "fault" else _like(name, after[name], value)
    return after


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


def stuck(device: Device | None) -> bool:
    """Does it hold its line low?"""
    return device is not None and device["fault"] == "stuck"


def _fault(kind: str, value: Any) -> str | None:
    if value is not None and value not in _FAULTS[kind]:
        known = ", ".join(_FAULTS[kind])
        raise ValueError(f"fault: expected one of {known} or null, got {value!r}")
    return value


def _like(name: str, before: Any, value: Any) -> Any:
    """The value, of the same type as the one before."""
    number = isinstance(before, float) and type(value) is int
    if not number and type(value) is not type(before):
        raise ValueError(f"{name}: expected something like {before!r}, got {value!r}")
    if isinstance(value, dict):
        given = cast(dict[str, Any], value)
        return {_serial(key): _like(key, 0.0, celsius) for key, celsius in given.items()}
    if isinstance(value, list):
        like = "" if name in ("replies", "say") else 0.0
        return [_like(name, like, each) for each in cast(list[Any], value)]
    return value


def _serial(text: str) -> str:
    if not re.fullmatch("[0-9a-f]{12}", text):
        raise ValueError(f"sensors: expected serial numbers of 12 hex digits, got {text!r}")
    return text
