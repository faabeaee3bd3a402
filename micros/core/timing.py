"""What settings do to clock and scheduler. Loaded when one of them is changed."""

import asyncio

from core.once import once
from micropython import const

_SETTINGS = const(("cron", "crontasks", "tz", "geo", "gmttime"))
_SOON = const(50)  # ms


def changed(node, names):
    """Follow settings that have new values; what is over is not run anew."""
    if not [name for name in _SETTINGS if name in names]:
        return
    scheduler, config, clock = node.scheduler, node.config, node.clock
    if scheduler:
        scheduler.decide()  # by the settings that were
        scheduler.changes += 1
        scheduler.tools = None
        scheduler.wake()
    if "tz" in names or "gmttime" in names:
        clock.zone = (config.get("tz"), config.get("gmttime"))
    if scheduler and not config.get("cron"):
        scheduler.job.stopping = True
        node.watched.remove(scheduler.job.handle)
        scheduler.job.handle.cancel()  # in a pause after a fault it would be there for a minute
        scheduler.waiting = []
        node.scheduler = clock.watcher = None
    elif "cron" in names and not scheduler and not node.safe and config.get("cron"):
        node.tasks.spawn(soon(node))


async def soon(node):
    """Start it, once the files that change a setting are out of memory and the one before ends."""
    await asyncio.sleep_ms(_SOON)
    while not node.scheduler and "cron" in node.tasks.listing()["active"]:
        await asyncio.sleep_ms(_SOON)
    if node.config.get("cron") and not node.scheduler:
        once("agenda").begin(node, node.clock.uptime())
