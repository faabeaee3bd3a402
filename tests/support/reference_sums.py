"""Login and link, the sums: written from the protocol's pages alone, with hmac and hashlib.

Nothing here comes from the product; what the product reckons is compared with this.
"""

import base64
import hashlib
import hmac
import json
from typing import Any

LONGEST = 1024  # bytes of a line, its tag counted, its LF not
PIECE = 1024  # bytes of a chunk's payload
ROUNDS = 20_000  # of the key that a desk makes

Json = dict[str, Any]


def b64url(data: bytes) -> str:
    """Base 64 for addresses, without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unb64url(text: str) -> bytes:
    """What `b64url` made."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def mac(key: bytes, data: bytes) -> bytes:
    """HMAC with SHA-256."""
    return hmac.new(key, data, hashlib.sha256).digest()


def derive(password: str, uid: str, rounds: int = ROUNDS) -> bytes:
    """K, the key that a password is for one node."""
    salt = b"micros-link-1:" + uid.encode()
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds, 32)


def text_of(value: Json) -> bytes:
    """A line's JSON, as short as can be."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def transcript(line1: bytes, line2: bytes) -> bytes:
    """T, over the exact bytes of the first two lines."""
    return hashlib.sha256(line1 + b"\n" + line2 + b"\n").digest()


def desks_proof(key: bytes, seen: bytes) -> str:
    """What the desk proves itself with."""
    return b64url(mac(key, b"C" + seen))


def nodes_proof(key: bytes, seen: bytes, boot: str) -> str:
    """What the node proves itself with."""
    return b64url(mac(key, b"S" + seen + boot.encode()))


class Direction:
    """The tags of one direction, with its count of lines."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.seq = 0  # of the next line

    def tag(self, text: bytes, payload: bytes = b"", seq: int | None = None) -> str:
        """The tag of this line with its payload; of the next line when no `seq` is named."""
        number = (self.seq if seq is None else seq).to_bytes(8, "big")
        return b64url(mac(self.key, number + text + payload)[:16])

    def sealed(self, name: str, value: str, seq: int | None = None) -> str:
        """A secret setting as it travels in the next line, or in that one."""
        return b64url(self._mixed(name, value.encode(), self.seq if seq is None else seq))

    def opened(self, name: str, sealed: str, seq: int) -> str:
        """What the other side sealed in this line."""
        return self._mixed(name, unb64url(sealed), seq).decode()

    def _mixed(self, name: str, data: bytes, seq: int) -> bytes:
        blocks = b""
        while len(blocks) < len(data):
            number = bytes([len(blocks) // 32])
            blocks += mac(self.key, b"W" + seq.to_bytes(8, "big") + number + name.encode())
        return bytes(one ^ other for one, other in zip(data, blocks, strict=False))


def directions(key: bytes, seen: bytes) -> tuple[Direction, Direction]:
    """Of the desk's lines, and of the node's."""
    return Direction(mac(key, b"KC" + seen)), Direction(mac(key, b"KS" + seen))
