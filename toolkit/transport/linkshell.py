"""A node's shell as its text shell is used, over the link: the same lines, the same answers.

Config mode is kept here: its lines become requests about settings, in which secrets are sealed.
Where a node has not the memory for a line over the link, the session goes on as text.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from toolkit.model.errors import (
    Busy,
    FaultError,
    HungUp,
    LoginError,
    RefusedError,
)
from toolkit.model.vault import Secret
from toolkit.transport import linkconf
from toolkit.transport.answers import MEMORY
from toolkit.transport.door import Keys
from toolkit.transport.link import PATIENCE, Link
from toolkit.transport.steady import PAUSES, TRIES, UNBEGUN, Steady
from toolkit.transport.textlines import TextLines
from toolkit.transport.textshell import sound
from toolkit.transport.waiting import Waiting

_ENTER, _LEAVE = ("conf", "configure", "config"), ("noconf", "noconfigure")
_WORDS = frozenset(
    [
        "hello",
        "help",
        "version",
        "modules",
        "status",
        "log",
        "task",
        "cron",
        "keep",
        "reboot",
        "webrepl",
    ]
)
_TELLING = frozenset(("help", "version", "modules", "status", "log", "cron"))  # change nothing


def _is_setting(word: str, rest: str) -> bool:
    """Whether config mode takes a word of the shell for the setting of that name."""
    return word == "cron" and rest.partition(" ")[0] not in ("list", "check")


class LinkShell:
    """A connection for lines of a person, ready for them once it is open; `close` it."""

    def __init__(self, make: Callable[[Keys], Link], keys: Keys = None) -> None:
        self._make = make
        self._keys: Keys = keys
        self._waiting = Waiting()
        self._node = Steady(lambda: make(self._keys))
        self._text: TextLines | None = None  # what the session goes on as
        self.configuring = False

    @property
    def name(self) -> str:
        """The node's name."""
        return self._text.name if self._text else self._node.link.name

    @property
    def uid(self) -> str:
        """The node's uid, as in its hello; empty before."""
        return self._node.link.uid

    @property
    def rounds(self) -> int:
        """Of the login; 0 without one."""
        return self._node.link.rounds

    @property
    def boot(self) -> str:
        """Names this start of the node; empty without a login."""
        return self._node.link.boot

    @property
    def as_text(self) -> bool:
        """Whether the session has gone on as text, for want of memory on the node."""
        return self._text is not None

    @property
    def older(self) -> int:
        """How many keys were refused before the one that is in use."""
        return self._node.link.older

    @property
    def locked(self) -> bool:
        """Whether the node wants a password before anything else."""
        return self._node.link.locked

    @property
    def closed(self) -> bool:
        """Whether there is no connection."""
        return self._text.closed if self._text else self._node.link.closed

    def open(self) -> None:
        """Connect and log in."""
        self._waiting.run(self._node.open())

    def close(self) -> None:
        """Hang up, for good."""
        if not self._waiting.closed:
            self._hang_up()
            self._waiting.close()

    def alive(self) -> bool:
        """Whether the connection still stands."""
        return not self.closed

    def login(self, uid: str, secret: Secret) -> None:
        """Log in with another secret, over a new connection."""
        if uid != self.uid:
            raise LoginError(f"{self.name} is not {uid}")

        def key(its: str) -> Secret | None:
            return secret if its == uid else None

        self._keys = key
        self._hang_up()
        self._text = None
        self.open()

    def rekey(self, appwd: str) -> None:
        """Give the node a key of many rounds, for the password it has."""
        self._request(set=linkconf.key_of(self.uid, appwd))

    def command(self, line: str, timeout: float | None = None) -> str:
        """The answer to one line, as the text shell gives it; a refusal is an answer."""
        line = sound(line, self.name, self.locked)
        if not line:
            return ""
        word, _, rest = line.partition(" ")
        try:
            if self._text or self._goes_as_text(word, rest):
                return self._in_text(line, word, timeout or PATIENCE)
            try:
                return self._answer(line, word, rest.strip(), timeout or PATIENCE)
            except RefusedError as refusal:
                if not self._is_better_as_text(refusal, word, rest):
                    raise
                try:
                    return self._in_text(line, word, timeout or PATIENCE)
                except RefusedError as another:  # it may know no text after a link
                    raise (another if self._text else refusal) from None
        except (RefusedError, FaultError) as error:
            return str(error).removeprefix(f"{self.name}: ")

    def _answer(self, line: str, word: str, rest: str, timeout: float) -> str:
        if line in _ENTER or line in _LEAVE:
            self.configuring = line in _ENTER
            return ""
        if line == "hello":  # answered before a login, too
            self._waiting.run(self._renamed())
            told = self._node.link.hello
            return f"hello:{told.name}:{told.uid}:{told.kind}"
        if line == "exit":
            self._hang_up()
            return "Bye!"
        if word == "reboot":
            return self._reboot(line)
        if self.configuring and (word not in _WORDS or _is_setting(word, rest)):
            return self._setting(word, rest)
        if word in _TELLING:
            return self._waiting.run(self._node.tell(line, tries=1))
        return self._waiting.run(self._node.run(line, timeout, tries=1))

    def _goes_as_text(self, word: str, rest: str) -> bool:
        """Whether a line leaves as text at once: on a node that says it has little memory.

        Nothing proves that, but only a node that has little takes a session on as text.
        """
        if not self._node.link.leaf or word in ("hello", "exit", "reboot"):
            return False
        setting = self.configuring and (word not in _WORDS or _is_setting(word, rest))
        return not (setting and linkconf.holds_secret(word, rest))

    def _is_better_as_text(self, refusal: RefusedError, word: str, rest: str) -> bool:
        """Whether a line was refused for want of memory, and does no harm when it comes as text.

        A refusal has a tag where there is a key: nobody between us can talk us out of the link.
        """
        if MEMORY not in str(refusal):
            return False
        setting = self.configuring and (word not in _WORDS or _is_setting(word, rest))
        if setting and linkconf.holds_secret(word, rest):
            return False
        return setting or refusal.kind == UNBEGUN or word in (*_TELLING, "reboot")

    def _in_text(self, line: str, word: str, timeout: float) -> str:
        """What the node answers to a line as text."""
        if line in _ENTER or line in _LEAVE:
            self.configuring = line in _ENTER
            return ""
        if line == "exit":
            self._hang_up()
            return "Bye!"
        if self.configuring and linkconf.holds_secret(word, line.partition(" ")[2]):
            raise RefusedError(
                f"refused: {self.name} is short of memory and is talked to in clear text by now, "
                f"in which no secret is sent: set it first thing in a new session"
            )
        return self._waiting.run(self._said(line, timeout))

    async def _said(self, line: str, timeout: float) -> str:
        lines = self._text
        for pause in (*PAUSES, None):
            if lines and not lines.closed:
                break
            try:
                lines = await (await self._node.open()).as_text()
            except (HungUp, Busy, RefusedError) as error:
                hopeless = isinstance(error, RefusedError) and MEMORY not in str(error)
                if pause is None or hopeless:
                    raise
                await asyncio.sleep(pause)
        assert lines
        self._text = lines
        return await lines.command(line, timeout, configuring=self.configuring)

    def _reboot(self, line: str) -> str:
        """The node ends the connection; when that is faster than its answer, it has heard."""
        try:
            return self._waiting.run(self._restarting(line))
        except HungUp:
            return "Bye!"

    async def _restarting(self, line: str) -> str:
        link = await self._node.open()
        answer = await link.run(line)
        await link.close()
        return answer

    def _hang_up(self) -> None:
        if self._text:
            self._text.close()
        self._waiting.run(self._node.close())

    def _setting(self, key: str, value: str) -> str:
        """What config mode answers to a line."""
        if key == "dump":
            return linkconf.dumped(self._request(), value)
        if key == "reset":
            return linkconf.saved(self._request(**linkconf.reset(value)))
        if key == "try":
            seconds, given = linkconf.tried(value)
            asked = linkconf.hidden(given)
            try:
                answer = linkconf.saved(self._request(set=asked, **{"try": seconds}))
            finally:
                self._hang_up()  # who keeps them must have come in anew
            return answer
        if not value:
            return linkconf.asked(self._request(), key)
        return self._set(key, "" if value in ('""', "''") else value)

    def _set(self, key: str, value: str) -> str:
        if linkconf.is_long(key, value):
            answer = self._waiting.run(self._sent(key, value.encode()))
        else:
            answer = self._request(set=linkconf.given(self.uid, {key: value}))
        if key == "devfid":
            self._waiting.run(self._renamed())
        return linkconf.saved(answer)

    def _request(self, **fields: object) -> Any:
        if "try" in fields:
            return self._waiting.run(self._asked("conf", fields))
        # What lacks memory goes on as text, but for secrets, which are asked for again.
        return self._waiting.run(self._node.again("conf", fields, TRIES if "set" in fields else 1))

    async def _asked(self, op: str, fields: Mapping[str, object]) -> Any:
        return (await (await self._node.open()).ask(op, fields)).end.result()

    async def _sent(self, key: str, value: bytes) -> Any:
        return await (await self._node.open()).send("conf", value, key=key)

    async def _renamed(self) -> None:
        await (await self._node.open()).introduce()
