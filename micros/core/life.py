"""The life of a node: what it serves, and what it does every second."""

import asyncio

from core.once import once

WELL = 600  # seconds after which the failures before are forgotten
SAFE = (300, 900, 3600)  # seconds of safe mode, the first time, the second, from then on


async def live(node, watchdog):
    """Start everything, then look after it for good."""
    await once("core.start").hook(node)
    node.tasks.supervise("server", node.server.serve)
    await asyncio.sleep(0)  # the server listens before the network is there
    node.tasks.supervise("network", lambda: node.network.run(node.config))
    led = node.pins.number("builtin")
    second = 0
    while True:
        await asyncio.sleep(1)
        second += 1
        node.clock.refresh()
        if watchdog:
            watchdog.feed()
        if second % 5 == 0 and node.config.get("pled") and node.pins.owner(led) is None:
            pin = node.port.pin(led, "out")  # shows life, unless a module has taken the LED
            pin.value(not pin.value())
        if node.safe:
            leave_safe_mode(node, second)
        elif second == WELL:
            node.survivor().forget()


def leave_safe_mode(node, second):
    """After a while try a normal start again, at first soon, then more rarely."""
    survivor = node.survivor()
    if second == SAFE[min(survivor.turns, len(SAFE) - 1)]:
        survivor.turns = min(survivor.turns + 1, 255)
        survivor.failures = 2
        survivor.keep()
        node.restart(False)
