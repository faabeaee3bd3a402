"""Keys that go through to a board's own prompt, and those that leave it; pure."""

LEAVE = b"\x04\x1d"  # Ctrl-D, Ctrl-]
_PASTE, _END, _INTERRUPT = 0x05, 0x04, 0x03  # in paste mode Ctrl-D belongs to the board


class Keys:
    """What a person types, byte by byte."""

    def __init__(self) -> None:
        self._pasting = False
        self.left = False

    def through(self, typed: bytes) -> bytes:
        """What of it the board gets; behind a key that leaves, nothing."""
        passed = bytearray()
        for key in typed:
            if key in LEAVE and not (self._pasting and key == _END):
                self.left = True
                break
            if key == _PASTE:
                self._pasting = True
            elif key in (_END, _INTERRUPT):
                self._pasting = False
            passed.append(key)
        return bytes(passed)
