"""The server on real sockets: everyone is served or told, nobody holds up anybody."""

import asyncio
import os
import sys

from core import places
from core.places import place_for, room_for
from micropython import const

from fake_node import PASSWORD, FakeNode

PROMPT = "node01 $ "
HELLO = "hello:node01:240ac4000001:dev\n"
BUSY = "Connection is busy. Bye!\n"
_PATIENCE = const(2000)  # turns of 5 ms until something that must happen has happened


async def until(happened):
    for _ in range(_PATIENCE):
        if happened():
            return
        await asyncio.sleep_ms(5)
    raise AssertionError("it did not happen")


class Running:
    """A served node on a free port, for `async with`."""

    def __init__(self, **settings):
        sys.modules.pop("LM_lamp", None)
        self.node = FakeNode(**settings)
        self.server = self.node.server
        self.clients = []

    async def __aenter__(self):
        for _ in range(50):
            number = os.urandom(2)
            self.port = 20_000 + (number[0] * 256 + number[1]) % 12_000
            self.server.port = self.port
            await self.server.look_after()
            if self.server.listening:
                return self
        raise AssertionError("no free port")

    async def __aexit__(self, *_):
        for client in self.clients:
            await client.close()
        await self.server.close()
        await until(lambda: not self.server.sessions)

    async def client(self):
        client = Client(*await asyncio.open_connection("127.0.0.1", self.port))
        self.clients.append(client)
        return client

    async def guest(self):
        """A client that has its place: it has sent a line."""
        client = await self.client()
        assert await client.ask("hello", 2) == PROMPT + HELLO + PROMPT
        return client

    async def guests(self, count):
        found = []
        for _ in range(count):
            found.append(await self.guest())
        return found

    def seconds(self, number):
        for _ in range(number):
            self.server.tick()


class Client:
    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.closed = False

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def prompts(self, count=1, mark=PROMPT):
        """Everything up to so many prompts, or the end."""
        text = b""
        while text.count(mark.encode()) < count:
            data = await self.reader.read(4096)
            if not data:
                break
            text += data
        return text.decode()

    async def ask(self, line, count=1):
        await self.send(line.encode() + b"\n")
        return await self.prompts(count)

    async def rest(self):
        """Everything up to the end; a reset is an end."""
        text = b""
        try:
            while True:
                data = await self.reader.read(4096)
                if not data:
                    break
                text += data
        except OSError:
            pass
        return text.decode()

    async def close(self):
        if self.closed:
            return
        self.closed = True
        try:
            self.writer.close()
            await self.writer.wait_closed()
        except OSError:
            pass


async def test_a_plain_client_is_served():
    async with Running() as here:
        client = await here.guest()
        assert await client.ask("lamp text abc") == "abc\n" + PROMPT
        assert await client.ask("exit") == "Bye!\n"
        await until(lambda: not here.server.sessions)


async def test_a_client_without_newline_is_served():
    async with Running() as here:
        client = await here.client()
        await client.prompts()
        for word, answer in ((b"hello", HELLO), (b"version", "0.1.0-0\n")):
            await client.send(word)
            assert await client.prompts() == answer + PROMPT


async def test_a_hundred_commands_in_one_packet():
    async with Running() as here:
        client = await here.client()
        await client.send(b"".join([b"lamp text %d\n" % number for number in range(100)]))
        answers = "".join("%d\n" % number + PROMPT for number in range(100))
        assert await client.prompts(101) == PROMPT + answers


async def test_fifty_connections_are_served_or_told():
    async with Running(sessions=5) as here:
        guests = await here.guests(5)
        for _ in range(45):
            client = await here.client()
            assert await client.rest() == BUSY
            await client.close()
        for guest in guests:
            assert await guest.ask("hello") == HELLO + PROMPT


async def test_two_strangers_of_one_address_and_not_three():
    async with Running(sessions=5) as here:
        first, second, third = await here.client(), await here.client(), await here.client()
        assert await third.rest() == BUSY
        for client in (first, second):
            assert await client.ask("hello", 2) == PROMPT + HELLO + PROMPT
        await here.guest()


async def test_an_idle_session_goes_only_when_its_place_is_needed():
    async with Running(sessions=2, soctout=60) as here:
        older, newer = await here.guest(), await here.guest()
        here.seconds(59)
        assert await (await here.client()).rest() == BUSY
        here.seconds(100)
        assert await newer.ask("hello") == HELLO + PROMPT
        assert len(here.server.sessions) == 2
        guest = await here.guest()
        assert await older.rest() == ""
        assert await newer.ask("hello") == HELLO + PROMPT
        assert await guest.ask("hello") == HELLO + PROMPT


async def test_who_does_not_log_in_is_closed_after_ten_seconds():
    async with Running(auth="on") as here:
        client, other = await here.client(), await here.client()
        assert await client.ask("hello", 2) == (
            "[password] " + PROMPT + HELLO + "[password] " + PROMPT
        )
        assert "AuthOk" in await other.ask(PASSWORD, 2)
        here.seconds(10)
        assert await client.rest() == ""
        assert await other.ask("hello") == HELLO + PROMPT


async def test_login_and_its_penalty():
    async with Running(auth="on") as here:
        owed = "[password] " + PROMPT
        for wanted in ("AuthFailed\nBye!\n", "AuthWait: 1\n"):
            client = await here.client()
            await client.send(b"wrong password\n")
            assert await client.rest() == owed + wanted
        here.node.clock.seconds += 1
        client = await here.client()
        assert await client.ask(PASSWORD, 2) == owed + "AuthOk\n" + PROMPT


