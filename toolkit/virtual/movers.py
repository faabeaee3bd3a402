"""What moves, and what tells that somebody moved something: what can be set of each."""

from collections.abc import Mapping
from typing import Any

KINDS: Mapping[str, dict[str, Any]] = {
    # At the first of its pins. Where its rotor is, and how many steps it did not follow, so far.
    "stepper": {"coils": [19, 23, 32, 33], "steps": 0, "lost": 0, "fault": None},
    "a4988": {"inputs": [19, 23, 32], "steps": 0, "lost": 0, "fault": None},
    # At the enable input of a channel. `speed` is in percent, `shock` its largest change at once.
    "l298n": {"inputs": [27, 32], "does": "coasts", "speed": 0, "shock": 0, "fault": None},
    # At its output. Ms until somebody moves, and moves again; it stays high for so many ms.
    "pir": {"moves": [], "stays": 3000.0, "fault": None},
    # At its first contact, and at `b`. Detents, counterclockwise below 0, each four of `pace` ms.
    "rotary": {"b": 33, "turns": [], "pace": 5.0, "bounces": 2, "fault": None},
    # At a pad of an ESP32. What it reads with nobody near, and by how much that goes up and down.
    "touch": {"value": 600, "noise": 5, "finger": False, "fault": None},
}
FILES: Mapping[str, str] = {
    "stepper": "_stepper",
    "a4988": "_stepper",
    "l298n": "",  # the firmware has no need to know
    "pir": "_pir",
    "rotary": "_rotary",
    "touch": "_touch",
}
ROOM: Mapping[str, int] = {
    "": 0,
    "_stepper": 4950,
    "_pir": 2000,
    "_rotary": 3600,
    "_touch": 1800,
}
FAULTS: Mapping[str, tuple[str, ...]] = {
    "stepper": ("coil 1", "coil 2", "coil 3", "coil 4", "jammed"),  # a coil that is broken
    "a4988": ("no answer", "jammed"),
    "l298n": ("no answer", "input 1", "input 2", "jammed"),  # a wire that is off is low
    "pir": ("no answer", "stuck", "held high"),
    "rotary": ("no answer", "stuck", "a open", "b open"),  # stuck: its first contact is closed
    "touch": ("no answer", "short"),
}


def bridge(device: Mapping[str, Any], duty: int, first: int, second: int) -> dict[str, Any]:
    """What a motor does at one channel of an L298N whose enable is high for so many percent.

    "L298 Dual Full-Bridge Driver", STMicroelectronics, Fig. 6: one input high turns it, both alike
    stop it fast, and without enable it is free.
    """
    fault = device["fault"]
    first, second = first and fault != "input 1", second and fault != "input 2"
    if fault == "no answer" or not duty:
        does, speed = "coasts", 0
    elif first == second:
        does, speed = "brakes", 0
    elif fault == "jammed":
        does, speed = "stalls", 0
    else:
        does, speed = "turns", duty if first else -duty
    shock = max(device["shock"], abs(speed - device["speed"]))
    return {"does": does, "speed": speed, "shock": shock}
