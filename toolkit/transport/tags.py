"""What of a link is made with keys: proofs, tags, values that nobody else reads. Pure."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterator

TAG = 22  # characters: 16 bytes in base 64


def b64(data: bytes) -> str:
    """Base 64 for URLs, without padding."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def transcript(first: bytes, second: bytes) -> bytes:
    """The hash of what both have said, byte by byte, before either has proved anything."""
    return hashlib.sha256(first + b"\n" + second + b"\n").digest()


def mac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256."""
    return hmac.digest(key, message, "sha256")


def same(one: str, other: str) -> bool:
    """Compare as characters, in the same time for all of them."""
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))


class Hidden:
    """A secret value on its way into a request; it leaves sealed and is shown by no repr."""

    def __init__(self, value: str) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "***"


class Seal:
    """The key of one direction, and how many lines have gone that way."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._count = 0

    def tag(self, line: bytes, payload: bytes = b"") -> bytes:
        """The tag of the next line in this direction."""
        number = self._count.to_bytes(8, "big")
        self._count += 1
        return b64(mac(self._key, number + line + payload)[:16]).encode()

    def hide(self, name: str, value: str) -> str:
        """A secret value, readable for the other end alone; for the line that is tagged next."""
        data = value.encode()
        return b64(bytes(a ^ b for a, b in zip(data, self._stream(name), strict=False)))

    def _stream(self, name: str) -> Iterator[int]:
        number = self._count.to_bytes(8, "big")
        for block in range(256):
            yield from mac(self._key, b"W" + number + bytes((block,)) + name.encode())
