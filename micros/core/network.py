"""The node's way into the network: join a known one, else be one, and never give up."""

import asyncio

from core.once import Rare
from micropython import const

_LOOK = const(2)  # seconds between two looks at a network that works
_PATIENCE = const(300)  # seconds between two tries at most


class Network(Rare):
    """A loss never resets the node. `mode` is sta, ap or off; `address` belongs to it.

    `host` is told: announce(address, mode) once for each address obtained, and keep_time(),
    awaited, at each look at a network that works. Joining one is in the file below.
    """

    file = "core.wifi"

    def __init__(self, port, log, host, sleep_ms=asyncio.sleep_ms):
        self.port = port
        self.log = log
        self.host = host
        self.sleep_ms = sleep_ms
        self.mode = "off"
        self.address = ""
        self.name = ""  # the network that was joined
        self.station = None
        self.point = None
        self.trouble = {}  # network -> why it could not be joined
        self._wait = _LOOK

    async def run(self, config, guard):
        """Watch over the connection for as long as the node runs; `guard` logs what goes wrong."""
        while True:
            failed, wait = await guard("network", self.step, config)
            await asyncio.sleep(_PATIENCE // 10 if failed else wait)

    async def step(self, config):
        """Look once, do what is to be done, return the seconds to the next look."""
        if self.mode == "sta" and self.station.isconnected():
            await self.host.keep_time()
            return _LOOK
        if self.mode == "sta":
            self.log.warn("network: lost " + self.name)
            self.mode = "ap" if self.point else "off"
            self._wait = _LOOK
        if await self.enter(config):
            self._wait = _LOOK
        else:
            self._wait = min(self._wait * 2, _PATIENCE)
        return self._wait
