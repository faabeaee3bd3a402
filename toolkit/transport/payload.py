"""What goes in chunks: bytes or files, out and in. A file that comes is written beside first."""

import hashlib
import os
import secrets
from collections.abc import Callable, Generator
from contextlib import contextmanager
from io import BufferedReader, BufferedWriter, BytesIO
from pathlib import Path

from toolkit.model.errors import InputError
from toolkit.model.text import kilobytes
from toolkit.transport.answers import Memory, Sink
from toolkit.transport.wire import CHUNK

Source = bytes | Path
FILE_LIMIT = 16 * 1024 * 1024  # bytes of a node's file: none has a larger flash
Pieces = Callable[[], bytes]  # the next chunk, b"" at the end


@contextmanager
def opened(source: Source, at: int = 0, chunk: int = CHUNK) -> Generator[tuple[int, str, Pieces]]:
    """Size, SHA-256 in hex, and the chunks of what is to be sent: those from `at` on."""
    with _stream(source) as stream:
        sum_ = hashlib.file_digest(stream, "sha256").hexdigest()
        size = stream.seek(0, os.SEEK_END)
        left = size - stream.seek(at)

        def piece() -> bytes:
            nonlocal left
            data = stream.read(min(chunk, left))
            left -= len(data)
            if left and not data:
                raise InputError(f"{source} has become shorter while it was sent")
            return data

        yield size, sum_, piece


def size_of(source: Source) -> int:
    """The bytes of what is to be sent."""
    with _stream(source) as stream:
        return stream.seek(0, os.SEEK_END)


def beginning(source: Source, size: int) -> str:
    """The SHA-256 in hex of the first bytes of what is to be sent."""
    sum_ = hashlib.sha256()
    with _stream(source) as stream:
        while size and (data := stream.read(min(size, 65536))):
            sum_.update(data)
            size -= len(data)
    return sum_.hexdigest()


@contextmanager
def received(into: Path | None, limit: int = FILE_LIMIT) -> Generator[Sink]:
    """Where a file goes: into memory, or beside `into`, which it becomes when all has gone well.

    There it is `limit` bytes long at most, and under a name of its own: others may get it, too.
    """
    if into is None:
        yield Memory()
        return
    beside = into.with_name(f".{into.name}.{secrets.token_hex(4)}.part")
    try:
        with beside.open("xb") as file:
            yield _Limited(file, limit)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(into)
    except OSError as error:
        raise InputError(f"{into} cannot be written: {error.strerror or error}") from error
    finally:
        beside.unlink(missing_ok=True)


class _Limited:
    """A file that takes so much and no more."""

    def __init__(self, file: BufferedWriter, limit: int) -> None:
        self._file = file
        self._limit = limit
        self._size = 0

    def write(self, data: bytes, /) -> None:
        """Take the next bytes."""
        self._size += len(data)
        if self._size > self._limit:
            raise InterruptedError(f"more than {kilobytes(self._limit)}")
        self._file.write(data)


def _stream(source: object) -> BytesIO | BufferedReader:
    if isinstance(source, bytes | bytearray):
        return BytesIO(source)
    if isinstance(source, Path):
        return _file(source)
    raise InputError(f"expected bytes to send, or the Path of a file, got {source!r:.60}")


def _file(path: Path) -> BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
