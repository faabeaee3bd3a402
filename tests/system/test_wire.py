"""The text shell of an installed node, as plain sockets and existing clients use it."""

import json
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support.boards import eventually
from tests.support.toolkit import VERSION, Toolkit
from toolkit.virtual import fleet
from toolkit.virtual.engine import Engine

PROMPT = b"node01 $ "


@dataclass
class Node:
    """An installed node, and its password where one is owed."""

    address: str
    password: bytes | None

    def connect(self, ending: bytes = b"\n") -> "Client":
        """A connection that is logged in where that is owed; `ending` is how its lines end."""
        client = Client(self.address)
        if self.password is None:
            assert client.until_prompt() == b""
        else:
            assert client.until_prompt() == b"[password] "
            client.send(self.password + ending)
            assert client.until_prompt() == b"AuthOk\n"
        return client

    def serves(self) -> bool:
        """Whether a new client is answered."""
        try:
            client = self.connect()
        except (OSError, AssertionError):
            return False
        client.send(b"version\n")
        return client.until_prompt() == f"{VERSION}\n".encode()


class Client:
    """A plain socket."""

    def __init__(self, address: str) -> None:
        self.socket = socket.create_connection((address, 9008), 20)
        self.socket.settimeout(20)
        self._heard = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def until_prompt(self) -> bytes:
        """What comes before the next prompt."""
        while PROMPT not in self._heard:
            piece = self.socket.recv(4096)
            assert piece, f"the node hung up after {self._heard[-200:]!r}"
            self._heard += piece
        before, _, self._heard = self._heard.partition(PROMPT)
        return before

    def until_closed(self) -> bytes:
        while piece := self.socket.recv(4096):
            self._heard += piece
        return self._heard


@pytest.fixture(scope="module", params=["on", "off"])
def node(
    request: pytest.FixtureRequest, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Node]:
    """A node on a mean board, with login and without."""
    kit = Toolkit(tmp_path_factory.mktemp("wire") / "user data", engine)
    fleet.start(kit.home / "virtual", engine, name="esp32-1", mean=True)
    kit.ok("--make", "--virtual", "--yes", "--set", f"auth={request.param}")
    (board,) = json.loads(kit.ok("--virtual", "--list", "--json"))
    secrets = json.loads((kit.home / "secrets.json").read_text(encoding="utf-8"))
    (secret,) = secrets.values()
    yield Node(board["address"], secret["appwd"].encode() if request.param == "on" else None)
    kit("--virtual", "--stop")


def test_a_line_is_answered_and_the_prompt_comes_back(node: Node) -> None:
    client = node.connect()
    for ending in (b"\n", b"\r\n"):
        client.send(b"version" + ending)
        assert client.until_prompt() == f"{VERSION}\n".encode()
    client.send(b"\n")
    assert client.until_prompt() == b""


def test_a_client_that_sends_no_newline_is_served(node: Node) -> None:
    client = node.connect(ending=b"")
    for _ in range(2):
        client.send(b"version")
        assert client.until_prompt() == f"{VERSION}\n".encode()


def test_a_line_split_over_packets_is_one_line(node: Node) -> None:
    client = node.connect()
    for byte in b"system memfree\n":
        client.send(bytes([byte]))
    assert client.until_prompt().startswith(b"memfree: ")


def test_a_hundred_lines_in_one_packet_are_answered_in_order(node: Node) -> None:
    client = node.connect()
    client.send(b"".join(b"light brightness %d\n" % (n + 1) for n in range(100)))
    for number in range(1, 101):
        assert b"brightness: %d\n" % number in client.until_prompt()


def test_garbage_and_endless_lines_are_refused_and_the_session_lives(node: Node) -> None:
    client = node.connect()
    client.send(b"\x80\xff\xfe garbage \x00\x01\n" + b"x" * 1_000_000 + b"\nversion\n")
    assert client.until_prompt().startswith(b"refused: ")
    assert client.until_prompt().startswith(b"refused: ")
    assert client.until_prompt() == f"{VERSION}\n".encode()


def test_fifty_clients_and_their_resets_leave_the_node_serving(node: Node) -> None:
    crowd = [socket.create_connection((node.address, 9008), 20) for _ in range(50)]
    for one in crowd:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.close()  # a reset, not an end
    assert eventually(node.serves, "the node to serve again")


def test_a_reader_that_stalls_delays_nobody(node: Node) -> None:
    stalled = node.connect()
    stalled.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    stalled.send(b"help\n" * 200)
    other = node.connect()
    for _ in range(20):
        other.send(b"version\n")
        assert other.until_prompt() == f"{VERSION}\n".encode()
    stalled.socket.close()


def test_one_too_many_is_told_so(node: Node) -> None:
    def served() -> Client | None:
        try:
            client = node.connect()
            client.send(b"version\n")
            client.until_prompt()
        except AssertionError:
            return None
        return client

    crowd = [eventually(served, "a place") for _ in range(5)]
    assert b"Connection is busy. Bye!" in Client(node.address).until_closed()
    for one in crowd:
        one.send(b"version\n")
        assert one.until_prompt() == f"{VERSION}\n".encode()
        one.socket.close()
    assert eventually(node.serves, "the node to have places again")


def test_the_conversation_of_an_existing_client(node: Node) -> None:
    client = node.connect(ending=b"")
    for line, answer in (
        (b"conf", b""),
        (b"devfid", b"node01\n"),
        (b"soctout 60", b"Saved\n"),
        (b"soctout", b"60\n"),
        (b"nonsense 1", b"Invalid key\n"),
        (b"noconf", b""),
    ):
        client.send(line)
        before = client.until_prompt()
        assert before.removesuffix(b"[configure] ") == answer, line
    client.send(b"light rgb(1, 2, 3)")
    assert b"r: 1\n" in client.until_prompt()
    client.send(b"exit")
    assert b"Bye!" in client.until_closed()


def test_a_wrong_password_ends_the_connection_and_then_one_waits(node: Node) -> None:
    for _ in range(2):
        client = Client(node.address)
        prompt = client.until_prompt()
        client.send(b"wrong\n")
        if node.password is None:  # where none is owed, it is a command like any other
            assert prompt == b""
            assert client.until_prompt().startswith(b"refused: ")
            continue
        said = client.until_closed()
        assert b"AuthFailed" in said or b"AuthWait: " in said
    assert eventually(node.serves, "the penalty to end")
