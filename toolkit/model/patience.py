"""How long the toolkit waits: as for a real board, or longer for a board that is emulated."""

import os

_FACTOR = float(os.environ.get("MICROS_PATIENCE") or 1)


def patient(seconds: float) -> float:
    """That many seconds, times MICROS_PATIENCE."""
    return seconds * _FACTOR
