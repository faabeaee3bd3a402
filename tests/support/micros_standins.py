"""Stand-ins for existing micrOS nodes, written from what was observed of their shells.

They are no micrOS: nobody's code is in them. They speak as v0.4 and as today's release do where a
client can tell: prompts, one command for each read, how many clients at a time, what the words
answer. What load modules do is made up.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from tests.support.threaded import Threaded

PORT = 9008


class StandIn(Threaded):
    """A node at an address of its own; `heard` is each command it was given."""

    version = ""
    uid = ""
    at_once = 1

    def __init__(self, name: str, address: str) -> None:
        self.name = name
        self.heard: list[str] = []
        self._room = threading.BoundedSemaphore(self.at_once)
        super().__init__(address, PORT)

    def serve(self, connection: socket.socket) -> None:
        """Who is one too many waits without a word, as in the queue of the listening socket."""
        with self._room, connection, suppress(OSError):
            self.talk(Talk(connection))

    def talk(self, talk: "Talk") -> None:
        """One conversation, to its end."""
        raise NotImplementedError


class Talk:
    """A connection: each read is one command, whatever came with it."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.configuring = False

    def send(self, text: str) -> None:
        self._connection.sendall(text.encode())

    def read(self, size: int) -> str | None:
        """What came, without blanks around it; None when the client has left."""
        data = self._connection.recv(size)
        return data.decode().strip() if data else None


class NodeOfV04(StandIn):
    """As v0.4: two blanks behind the prompt, one client at a time, no login, `f(1,2)`."""

    version = "0.4.0-1"
    uid = "0x500x20x910x680xc0xf7"

    def talk(self, talk: Talk) -> None:
        while True:
            talk.send(f"{'[configure] ' if talk.configuring else ''}{self.name} $  ")
            line = talk.read(512)
            if line is None:
                return
            self.heard.append(line)
            if line == "exit":
                talk.send("Bye!\nexit and close connection from ('127.0.0.1', 1)\n")
                return
            answer = self._answer(talk, " ".join(line.split()))
            talk.send(f"{answer}\n" if answer else "")

    def _answer(self, talk: Talk, line: str) -> str:
        word, _, rest = line.partition(" ")
        if line in ("conf", "noconf"):
            talk.configuring = line == "conf"
            return ""
        words = {"hello": f"hello:{self.name}:{self.uid}", "version": self.version}
        if talk.configuring:
            words |= {"devfid": self.name, "devfid lamp": "Saved", "nonsense 1": "Invalid key"}
        elif rest:
            words |= {
                "system memfree": "CPU[Hz]: 160000000\nGC MemFree[byte]: 5552",
                "light rgb(1,2,3)": "r: 1\ng: 2\nb: 3",
            }
        unknown = (
            "SHELL: type help for single word commands (built-in)\nSHELL: for LM exec: [1](LM)"
        )
        if rest and not talk.configuring:
            unknown = f"execute_LM_function LM_{word}->{rest}: no module named 'LM_{word}'"
        return words.get(line, "None" if talk.configuring else unknown)


class NodeOfToday(StandIn):
    """As today's release: one blank, several clients, arguments by blanks, maybe a password."""

    version = "3.3.1-0"
    uid = "micr240ac4000001OS"
    at_once = 5

    def __init__(self, name: str, address: str, password: str = "") -> None:
        self._password = password
        super().__init__(name, address)

    def talk(self, talk: Talk) -> None:
        locked = bool(self._password)
        while True:
            before = "[password] " if locked else "[configure] " if talk.configuring else ""
            talk.send(f"{before}{self.name} $ ")
            line = talk.read(2048)
            if not line:
                talk.send("Bye!\n")
                return
            self.heard.append(line)
            if line == "exit":
                talk.send("Bye!\n")
                return
            if locked and line != "hello":
                locked = line != self._password
                talk.send("AuthFailed\nBye!\n" if locked else "AuthOk\n")
                if locked:
                    return
                continue
            answer = self._answer(talk, line)
            talk.send(f"{answer}\n" if answer else "")

    def _answer(self, talk: Talk, line: str) -> str:
        line = line.splitlines()[0]  # of several only the first is done
        if line in ("conf", "noconf"):
            talk.configuring = line == "conf"
            return ""
        words: dict[str, str | Callable[[], str]] = {
            "hello": f"hello:{self.name}:{self.uid}:dev",
            "version": self.version,
            "system memfree": "percent: 64.1\nmem_used: 102400\nmem_free: 57344",
            "system memfree >json": '{"percent": 64.1, "mem_free": 57344}',
            "rgb color 1 2 3": " R: 1\n G: 2\n B: 3\n S: 1",
        }
        module, _, rest = line.partition(" ")
        unknown = (
            f"Core error: LM_{module}->{rest}: no module named 'LM_{module}'"
            if rest
            else "Shell: for hints type help.\nShell: for LM exec: [1](LM)module [2]function"
        )
        return str(words.get(line, unknown))
