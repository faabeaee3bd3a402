"""SLIP framing and the checksum, as the boot ROMs speak them."""

from collections.abc import Iterator

END, ESCAPE = 0xC0, 0xDB
_CHECKSUM_SEED = 0xEF
_ESCAPED = {0xDC: END, 0xDD: ESCAPE}
# No request is longer than a stub's write block of 16 KB with its header.
_LONGEST = 64 * 1024


def checksum(data: bytes) -> int:
    """The boot ROMs' sum of a block or a segment."""
    result = _CHECKSUM_SEED
    for byte in data:
        result ^= byte
    return result


def frame(data: bytes) -> bytes:
    """One packet, ready to send."""
    return b"\xc0" + data.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0"


class Reader:
    """Cuts a stream of bytes into packets; what stands between packets is dropped."""

    def __init__(self) -> None:
        self._packet: bytearray | None = None
        self._escaped = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        for byte in data:
            if byte == END:
                if self._packet:
                    yield bytes(self._packet)
                    self._packet = None
                else:
                    self._packet = bytearray()
                self._escaped = False
            elif self._packet is not None:
                self._take(self._packet, byte)

    def _take(self, packet: bytearray, byte: int) -> None:
        if self._escaped:
            packet.append(_ESCAPED.get(byte, byte))
            self._escaped = False
        elif byte == ESCAPE:
            self._escaped = True
        else:
            packet.append(byte)
        if len(packet) > _LONGEST:
            self._packet = None
