"""What moves, and what tells that somebody moved something: what can be set of each."""

from collections.abc import Mapping
from typing import Any

from toolkit.virtual import keys
from toolkit.virtual.keys import Key

_STEPS = {
    "steps": keys.whole(0, -1_000_000, 1_000_000, "where its rotor is"),
    "lost": keys.whole(0, 0, 1_000_000, "steps that it did not follow, so far"),
}

KINDS: Mapping[str, Mapping[str, Key]] = {
    "stepper": {
        "coils": keys.pins([19, 23, 32, 33], "of its coils; it hangs at the first"),
        **_STEPS,
        "fault": keys.fault("coil 1", "coil 2", "coil 3", "coil 4", "jammed"),  # a broken coil
    },
    "a4988": {
        "inputs": keys.pins([19, 23, 32], "step, direction, enable; it hangs at the first"),
        **_STEPS,
        "fault": keys.fault("no answer", "jammed"),
    },
    "l298n": {  # at the enable input of a channel
        "inputs": keys.pins([27, 32], "both inputs of the channel at whose enable it hangs"),
        "does": keys.told("coasts", "turns, coasts, brakes or stalls"),
        "speed": keys.told(0, "in percent, below 0 backwards"),
        "shock": keys.told(0, "the largest change of the speed at once"),
        "fault": keys.fault("no answer", "input 1", "input 2", "jammed"),  # a wire off is low
    },
    "pir": {
        "moves": keys.numbers(0, 3_600_000, "ms", "until somebody moves, and moves again, …"),
        "stays": keys.number(3000.0, 1, 600_000, "ms", "how long its output is high then"),
        "fault": keys.fault("no answer", "stuck", "held high"),
    },
    "rotary": {  # at its first contact
        "b": keys.pin(33, "its second contact"),
        "turns": keys.wholes(100, 100, "detents, counterclockwise below 0; once"),
        "pace": keys.number(5.0, 0.1, 10_000, "ms", "for a quarter of a detent"),
        "bounces": keys.whole(2, 0, 10, "of each contact"),
        "fault": keys.fault("no answer", "stuck", "a open", "b open"),  # stuck: closed, the first
    },
    "touch": {  # at a pad
        "value": keys.whole(600, 0, 1_000_000, "what it reads with nobody near"),
        "noise": keys.whole(5, 0, 10_000, "by how much that goes up and down"),
        "finger": keys.switch("whether one is there"),
        "fault": keys.fault("no answer", "short"),
    },
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
