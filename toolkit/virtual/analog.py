"""Sensors that make a voltage: what can be set of each, and the voltage at the pin.

The converter that reads it is in firmware/_analog.py. Each has `noise`, the volts by which two
readings may differ from the true one at most; LDR and MQ-135 form a divider with a resistor.
"""

from collections.abc import Mapping
from typing import Any

_OPEN = 1e12  # Ω

KINDS: Mapping[str, dict[str, Any]] = {
    "voltage": {"volts": 1.0, "noise": 0.0, "fault": None},
    # To the supply; its resistor to ground. `r10` is its resistance at 10 lx, after "GL55 series",
    # Wodeyijia: GL5528 has 8 to 20 kΩ there, and a gamma of 0.7.
    "ldr": {"lux": 100.0, "r10": 14000.0, "gamma": 0.7, "resistor": 10000.0, "supply": 3.3,
            "noise": 0.0, "fault": None},
    # After "TEMT6000X01", Vishay, "Basic Characteristics": 50 µA at 100 lx, in proportion.
    "temt6000": {"lux": 100.0, "resistor": 10000.0, "supply": 3.3, "noise": 0.0, "fault": None},
    # `rs` is the sensor's resistance, which the gas makes; `supply` is that of its circuit.
    "mq135": {"rs": 50000.0, "load": 10000.0, "supply": 5.0, "noise": 0.0, "fault": None},
}  # fmt: skip
FAULTS = ("open", "short")  # the sensor is off, or its two ends meet


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
