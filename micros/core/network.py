"""The node's way into the network: join a known one, else be one, and never give up."""

import asyncio

from core.once import Rare
from micropython import const

_LOOK = const(2)  # seconds between two looks at a network that works
_PAUSE = const(30000)  # milliseconds of one wait at most: somebody watches `seen`


class Network(Rare):
    """A loss never resets the node. `mode` is sta, ap or off; `address` belongs to it.

    `host` has the clock and is told: announce(address, mode) once for each address obtained, and
    keep_time(), awaited, at each look at a network that works. The file below joins one.
    """

    file = "wifi"

    def __init__(self, port, log, host, sleep_ms=asyncio.sleep_ms):
        self.port = port
        self.log = log
        self.host = host
        self.sleep_ms = sleep_ms
        self.mode = "off"
        self.address = ""
        self.name = ""  # the network that was joined
        self.station = self.point = None
        self.trouble = {}  # network -> why it could not be joined
        self.seen = 0  # uptime at which this was last at work
        self.wait = _LOOK  # seconds to the next try

    async def run(self, config, guard):
        """Watch over the connection for as long as the node runs; `guard` logs what goes wrong."""
        while True:
            failed, wait = await guard("network", self.step, config)
            await self.pause(_PAUSE if failed else wait * 1000)

    async def pause(self, milliseconds):
        """Wait in pieces, and let it be seen that this goes on."""
        while milliseconds > 0:
            self.seen = self.host.clock.uptime()
            await self.sleep_ms(min(milliseconds, _PAUSE))
            milliseconds -= _PAUSE

    def linked(self):
        """Return the station's address, "" without: that it is connected does not say enough."""
        address = self.station.ifconfig()[0] if self.station.isconnected() else ""
        return "" if address == "0.0.0.0" else address

    async def step(self, config):
        """Look once, do what is to be done, return the seconds to the next look."""
        before = self.mode, self.address
        address = self.mode == "sta" and self.linked()
        if address:
            if address != self.address:  # DHCP has given another one
                self.address = address
            await self.host.keep_time()
            wait = _LOOK
        else:
            wait = await self.enter(config)
        if self.address and before != (self.mode, self.address):
            self.log.info("network: %s %s" % (self.mode, self.address))
            self.host.announce(self.address, self.mode)
        return wait
