"""Log: its lines, as the shell's word `log` tells them, and lines of one's own."""

import lm

LEVELS = ("debug", "info", "warn", "error")
MOST = 200  # characters


async def read(minimum: str = "debug") -> str:
    """Tell the lines of at least that level: debug, info, warn or error."""
    if minimum not in LEVELS:
        raise lm.CommandError("minimum: expected debug, info, warn or error, got %.40r" % minimum)
    return await lm.shell("log " + minimum)


async def crash() -> str:
    """Tell how the last starts ended, and the crash before this one."""
    return await lm.shell("log crash")


def write(text: str, kind: str = "info") -> str:
    """Add a line of 200 characters at most: info, or warn."""
    if kind not in ("info", "warn"):
        raise lm.CommandError("kind: expected info or warn, got %.40r" % (kind,))
    text = str(text)
    if len(text) > MOST:
        raise lm.CommandError("text: expected %d characters, got %d" % (MOST, len(text)))
    getattr(lm.log, kind)("log: " + text)
    return "noted"


def load() -> dict:
    """Prepare nothing."""
    return status()


def status() -> dict:
    """Tell how many errors there were."""
    return {"errors": lm.log.errors}


def pinmap() -> dict:
    """Tell that there are no pins."""
    return {}
