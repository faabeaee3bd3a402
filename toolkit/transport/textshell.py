"""One connection to a node's text shell.

The peer is not trusted: what it sends is bounded in size and time, is never evaluated, and loses
its control characters. A password leaves only for the node that it belongs to, as far as the
node's own `hello` can tell, and stands in no error.
"""

import re
import socket
import time
from contextlib import ExitStack, suppress
from typing import Self

from toolkit.model.errors import InputError, LoginError, NodeError, WrongPassword
from toolkit.model.node import PORT, Hello, endpoint, parse_hello
from toolkit.model.patience import patient
from toolkit.transport.framing import QUIET, Framing, Reply

TIMEOUT = patient(10.0)  # seconds of silence
TRICKLE = 4  # an answer may take this many timeouts in all, however steadily it comes
ENDING = frozenset(("exit", "reboot", "try", "webrepl"))  # words after which the node may hang up
FREE = frozenset(("hello", "exit"))  # words that owe no password
KEEPALIVE = (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]")
BUSY = re.compile(r"\bbusy\b", re.IGNORECASE)
_WAIT = re.compile(r"AuthWait:\s*(\d{1,6})")


class _Ended(Exception):
    """The node closed the connection; the text is what it said last."""


class TextShell:
    """A connection, closed by `with`; `open` leaves it ready for commands.

    `password` is for the node `uid` alone. Without it a node that wants one stays `locked`, and
    answers nothing but `hello`.
    """

    def __init__(
        self,
        address: str,
        port: int = PORT,
        *,
        uid: str | None = None,
        password: str | None = None,
        timeout: float = TIMEOUT,
        lifetime: float | None = None,
    ) -> None:
        if password is not None and uid is None:
            raise ValueError("a password is for one uid")
        self.where = endpoint(address, port)
        self._peer = (address, port)
        self._uid = uid
        self._password = password
        self._timeout = timeout
        self._end = None if lifetime is None else time.monotonic() + lifetime
        self._framing = Framing()
        self._socket: socket.socket | None = None
        self._prompt = Reply("", "", locked=False, configuring=False)
        self._hello: Hello | None = None
        self._secret = ""  # what must not be shown, once it has been sent

    def __enter__(self) -> Self:
        if self.closed:
            self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def name(self) -> str:
        """The node's name, as in its prompt."""
        return self._masked(self._prompt.name)

    @property
    def uid(self) -> str:
        """The node's uid, as in its hello; empty before."""
        return self._hello.uid if self._hello else ""

    @property
    def locked(self) -> bool:
        """Whether the node wants a password before anything else."""
        return self._prompt.locked

    @property
    def configuring(self) -> bool:
        """Whether the node takes settings instead of commands."""
        return self._prompt.configuring

    @property
    def closed(self) -> bool:
        """Whether there is no connection."""
        return self._socket is None

    def open(self) -> None:
        """Connect, learn who is there, refuse the wrong one, log in where that is owed."""
        self._framing = Framing()
        self._hello = None
        self._socket = self._connect()
        with ExitStack() as unless_open:
            unless_open.callback(self.close)
            self._greet()
            hello = self.hello()
            if self._uid is not None and hello.uid != self._uid:
                raise NodeError(
                    f"at {self.where} answers {hello.name} ({hello.uid}), not {self._uid}; "
                    f"search the network (-s) to find where that one is now"
                )
            if self.locked and self._password is not None:
                self.login(hello.uid, self._password)
            unless_open.pop_all()

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def alive(self) -> bool:
        """Whether the connection still stands, as far as can be seen without sending."""
        try:
            self._drop_stale()
        except (_Ended, NodeError):
            self.close()
            return False
        return True

    def hello(self) -> Hello:
        """Who the node says it is."""
        answer = self._ask("hello", self._timeout)
        found = parse_hello(answer)
        if found is None:
            self.close()
            raise NodeError(
                f"{self.where} is no node of ours: "
                f"expected hello:<name>:<uid>, got {_quoted(answer)}"
            )
        self._hello = found
        return found

    def login(self, uid: str, password: str) -> None:
        """Give the password, but only to the node `uid`, and only when it asks for one."""
        if self._hello is None or self._hello.uid != uid:
            raise LoginError(f"{self.where} has not shown to be {uid}; the password was not sent")
        if not self.locked:
            return
        if not password or _UNPRINTABLE.search(password):
            raise LoginError(f"the password for {self.name} is not one that can be sent")
        self._secret = password
        answer = self._ask(password, self._timeout)
        waiting = _WAIT.match(answer)
        if waiting:
            self.close()
            raise LoginError(
                f"{self.name} takes no password for {waiting[1]} s, after wrong ones; "
                f"try again after that"
            )
        if answer.startswith("AuthOk") and not self.locked:
            return
        self.close()
        if answer.startswith("AuthFailed"):
            raise WrongPassword(f"{self.name} ({uid}) refused the password")
        raise LoginError(f"{self.name} answered the password with {_quoted(answer)}")

    def command(self, line: str, timeout: float | None = None) -> str:
        """The answer to one line, without the prompt. Never sent twice."""
        line = sound(line, self.name, self.locked)
        return self._ask(line, timeout or self._timeout) if line else ""

    def _connect(self) -> socket.socket:
        try:
            connection = socket.create_connection(self._peer, self._left(self._timeout))
        except (OSError, UnicodeError) as error:  # the latter: no name a network can have
            raise NodeError(
                f"{self.where} was not reached: {cause(error)}; is the node on, and on this "
                f"network? a search (-s) finds where it is now; at another port than usual, name "
                f"it ADDRESS:PORT"
            ) from error
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in KEEPALIVE:  # not every system has them
            if hasattr(socket, option):
                connection.setsockopt(socket.IPPROTO_TCP, int(getattr(socket, option)), value)
        return connection

    def _greet(self) -> None:
        try:
            self._prompt = self._receive(self._timeout)
        except _Ended as ended:
            raise self._gone(str(ended), "") from None

    def _ask(self, line: str, timeout: float) -> str:
        """Send a line and wait for the answer; a hang-up is an answer to some words."""
        try:
            self._drop_stale()
            self._send(line)
        except _Ended as ended:
            raise self._gone(str(ended), "before anything was sent") from None
        try:
            self._prompt = self._receive(timeout)
        except _Ended as ended:
            words = self._masked(str(ended))
            if line == self._secret or line.split(maxsplit=1)[0] in ENDING:
                self.close()
                return words
            when = "before it had answered; whether it acted is not known"
            raise self._gone(words, when) from None
        return self._masked(self._prompt.text)

    def _send(self, line: str) -> None:
        connection = self._connection()
        try:
            connection.settimeout(self._left(self._timeout))
            connection.sendall(line.encode() + b"\n")
        except TimeoutError:
            self.close()
            raise NodeError(f"{self.where} takes no more data") from None
        except OSError as error:
            raise _Ended(self._framing.rest()) from error

    def _drop_stale(self) -> None:
        """Forget what came unasked, so that it is not taken for an answer."""
        connection = self._connection()
        connection.settimeout(0)
        with suppress(BlockingIOError):
            while True:
                self._take(connection)
        self._framing.clear()

    def _receive(self, timeout: float) -> Reply:
        """Wait for an answer to be whole. Ended when the node hangs up first."""
        connection = self._connection()
        give_up = time.monotonic() + self._left(timeout * TRICKLE)
        while True:
            patience = QUIET if self._framing.plausible else timeout
            connection.settimeout(max(0.001, min(patience, give_up - time.monotonic())))
            try:
                self._take(connection)
                reply = self._framing.reply()
                too_late = time.monotonic() > give_up
            except TimeoutError:
                reply = self._framing.reply(quiet=True)
                too_late = True
            if reply:
                return reply
            if too_late:
                self.close()
                raise NodeError(self._silence(timeout))

    def _take(self, connection: socket.socket) -> None:
        try:
            data = connection.recv(16384)
        except (BlockingIOError, TimeoutError):
            raise
        except OSError as error:
            raise _Ended(self._framing.rest()) from error
        if not data:
            raise _Ended(self._framing.rest())
        try:
            self._framing.feed(data)
        except NodeError as error:
            self.close()
            raise NodeError(f"{self.where} was hung up on: {error}") from None

    def _connection(self) -> socket.socket:
        if self._socket is None:
            raise _Ended("")
        return self._socket

    def _left(self, seconds: float) -> float:
        if self._end is None:
            return seconds
        return max(0.001, min(seconds, self._end - time.monotonic()))

    def _silence(self, timeout: float) -> str:
        rest = self._framing.rest()
        if self._prompt.name:
            node = f"{self.name} ({self.where})"
            if rest:
                return f"{node} never came to the end of its answer"
            return f"{node} has not answered within {timeout:g} s"
        if rest:
            return f"{self.where} is no node of ours: expected a prompt, got {_quoted(rest)}"
        return (
            f"{self.where} accepts the connection but says nothing; an older node serves "
            f"one client at a time, is another one connected?"
        )

    def _gone(self, words: str, when: str) -> NodeError:
        """The error for a connection that the node closed."""
        self.close()
        if BUSY.search(words):
            return NodeError(
                f"{self.where} is busy: all its sessions are in use; try again when one is free"
            )
        said = f" with the words {_quoted(words)}" if words else ""
        return NodeError(f"{self.name or self.where} hung up {when}".rstrip() + said)

    def _masked(self, text: str) -> str:
        return text.replace(self._secret, "***") if self._secret else text


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")


def sound(line: str, name: str, locked: bool) -> str:
    """A command without blanks around it, as a node takes it; what it would not take is refused."""
    line = line.strip()
    if _UNPRINTABLE.search(line):
        raise InputError("a command is one line of printable characters")
    if line and locked and (word := line.split(maxsplit=1)[0]) not in FREE:
        raise LoginError(f"{name} wants its password before {word!r}")
    return line


def cause(error: OSError | UnicodeError) -> str:
    """Why a connection was not made, for people."""
    if isinstance(error, TimeoutError):
        return "no answer"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(error, socket.gaierror | UnicodeError):
        return "that name has no address"
    return error.strerror or type(error).__name__
