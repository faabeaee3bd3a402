"""What follows once all parts are there: boot hook, server, services. Loaded until they run."""

import asyncio
import gc

from core.errors import CommandError
from core.once import once
from micropython import const

_HOOK = const(5)  # seconds the boot hook is waited for
_OFTEN = const(1024)  # bytes between two collections: what lives long is to lie close together
_STUCK = const(20000)  # milliseconds after which a hook that holds the loop makes a failed start


async def begin(node):
    """Run the boot hook, listen, and let the services start, while the node is looked after."""
    if node.setup:
        node.config.values["staessid"] = ""  # in memory alone: its own network is to be there
    if not (node.safe or node.hook in ("", "n/a")):
        once("survivor").record_of(node).reached(1)
        try:
            await run_hook(node)
        except MemoryError as error:
            once("problem").tell(node, "boothook: %s" % error)
    once("survivor").record_of(node).reached(2)
    await node.server.look_after()  # it listens before the network is there
    if "link" in node.slots.__globals__:  # of /main.py: --shell of the toolkit puts it there
        once("cable").begin(node)
    node.watched.append(node.tasks.spawn(node.network.run(node.config, node.executor.guard)))
    if not node.safe:
        services(node)
    gc.threshold(_OFTEN if node.port.LEAF else -1)


async def run_hook(node, patience=_HOOK):
    """Run the commands of the boot hook; one that hangs or raises does not keep the node."""
    alarm = node.port.alarm(_STUCK)
    try:
        job = node.tasks.start("boothook", hook(node, node.hook))
        node.hook = None
        for _ in range(patience * 50):
            await asyncio.sleep_ms(20)
            if job.state != "running":
                break
        else:
            node.log.warn("boothook: still running after %d s, the start goes on" % patience)
    finally:
        alarm.deinit()


async def hook(node, line):
    """Run a line; what goes wrong is seen in the status too."""
    executor = node.executor
    _, error = await executor.guard("boothook", executor.call_line(line, "boothook"))
    if error:
        node.problems.append("boothook: %.200s" % error)
        raise CommandError(error)


def services(node):
    """Start what the settings switch on: what comes from time and pins. Not in safe mode."""
    if node.config.get("cron"):
        try:
            once("agenda").begin(node)
        except MemoryError as error:
            once("problem").tell(node, "cron: %s" % error)
    if node.events:
        once("triggers").begin(node)
