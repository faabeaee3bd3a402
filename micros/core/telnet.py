"""Telnet's in-band commands, taken out of the bytes of a shell."""

from micropython import const

_IAC = const(255)
_CR = const(13)
_LF = const(10)  # garbage may look like a command that never ends: a line's end ends it
_LONGEST = const(64)  # bytes of one; after them it is text again


class Telnet:
    """Remembers between two packets where in a command it is."""

    def __init__(self):
        self._state = self._text
        self._count = 0

    def swallow(self, data):
        """The bytes without telnet's."""
        kept = bytearray()
        for byte in data:
            if byte == _LF:
                self._state = self._text
            self._state = self._state(byte, kept) or self._state
        return bytes(kept)

    def _text(self, byte, kept):
        if byte == _IAC:
            return self._negotiated
        kept.append(byte)
        return self._returned if byte == _CR else None

    def _returned(self, byte, kept):
        return self._text(byte or _LF, kept) or self._text  # Enter is CR LF, or CR NUL

    def _negotiated(self, byte, _):
        if byte == 250:  # subnegotiation
            self._count = 0
            return self._inside
        return self._option if 251 <= byte <= 254 else self._text

    def _option(self, *_):
        return self._text

    def _inside(self, byte, kept):
        self._count += 1
        if self._count > _LONGEST:
            return self._text(byte, kept) or self._text
        return self._negotiated if byte == _IAC else None
