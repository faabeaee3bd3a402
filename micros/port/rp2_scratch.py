"""The watchdog's scratch registers 0 to 3, which outlive a reset. They stay as long as the node."""

from binascii import crc32

from machine import mem32


def scratch(first):
    """Return a function that tells 16 bytes, or takes 12 and the hash of a command after them."""
    places = [first + n for n in (0, 4, 8, 12)]

    def memory(data=None):
        if data is None:
            kept = b"".join([mem32[place].to_bytes(4, "little") for place in places])
            return kept[:12] + (b"\0" + kept[12:] if any(kept[12:]) else b"")
        words = data[12:44].split()
        if data[12:13] == b"\0":  # as it was told
            words = data[13:17]
        else:
            words = b"".join([(crc32(word) & 0xFFFF).to_bytes(2, "little") for word in words[:2]])
        data = data[:12] + words + bytes(4 - len(words))
        for index, place in enumerate(places):
            mem32[place] = int.from_bytes(data[4 * index : 4 * index + 4], "little")
        return None

    return memory
