"""Sensors that make a voltage: what can be set of each, and the voltage at the pin.

The converter that reads it is in firmware/_analog.py. LDR and MQ-135 form a divider with a
resistor.
"""

from collections.abc import Mapping
from typing import Any

from toolkit.virtual import keys
from toolkit.virtual.keys import Key

_OPEN = 1e12  # Ω

_NOISE = keys.number(0.0, 0, 5, "V", "by how much two readings may differ from the truth")
_LUX = keys.number(100.0, 0, 200_000, "lx", "how light it is")
_SUPPLY = "of the circuit"
_FAULT = keys.fault("open", "short")  # the sensor is off, or its two ends meet

KINDS: Mapping[str, Mapping[str, Key]] = {
    "voltage": {
        "volts": keys.number(1.0, 0, 5, "V", "at the pin"),
        "noise": _NOISE,
        "fault": _FAULT,
    },
    # To the supply; its resistor to ground. `r10` is its resistance at 10 lx, after "GL55 series",
    # Wodeyijia: GL5528 has 8 to 20 kΩ there, and a gamma of 0.7.
    "ldr": {
        "lux": _LUX,
        "r10": keys.number(14000.0, 100, 1e7, "Ω", "its resistance at 10 lx"),
        "gamma": keys.number(0.7, 0.1, 2, "", "how steeply that falls with the light"),
        "resistor": keys.number(10000.0, 1, 1e7, "Ω", "to ground"),
        "supply": keys.number(3.3, 0, 5, "V", _SUPPLY),
        "noise": _NOISE,
        "fault": _FAULT,
    },
    # After "TEMT6000X01", Vishay, "Basic Characteristics": 50 µA at 100 lx, in proportion.
    "temt6000": {
        "lux": _LUX,
        "resistor": keys.number(10000.0, 1, 1e7, "Ω", "to ground"),
        "supply": keys.number(3.3, 0, 5, "V", _SUPPLY),
        "noise": _NOISE,
        "fault": _FAULT,
    },
    "mq135": {
        "rs": keys.number(50000.0, 100, 1e8, "Ω", "the sensor's resistance, which the gas makes"),
        "load": keys.number(10000.0, 1, 1e7, "Ω", "to ground"),
        "supply": keys.number(5.0, 0, 5, "V", _SUPPLY),
        "noise": _NOISE,
        "fault": _FAULT,
    },
}


def volts(device: Mapping[str, Any]) -> float:
    """The voltage that the device makes at its pin."""
    kind, fault = device["kind"], device["fault"]
    if kind == "voltage":
        return 0.0 if fault else float(device["volts"])
    if kind == "temt6000":
        made = device["lux"] * 0.5e-6 * device["resistor"]
        return float({"open": 0.0, "short": device["supply"]}.get(fault, made))
    if kind == "ldr":
        sensor = device["r10"] * (10 / max(device["lux"], 1e-3)) ** device["gamma"]
        load = device["resistor"]
    else:
        sensor, load = device["rs"], device["load"]
    sensor = {"open": _OPEN, "short": 0.0}.get(fault, sensor)
    return float(device["supply"] * load / (load + sensor))


def wire(device: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """What the firmware is told of a device: of these, no more than a voltage."""
    if device is None or device["kind"] not in KINDS:
        return device
    micro = round(min(max(volts(device), 0.0), device.get("supply", 5.0)) * 1e6)
    return {"kind": "analog", "uv": micro, "noise": round(device["noise"] * 1e6)}
