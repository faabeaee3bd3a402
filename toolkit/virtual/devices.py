"""Devices that speak in pulses, as one hangs them on a pin: what can be set of each.

How they speak is in firmware/_dht.py and the files beside it.
"""

from collections.abc import Mapping
from typing import Any

Device = dict[str, Any]

_KINDS: Mapping[str, Device] = {  # a new one's state; the type of each is that of its value
    "dht11": {"temperature": 21.0, "humidity": 40.0, "fault": None},
    "dht22": {"temperature": 21.0, "humidity": 40.0, "fault": None},
}
_FAULTS: Mapping[str, tuple[str, ...]] = {
    "dht11": ("no answer", "checksum", "short", "stuck"),
    "dht22": ("no answer", "checksum", "short", "stuck"),
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
    return value
