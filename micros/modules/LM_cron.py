"""Cron: entries of `crontasks`, told, added and removed, for hooks and programs."""

import json

import lm

NONE = "n/a"


async def list() -> list:
    """Tell each entry: its number, next run, runs, what was dropped, the last error."""
    return json.loads(await lm.shell("cron list >json"))


async def check(text: str) -> str:
    """Tell in words what entries mean, and their next runs; nothing is changed."""
    return await lm.shell("cron check " + str(text))


async def add(text: str) -> str:
    """Add an entry behind the others, such as "*:7:30:0!light on"; it has to make sense."""
    await check(text)
    there = lm.setting("crontasks")
    return await lm.shell("crontasks " + (text if there == NONE else there + "; " + text))


async def remove(number: int) -> str:
    """Take away the entry of a number, as `list` tells it."""
    found = [row["entry"] for row in await list()]
    if not isinstance(number, int) or not 0 <= number < len(found):
        raise lm.CommandError("number: expected one of %d entries, got %r" % (len(found), number))
    found.pop(number)
    return await lm.shell("crontasks " + ("; ".join(found) or NONE))


def load() -> dict:
    """Prepare nothing."""
    return {}


def status() -> dict:
    """Tell whether entries run at all, and their text."""
    return {"on": lm.setting("cron"), "crontasks": lm.setting("crontasks")}


def pinmap() -> dict:
    """Tell that there are no pins."""
    return {}
