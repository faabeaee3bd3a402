"""The places of the shell: who gets one, who loses it, and when."""

import asyncio
import gc

from core.once import Rare, once
from core.session import Session
from micropython import const

_STRANGER = const(10)  # s a session may take to log in
_RESTING = const(2)  # s after which a session no longer holds what makes it answer sooner
_STALLED = const(15)  # s for which a client may take nothing of its answer
_ASKED = const(128)  # bytes of a datagram that are looked at


class Server(Rare):
    """Accepts connections at its `port`; all its times are counted by `tick`, once a second.

    Port and the most sessions are those of the start, whatever the settings say meanwhile.

    place_for(stream), close_others(kept), listen() and close(), the last two awaited, are in the
    file below.
    """

    file = "places"
    ear = None  # where core/beacon.py is asked over UDP who is here

    def __init__(self, node, host="0.0.0.0"):
        self.node = node
        self.host = host
        self.port = node.config.get("socport")
        self.most = node.config.get("sessions")
        self.sessions = []  # the oldest first
        self.seen = 0  # uptime at which somebody listened
        self.listening = None

    async def look_after(self):
        """Once a second: count for the sessions, listen, should nobody do so, answer searches."""
        self.tick()
        if self.ear:
            try:
                heard = self.ear.recvfrom(_ASKED)
                await once("beacon").answer(self, *heard)
            except (OSError, MemoryError):
                pass  # nobody asks, or not now
        if self.listening and not self.listening.task.done():
            self.seen = self.node.clock.uptime()
            return
        self.listening = None
        await self.listen()

    def tick(self):
        """One second has passed for every session."""
        for session in list(self.sessions):
            session.idle += 1
            if session.idle == _RESTING:
                self.node.executor.held.clear()
            session.age += 1
            if session.stalled >= 0:
                session.stalled += 1
            why = session.link and session.link.tick()
            if session.stalled >= _STALLED:
                why = "takes nothing"
            elif session.half_open and session.age >= _STRANGER:
                why = "did not log in"
            if why:
                self.end(session, why)

    async def connected(self, stream, _):
        """Give a place to who comes, and have it back in the end."""
        session = None
        try:
            address = self.place_for(stream)
            if address:
                gc.collect()  # it is to lie close to what lives as long
                session = Session(stream, address, self.node)
                session.task = asyncio.current_task()
                self.sessions.append(session)
                await self.node.executor.guard("session", session.run)
                if session.link:
                    once("linkstart").begin(session, session.link)
                    await self.node.executor.guard("link", session.link.serve)
                    if session.owed is None:  # it goes on as text
                        gc.collect()
                        await self.node.executor.guard("session", session.run)
        except MemoryError:
            stream.s.write(b"refused: not enough memory\n")
        except OSError:
            pass  # it left before it was told
        finally:
            if session:
                self.node.executor.held.clear()
            if session in self.sessions:
                self.sessions.remove(session)
            stream.close()
            await stream.wait_closed()  # only this frees the socket

    def end(self, session, why):
        self.node.log.info("session of %s %s" % (session.address, why))
        self.sessions.remove(session)
        session.task.cancel()
