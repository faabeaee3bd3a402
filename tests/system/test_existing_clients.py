"""Clients written for the text shell before there was a link are served as ever.

They frame by the prompt, send no newline at all, and give the password where the prompt asks for
it. One takes its prompt from the last two words it hears, the older one waits for ` $`.
"""

import re
import socket
from collections.abc import Iterator

import pytest

from benchmarks.nodes import PASSWORD, Node, Session, Trouble, Workshop
from tests.support.boards import engine_cache, eventually
from tests.support.toolkit import VERSION
from toolkit.virtual.engine import provide

_PORT = 9008
_PATIENCE = 20.0  # seconds after which such a client gives up


class ByItsPrompt:
    """The newer kind: the last line heard ends an answer when the prompt is in it."""

    def __init__(self, address: str, password: str = "") -> None:
        self.socket = socket.create_connection((address, _PORT), _PATIENCE)
        first = self.socket.recv(4096).decode()
        *before, name, sign = first.split()
        self.name, self.prompt, self.asked = name, f"{name} {sign}", before
        self.login = self.say(password) if password else ""

    def say(self, line: str) -> str:
        """The answer, its prompt deleted; what stands before the prompt stays."""
        self.socket.sendall(line.encode())  # and nothing behind it
        heard = ""
        while not self.whole(heard):
            piece = self.socket.recv(4096)
            if not piece:
                return heard
            heard += piece.decode()
        return heard.replace(self.prompt, "").strip()

    def whole(self, heard: str) -> bool:
        return self.prompt in heard.rsplit("\n", 1)[-1]


class ByItsSign(ByItsPrompt):
    """The older kind: ` $` anywhere in what has come ends an answer."""

    def whole(self, heard: str) -> bool:
        return " $" in heard


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    where = tmp_path_factory.mktemp("clients") / "virtual"
    with Workshop(where, provide(engine_cache(), print)) as workshop:
        yield workshop.node("esp32", mean=True)


@pytest.fixture(scope="module", params=["on", "off", "link"])
def mode(request: pytest.FixtureRequest, node: Node) -> str:
    """What `auth` is."""
    if request.param != "on":  # link comes last: nobody gets back from there by text
        eventually(lambda: _set(node, request.param), "the wrong password's penalty to end")
    return request.param


def _set(node: Node, auth: str) -> bool:
    try:
        shell = Session(node.address, password=PASSWORD if auth == "off" else None)
    except Trouble:
        return False
    with shell:
        shell.say("conf", b"[configure] node01 $ ")
        return shell.say(f"auth {auth}", b"[configure] node01 $ ") == "Saved"


# What is said, and the answer as a regular expression; in config mode `[configure]` stands before
# the prompt, so that it ends what these clients take for the answer.
_TRANSCRIPT = (
    ("hello", r"hello:node01:[0-9a-f]{12}:dev"),
    ("version", re.escape(VERSION)),
    ("modules", r"\['light'\]|\[\]"),
    ("light rgb(1, 2, 3)", r"(?s)(?=.*^r: 1$)(?=.*^g: 2$)(?=.*^b: 3$).*"),
    ("light rgb r=4 g=5 b=6 >json", r'\{(?=.*"r": 4)(?=.*"g": 5)(?=.*"b": 6).*\}'),
    ("light nothing", r"refused: .*"),
    ("conf", r"\[configure\]"),
    ("devfid", r"node01\s+\[configure\]"),
    ("soctout 60", r"Saved\s+\[configure\]"),
    ("soctout", r"60\s+\[configure\]"),
    ("soctout many", r"(?!Saved).*\s+\[configure\]"),
    ("nonsense 1", r"Invalid key\s+\[configure\]"),
    ("dump", r"(?s)version .*^  appwd +:  \*\*\*$.*\s+\[configure\]"),
    ("hello", r"hello:node01:[0-9a-f]{12}:dev\s+\[configure\]"),
    ("noconf", r""),
    ("config", r"\[configure\]"),
    ("configure", r"\[configure\]"),
    ("noconfigure", r""),
    ("help", r"(?s)\[MICROS\].*\[CONF\].*\[TASK\].*\[EXEC\].*"),
    ("exit", r"(?s)Bye!.*"),
)
_LOCKED = (  # where `auth` is `link`
    ("hello", r"hello:node01:[0-9a-f]{12}:dev"),
    ("version", r"refused: this node answers text only with hello and exit.*"),
    (PASSWORD, r"refused: this node answers text only with hello and exit.*"),
    ("conf", r"refused: this node answers text only with hello and exit.*"),
    ("exit", r"(?s)Bye!.*"),
)


def test_the_transcript_of_an_existing_client_is_what_it_was(node: Node, mode: str) -> None:
    kind = ByItsSign if mode == "off" else ByItsPrompt
    asks = ["[password]"] if mode == "on" else []
    client = kind(node.address, PASSWORD if mode == "on" else "")
    assert (client.name, client.asked) == ("node01", asks)
    assert client.login == ("AuthOk" if mode == "on" else "")
    transcript = _LOCKED if mode == "link" else _TRANSCRIPT
    for said, answer in transcript:
        heard = client.say(said)
        assert re.fullmatch(answer, heard, re.MULTILINE), (said, heard)
    assert client.socket.recv(100) == b""
    print(f"auth {mode}: lines as they were: {len(transcript)}")


def test_a_search_of_an_existing_client_finds_the_node(node: Node, mode: str) -> None:
    client = ByItsPrompt(node.address)  # it says hello before it says a password
    fields = client.say("hello").split()[0].split(":")
    assert fields[:2] == ["hello", "node01"]
    assert re.fullmatch(r"[0-9a-f]{12}", fields[2])
    client.socket.close()


def test_a_wrong_password_is_told_as_ever(node: Node, mode: str) -> None:
    client = ByItsPrompt(node.address)
    heard = client.say("another password")
    client.socket.close()
    assert heard.startswith("AuthFailed" if mode == "on" else "refused: ")
    assert ("Bye!" in heard) == (mode == "on")
