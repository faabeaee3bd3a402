"""The boot hook: commands that a setting names, run before anything else is served."""

import asyncio

WAIT = 5  # seconds it is waited for
STUCK = 20000  # milliseconds after which a hook that holds the loop makes a failed start


async def run(node):
    """Run the commands of the setting; one that hangs or raises does not keep the node."""
    text = node.config.get("boothook")
    if node.survivor.safe or text in ("", "n/a"):
        return
    done = asyncio.Event()

    async def hook():
        try:
            await node.executor.call_line(text, "boothook")
        finally:
            done.set()

    node.port.alarm(STUCK)
    node.tasks.start("boothook", hook())
    try:
        await asyncio.wait_for(done.wait(), WAIT)
    except asyncio.TimeoutError:
        node.log.warn("boothook: still running after %d s, the start goes on" % WAIT)
    node.port.alarm(0)
