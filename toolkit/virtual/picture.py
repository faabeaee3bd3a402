"""What a virtual display shows, as a picture in a PNG file."""

import struct
import zlib
from typing import Any

_DOT = 4  # how many dots of the picture are one of the display
_DARK = 16


def png(seen: dict[str, Any]) -> bytes:
    """The display that is seen so, its dots as bright as its contrast makes them."""
    bright = 96 + int(seen["contrast"]) * 159 // 255
    rows = bytearray()
    lines = [bytes.fromhex(line) for line in seen["lines"]]
    for line in lines:
        row = bytearray()
        for byte in line:
            for bit in range(7, -1, -1):
                row += bytes([bright if byte >> bit & 1 else _DARK]) * _DOT
        rows += (b"\0" + row) * _DOT  # each line says how it is filtered: not at all
    width, height = len(lines[0]) * 8 * _DOT, len(lines) * _DOT
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)  # 8 bits of grey
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
