"""How a file goes through a board's prompt: as lines of code, as few bytes as the board takes.

115 200 baud carry 11 KB/s. So the pieces of a file are compressed where the board's MicroPython
unpacks them, and stand in the code byte for byte where its prompt takes that; one question, asked
before the first file, tells. A board that takes neither is sent base64.
"""

import re
import zlib
from binascii import b2a_base64
from collections.abc import Iterator
from dataclasses import dataclass

_EVERY = bytes(range(256))
_WINDOW = 10  # bits of the window to unpack with: 1 KB of the board's memory
_ROOMY = 60_000  # bytes of free memory from which larger pieces are no burden
_LARGE, _SMALL, _PLAIN = 4096, 1024, 512  # bytes of a file in one go; 512 even an ESP8266 compiles
_CONTROL = rb"[\x00-\x05]"  # what raw prompts, old and new, take for a key
_ENDS = {b"\n": rb"\n", b"\r": rb"\r", b"'": rb"\'", b"\\": rb"\\"}  # of a line, of a literal


@dataclass(frozen=True)
class Way:
    """How a board is sent pieces of files: whether byte for byte, unpacked, and how large."""

    exact: bool = False
    unpacks: bool = False
    piece: int = _PLAIN

    @property
    def prelude(self) -> str:
        """The code that makes `w`, which writes a piece to the open file `f`."""
        content = "b" if self.exact else "a2b_base64(b)"
        if self.unpacks:
            content = f"z.DeflateIO(io.BytesIO({content}),z.RAW,{_WINDOW}).read()"
        modules = "import io\nimport deflate as z\n" if self.unpacks else ""
        return f"{modules}from binascii import a2b_base64\ndef w(b): f.write({content})"

    def pieces(self, name: str, content: bytes) -> Iterator[tuple[bytes, int]]:
        """The code that writes a file, piece by piece, and how many bytes are there after each."""
        code = b"f=open(%s,'wb')\n" % repr(name).encode()
        starts = range(0, len(content), self.piece)
        for start in starts:
            code += b"w(%s)\n" % self._coded(content[start : start + self.piece])
            if start == starts[-1]:
                break
            yield code, start + self.piece
            code = b""
        yield code + b"f.close()", len(content)

    def _coded(self, piece: bytes) -> bytes:
        if self.unpacks:
            packer = zlib.compressobj(9, zlib.DEFLATED, -_WINDOW)
            piece = packer.compress(piece) + packer.flush()
        return literal(piece) if self.exact else b"'%s'" % b2a_base64(piece, newline=False)


def exact() -> bytes:
    """Code that prints True where a prompt takes every byte."""
    return b"print(%s==bytes(range(256)))" % literal(_EVERY)


UNPACKS = "import deflate\nprint(hasattr(deflate,'DeflateIO'))"
ROOMY = f"import gc\ngc.collect()\nprint(gc.mem_free()>{_ROOMY})"


def way(*, exact: bool, unpacks: bool, roomy: bool) -> Way:
    """How to send, by what a board has answered."""
    plain = _LARGE if roomy else _SMALL if unpacks else _PLAIN
    return Way(exact, unpacks, plain)


def literal(data: bytes) -> bytes:
    """Bytes as a literal of MicroPython that a raw prompt takes: short, not all of it printable."""
    text = re.sub(rb"[\n\r'\\]", lambda found: _ENDS[found[0]], data)
    text = re.sub(_CONTROL + rb"(?=[0-7])", lambda found: b"\\x%02x" % found[0][0], text)
    return b"b'%s'" % re.sub(_CONTROL, lambda found: b"\\%d" % found[0][0], text)
