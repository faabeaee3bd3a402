"""What moves, and what tells that somebody moved something: what can be set of each."""

from collections.abc import Mapping
from typing import Any

KINDS: Mapping[str, dict[str, Any]] = {
    # At the first of its pins. Where its rotor is, and how many steps it did not follow, so far.
    "stepper": {"coils": [19, 23, 32, 33], "steps": 0, "lost": 0, "fault": None},
    "a4988": {"inputs": [19, 23, 32], "steps": 0, "lost": 0, "fault": None},
}
FILES: Mapping[str, str] = {
    "stepper": "_stepper",
    "a4988": "_stepper",
}
ROOM: Mapping[str, int] = {
    "_stepper": 3950,
}
FAULTS: Mapping[str, tuple[str, ...]] = {
    "stepper": ("coil 1", "coil 2", "coil 3", "coil 4", "jammed"),  # a coil that is broken
    "a4988": ("no answer", "jammed"),
}
