"""A node: who it is, and where it was last seen."""

import re
from dataclasses import dataclass

PORT = 9008
LOCAL = ".local"
_WORDS = re.compile(r"\s*hello:(?P<name>[^\s:]{1,64}):(?P<uid>\w{1,64})(?::(?P<kind>\w{1,16}))?\s*")
_NAME = re.compile(rf"[a-z0-9._-]+{re.escape(LOCAL)}\.?", re.IGNORECASE)


@dataclass(frozen=True)
class Node:
    """A node and its address."""

    uid: str
    name: str
    address: str
    port: int = PORT

    @property
    def endpoint(self) -> str:
        """Address and port as a person writes them; the usual port is left out."""
        return endpoint(self.address, self.port)


@dataclass(frozen=True)
class Hello:
    """What a node says of itself: `hello:<name>:<uid>[:<kind>]`."""

    name: str
    uid: str
    kind: str


def parse_hello(text: str) -> Hello | None:
    """Read the answer to `hello`; None when it is not one. No kind means `dev`, as of old."""
    found = _WORDS.fullmatch(text)
    if not found or not found["name"].isprintable():  # it is shown, and anybody may say it
        return None
    return Hello(found["name"], found["uid"], found["kind"] or "dev")


def is_local(host: str) -> bool:
    """Is it a name such as `node01.local`, which the neighbours themselves are asked for?"""
    return bool(_NAME.fullmatch(host))


def endpoint(address: str, port: int) -> str:
    """`10.0.0.7`, or `10.0.0.7:9010` when the port is not the usual one."""
    return address if port == PORT else f"{address}:{port}"