async def test_the_grammar_is_held_while_lines_that_need_it_follow_each_other():
    async with Running() as here:
        client = await here.guest()
        held = here.node.executor.held
        assert await client.ask("lamp text abc") == "abc\n" + PROMPT
        assert held == []
        assert await client.ask("lamp text 'a b'") == "a b\n" + PROMPT
        assert len(held) == 1
        here.seconds(1)
        assert len(held) == 1
        here.seconds(1)
        assert held == []
        assert await client.ask("lamp text('a b')") == "a b\n" + PROMPT
        assert await client.ask("exit") == "Bye!\n"
        await until(lambda: held == [])


async def test_a_waiting_command_delays_nobody():
    async with Running() as here:
        slow, quick = await here.guest(), await here.guest()
        await slow.send(b"lamp wait\n")
        await until(lambda: "LM_lamp" in sys.modules)
        for _ in range(20):
            assert await quick.ask("hello") == HELLO + PROMPT


async def test_closing_a_session_cancels_its_command():
    async with Running() as here:
        client = await here.guest()
        await client.send(b"lamp wait\n")
        await until(lambda: "LM_lamp" in sys.modules)
        await asyncio.sleep_ms(5)
        here.server.close_others(None)
        assert await client.rest() == ""
        assert sys.modules["LM_lamp"].told == ["cancelled", "finally"]


async def test_a_stalled_reader_delays_nobody_and_is_closed():
    async with Running() as here:
        stalled, quick = await here.guest(), await here.guest()
        await stalled.send(b"lamp long 99999\n" * 100)
        session = here.server.sessions[0]
        await until(lambda: session.stalled >= 0)
        for _ in range(20):
            assert await quick.ask("hello") == HELLO + PROMPT
        here.seconds(14)
        assert len(here.server.sessions) == 2
        here.seconds(1)
        await until(lambda: session.task.done())
        assert len(here.server.sessions) == 1
        assert await quick.ask("hello") == HELLO + PROMPT


async def test_clients_that_vanish_leave_their_places():
    async with Running(sessions=3) as here:
        for turn in range(30):
            client = await here.client()
            if turn % 3:
                await client.send(b"lamp long 3000\n" * 5)  # unread: its close is a reset
            await client.close()
            await until(lambda: not here.server.sessions)
        assert await (await here.guest()).ask("hello") == HELLO + PROMPT


async def test_a_megabyte_without_newline():
    async with Running() as here:
        client, other = await here.guest(), await here.guest()
        for _ in range(64):
            await client.send(b"x" * 16_384)
        assert await other.ask("hello") == HELLO + PROMPT
        text = await client.ask("")
        assert text.startswith("refused: expected a line") and text.count("\n") == 1
        assert await client.ask("hello") == HELLO + PROMPT


async def test_garbage():
    async with Running() as here:
        client = await here.guest()
        for _ in range(40):
            await client.send(os.urandom(512))
        await client.send(b"\xff\xf0\n\nhello\n")
        while HELLO not in await client.prompts():
            pass
        assert not list(here.node.log.lines("error"))


async def test_the_server_can_be_ended_and_started_again():
    async with Running() as here:
        await here.guest()
        await here.server.close()
        await until(lambda: not here.server.sessions)
        await here.server.look_after()
        await here.guest()


async def test_a_server_that_lost_its_listener_listens_again():
    async with Running() as here:
        await here.guest()
        lost = here.server.listening
        lost.close()
        await lost.wait_closed()
        await here.server.look_after()
        assert here.server.listening is not lost
        await here.guest()


class Place:
    """A session as the server sees it."""

    def __init__(self, address, half_open=False, idle=0):
        self.address, self.half_open, self.idle = address, half_open, idle
        self.task = self
        self.cancelled = False

    def cancel(self):
        self.cancelled = True


def test_who_gets_the_place_of_whom():
    server = FakeNode(sessions=3, soctout=60).server
    old, new = Place("a", True), Place("b", True)
    server.sessions = [Place("c", False, 500), old, new]
    assert room_for(server, "d") and old.cancelled and not new.cancelled
    server.sessions = [Place("c", False, 59), Place("c", False, 10), Place("b", False)]
    assert not room_for(server, "d")
    longest = Place("c", False, 60)
    server.sessions = [Place("c", False, 59), longest, Place("b", False)]
    assert room_for(server, "d") and longest.cancelled


class Arrival:
    """A stream of somebody who comes, and its socket."""

    def __init__(self):
        self.s = self
        self.options = []
        self.told = b""

    def get_extra_info(self, _):
        return ("d", 50000)

    def setsockopt(self, *option):
        self.options.append(option)

    def write(self, data):
        self.told = data


class Firmware:
    """A `socket` that has what an ESP32's has."""

    TCP_NODELAY = 1


def test_what_is_sent_to_who_comes_does_not_wait_for_acknowledgements_where_that_can_be_said():
    server, before = FakeNode(sessions=1).server, places.socket
    try:
        for has, options in ((Firmware, [(6, 1, 1)]), (object, [])):
            places.socket, stream = has, Arrival()
            assert place_for(server, stream) == "d"
            assert stream.options == options
        server.sessions = [Place("c")]
        stream = Arrival()
        assert place_for(server, stream) is None
        assert stream.told == BUSY.encode()
    finally:
        places.socket = before


def test_one_address_never_evicts_anothers():
    server = FakeNode(sessions=3, soctout=60).server
    server.sessions = [Place("a", True), Place("b", True), Place("b", True)]
    assert not room_for(server, "b")
    assert not [place for place in server.sessions if place.cancelled]
