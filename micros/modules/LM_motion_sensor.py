"""Motion: the words of v0.4 for the module pir.

Examples:
    motion_sensor get_PIR_state
"""

import LM_pir


def load() -> dict:
    """Prepare the pin."""
    return LM_pir.load()


def get_PIR_state() -> bool:
    """Tell whether there is motion."""
    return LM_pir.load()["motion"]


def PIR_deinit() -> str:
    """Let go of the pin."""
    return LM_pir.deinit()


def status() -> dict:
    """Tell what `pir status` tells."""
    return LM_pir.status()


def pinmap() -> dict:
    """Tell the pin."""
    return LM_pir.pinmap()
