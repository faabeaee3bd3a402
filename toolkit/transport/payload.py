"""What goes in chunks: bytes or files, out and in. A file that comes is written beside first."""

import hashlib
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from io import BufferedReader, BytesIO
from pathlib import Path

from toolkit.model.errors import InputError
from toolkit.transport.answers import Memory, Sink
from toolkit.transport.wire import CHUNK

Source = bytes | Path
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
def received(into: Path | None) -> Generator[Sink]:
    """Where a file goes: into memory, or beside `into`, which it becomes when all has gone well."""
    if into is None:
        yield Memory()
        return
    beside = into.with_name(f".{into.name}.part")
    try:
        with beside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(into)
    except OSError as error:
        raise InputError(f"{into} cannot be written: {error.strerror or error}") from error
    finally:
        beside.unlink(missing_ok=True)


def _stream(source: Source) -> BytesIO | BufferedReader:
    return BytesIO(source) if isinstance(source, bytes) else _file(source)


def _file(path: Path) -> BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
