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

    def __init__(self, port, log, announce, joined, sleep_ms=asyncio.sleep_ms):
        self.port = port
        self.log = log
        self.announce = announce
        self.joined = joined
        self.sleep_ms = sleep_ms
        self.mode = "off"
        self.address = ""
        self.name = ""  # the network that was joined
        self.station = None
        self.point = None
        self.trouble = {}  # network -> why it could not be joined
        self._wait = LOOK

    async def run(self, config):
        """Watch over the connection for as long as the node runs."""
        while True:
            await asyncio.sleep(await self.step(config))

    async def step(self, config):
        """Look once, do what is to be done, return the seconds to the next look."""
        if self.mode == "sta" and self.station.isconnected():
            await self.joined()
            return LOOK
        if self.mode == "sta":
            self.log.warn("network: lost " + self.name)
            self.mode = "ap" if self.point else "off"
            self._wait = LOOK
        if await once("core.wifi").enter(self, config):
            self._wait = LOOK
        else:
            self._wait = min(self._wait * 2, PATIENCE)
        return self._wait

    def obtained(self, mode, address):
        """Take over a new state of the connection and tell about it."""
        self.mode = mode
        self.address = address
        self.log.info("network: %s %s" % (mode, address))
        self.announce(address, mode)

    def rssi(self):
        """Return the strength of the joined network in dBm, or None."""
        return self.station.status("rssi") if self.mode == "sta" else None
