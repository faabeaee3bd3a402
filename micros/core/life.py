"""The life of a node: what it serves, and what it does every second."""

import asyncio
import gc

from core.once import once

SILENT = 12  # seconds without a beat of the server after which the watchdog is not fed
WELL = 600  # seconds after which the failures before are forgotten


async def live(node, watchdog):
    """Start everything, then look after it for good."""
    await once("core.start").hook(node)
    node.tasks.supervise("server", node.server.serve)
    await asyncio.sleep(0)  # the server listens before the network is there
    node.tasks.supervise("network", lambda: node.network.run(node.config))
    number = node.pins.number("builtin")
    led = None
    gc.threshold(-1)
    second = alive = beat = 0
    while True:
        await asyncio.sleep(1)
        second += 1
        node.clock.refresh()
        if node.server.beat != beat:
            beat, alive = node.server.beat, second
        if watchdog and second - alive < SILENT:
            watchdog.feed()
        if second % 10 == 0:
            gc.collect()  # or else what lives long lies scattered over the whole heap
        if second % 5 == 0 and node.config.get("pled") and node.pins.owner(number) is None:
            led = led or node.port.pin(number, "out")
            led.value(not led.value())  # shows life, unless a module has taken the LED
        if node.safe and second % 60 == 0:
            once("core.start").leave_safe_mode(node, second)
        elif second == WELL:
            node.survivor().forget()
