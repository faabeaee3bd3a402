"""What goes in chunks: bytes or files, out and in. A file that comes is written beside first."""

import hashlib
import os
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from io import BufferedReader, BytesIO
from pathlib import Path

from toolkit.model.errors import InputError
from toolkit.transport.answers import Memory, Sink
from toolkit.transport.wire import CHUNK

Source = bytes | Path
Pieces = Callable[[], bytes]  # the next chunk, b"" at the end


@contextmanager
def opened(source: Source) -> Generator[tuple[int, str, Pieces]]:
    """Size, SHA-256 in hex, and the chunks of what is to be sent."""
    with ExitStack() as stack:
        stream = BytesIO(source) if isinstance(source, bytes) else _file(source)
        stack.enter_context(stream)
        sum_ = hashlib.file_digest(stream, "sha256").hexdigest()
        size = left = stream.seek(0, os.SEEK_END)
        stream.seek(0)

        def piece() -> bytes:
            nonlocal left
            data = stream.read(min(CHUNK, left))
            left -= len(data)
            if left and not data:
                raise InputError(f"{source} has become shorter while it was sent")
            return data

        yield size, sum_, piece


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


def _file(path: Path) -> BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
