"""The node's way into the network: join a known one, else be one, and never give up."""

import asyncio

from core.once import once

LOOK = 2  # seconds between two looks at a network that works
PATIENCE = 300  # seconds between two tries at most


class Network:
    """A loss never resets the node. `mode` is sta, ap or off; `address` belongs to it.

    `announce(address, mode)` is called once for each address obtained, the coroutine function
    `joined` at each look at a network that works.
    """

    def __init__(self, port, log, announce, joined):
        self.port = port
        self.log = log
        self.announce = announce
        self.joined = joined
        self.mode = "off"
        self.address = ""
        self.name = ""  # the network that was joined
        self.station = None
        self.point = None
        self.trouble = {}  # network -> why it could not be joined

    async def run(self, config):
        """Watch over the connection for as long as the node runs."""
        wait = LOOK
        while True:
            if self.mode == "sta" and self.station.isconnected():
                wait = LOOK
                await self.joined()
            else:
                if self.mode == "sta":
                    self.log.warn("network: lost " + self.name)
                    self.mode = "ap" if self.point else "off"
                joined = await once("core.wifi").step(self, config)
                wait = LOOK if joined else min(wait * 2, PATIENCE)
            await asyncio.sleep(wait)

    def obtained(self, mode, address):
        """Take over a new state of the connection and tell about it."""
        self.mode = mode
        self.address = address
        self.log.info("network: %s %s" % (mode, address))
        self.announce(address, mode)

    def rssi(self):
        """Return the strength of the joined network in dBm, or None."""
        return self.station.status("rssi") if self.mode == "sta" else None
