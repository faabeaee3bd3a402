"""The places of the shell: who gets one, who loses it, and when."""

import asyncio

from core.once import Rare
from micropython import const

_BACKLOG = const(4)
_STRANGER = const(10)  # s a session may take to log in
_RESTING = const(2)  # s after which a session no longer holds what makes it answer sooner
_STALLED = const(15)  # s for which a client may take nothing of its answer


class Server(Rare):
    """Accepts connections; all its times are counted by `tick`, once a second.

    room_for(address) and close_others(kept) are in the file below.
    """

    file = "core.login"

    def __init__(self, config, make_session, tasks, log, host="0.0.0.0"):
        self.config = config
        self.log = log
        self.host = host
        self.make_session = make_session  # (stream, address) → session
        self.tasks = tasks
        self.sessions = []  # the oldest first
        self.listening = False
        self.beat = 0  # counts on as long as the server lives

    async def serve(self):
        """Listen on every interface and keep the places, until cancelled."""
        port = self.config.get("socport")
        server = await asyncio.start_server(self._connected, self.host, port, _BACKLOG)
        self.listening = True
        try:
            while True:
                await asyncio.sleep_ms(1000)
                self.tick()
        finally:
            self.listening = False
            server.close()
            self.close_others(None)
            await server.wait_closed()

    def tick(self):
        """One second has passed for every session."""
        self.beat += 1
        for session in list(self.sessions):
            session.idle += 1
            if session.idle == _RESTING:
                session.words.rest()
            session.age += 1
            if session.stalled >= 0:
                session.stalled += 1
            if session.stalled >= _STALLED:
                self.end(session, "takes nothing")
            elif session.half_open and session.age >= _STRANGER:
                self.end(session, "did not log in")

    async def _connected(self, stream, _):
        session = None
        try:
            address = stream.get_extra_info("peername")[0]
            if self.room_for(address):
                session = self.make_session(stream, address)
                session.task = asyncio.current_task()
                self.sessions.append(session)
                await self.tasks.guard("session", session.run)
            else:
                stream.s.write(b"Connection is busy. Bye!\n")
        except OSError:
            pass  # it left before it was told
        finally:
            if session:
                session.words.rest()
            if session in self.sessions:
                self.sessions.remove(session)
            stream.close()
            await stream.wait_closed()  # only this frees the socket

    def end(self, session, why):
        self.log.info("session of %s %s" % (session.address, why))
        self.sessions.remove(session)
        session.task.cancel()
