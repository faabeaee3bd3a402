"""What a virtual display or a strip of lights shows, as a picture in a PNG file."""

import struct
import zlib
from typing import Any

_DOT = 4  # how many dots of the picture are one of the display
_DARK = 16
_ROW, _LIGHT, _GAP = 30, 16, 4  # lights in a row of the picture; dots of one, and between two


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
    return _file(len(lines[0]) * 8 * _DOT, len(lines) * _DOT, 0, rows)


def lights(seen: dict[str, Any]) -> bytes:
    """The strip that is seen so, its lights as squares in rows; white comes to all parts."""
    squares = [_square(bytes.fromhex(colour)) for colour in seen["colours"]]
    gap = bytes([_DARK] * 3 * (_LIGHT + _GAP))
    width, rows = min(len(squares), _ROW), bytearray()
    for start in range(0, len(squares), _ROW):
        row = squares[start : start + _ROW]
        margin = bytes([_DARK] * 3 * _GAP)
        line = b"\0" + margin + b"".join(square * _LIGHT + margin for square in row)
        line += gap * (width - len(row))
        rows += (b"\0" + gap * width + margin) * _GAP + line * _LIGHT
    height = (len(squares) + _ROW - 1) // _ROW * (_LIGHT + _GAP)
    return _file(width * (_LIGHT + _GAP) + _GAP, height, 2, rows)


def _square(colour: bytes) -> bytes:
    white = colour[3] if len(colour) > 3 else 0
    return bytes(min(part + white, 255) for part in colour[:3])


def _file(width: int, height: int, kind: int, rows: bytearray) -> bytes:
    """A picture of 8 bits for each part of a colour; kind 0 is grey, 2 is red, green and blue."""
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
