"""The life of a node: what it starts, in which order, and what it does every second."""

import asyncio

from core.once import once

WELL = 600  # seconds after which the failures before are forgotten
SAFE = (300, 900, 3600)  # seconds of safe mode, the first time, the second, from then on


async def live(node, watchdog):
    """Start everything, then look after it for good."""
    await once("core.hook").run(node)
    node.tasks.supervise("server", node.server.serve)
    await asyncio.sleep(0)  # the server listens before the network is there
    node.tasks.supervise("network", lambda: node.network.run(node.config))
    node.tasks.supervise("time", lambda: keep_time(node))
    second = 0
    led = node.pins.number("builtin")
    while True:
        await asyncio.sleep(1)
        second += 1
        node.clock.refresh()
        if watchdog:
            watchdog.feed()
        if second % 5 == 0 and node.config.get("pled"):
            blink(node, led)
        if node.survivor.safe:
            leave_safe_mode(node, second)
        elif second == WELL and node.survivor.failures:
            node.survivor.well()


async def keep_time(node):
    """Ask the time server until it answers, then once a day."""
    wait = 15
    while True:
        host = node.config.get("ntphost")
        if node.network.mode != "sta" or not host:
            await asyncio.sleep(5)
            continue
        try:
            node.tell_time(await once("core.ntp").ask(host), "ntp")
            wait = 86400
        except OSError as error:
            node.log.warn("ntp: %s: %r" % (host, error))
            wait = min(wait * 2, 3600) if wait < 86400 else 60
        await asyncio.sleep(wait)


def blink(node, number):
    """Show life on the built-in LED, unless a module has taken it."""
    if node.pins.owner(number) is None:
        led = node.port.pin(number, "out")
        led.value(not led.value())


def leave_safe_mode(node, second):
    """After a while try a normal start again, at first soon, then more rarely."""
    turns = node.survivor.turns
    if second == SAFE[min(turns, len(SAFE) - 1)]:
        node.survivor.turns = min(turns + 1, 255)
        node.survivor.failures = 2
        node.restart()
