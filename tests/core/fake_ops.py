"""A link without a wire: what it is asked for comes from a list, what it sends is kept."""

import asyncio

from core.errors import CommandError
from core.once import once


class FakeRequest:
    """What a request gave."""

    def __init__(self, **given):
        self.id = 1
        self.given = given
        self.taken = 0
        self.step = None


class FakeLink:
    """One connection. `parts` are the chunks that will come: where each lies, and its bytes."""

    def __init__(self, node, parts=()):
        self.node = node
        self.session = self
        self.parts = list(parts)
        self.data = b""
        self.chunks = 0
        self.events = []
        self.slow = None  # an Event: what is to be sent waits for it

    def later(self, file, name, request):
        """The next step."""
        return getattr(once(file), name)(self, request)

    async def ask(self, work, request):
        """The value of a request, step by step."""
        step = work, self, request
        while step:
            request.step = None
            value = step[0](*step[1:])
            value = await value if hasattr(value, "send") else value
            step = request.step
        return value

    async def sleep_ms(self, _):
        """Time that passes at once, while others have their turns."""
        await asyncio.sleep_ms(0)

    async def coming(self, _):
        """Where the next chunk lies; with none left the connection is dead: that ends a request."""
        await asyncio.sleep_ms(0)
        if not self.parts:
            raise asyncio.CancelledError
        return self.parts[0][0]

    async def part(self, request):
        """The next chunk."""
        at = await self.coming(request)
        if at != request.taken:
            raise CommandError("expected a chunk at %d, got %d" % (request.taken, at))
        data = self.parts.pop(0)[1]
        request.taken += len(data)
        return data

    async def chunk(self, request, data):
        assert 0 < len(data) <= 1024
        self.chunks += 1
        self.data += data
        await asyncio.sleep_ms(0)

    async def event(self, request, value, dropped=0):
        if self.slow:
            await self.slow.wait()
        self.events.append((value, dropped) if dropped else value)

    def opened(self, _, name, sealed):
        """The text behind a sealed value: here it is turned round."""
        if not isinstance(sealed, dict) or not isinstance(sealed.get("x"), str):
            raise CommandError("%s: expected a sealed value" % name)
        return "".join(reversed(sealed["x"]))
