"""`_onewire` of the firmware: a 1-Wire bus, by bits and bytes, low bit first."""


def _bus(pin):
    from _pulses import wired  # whoever asks has a pin, and perhaps something on it

    device = wired.get(pin._number)
    return device if hasattr(device, "slot") else None


def reset(pin):
    """Tell whether somebody answers; a line that is held low sounds like an answer."""
    bus = _bus(pin)
    return bus.reset() if bus else not pin.value()


def writebit(pin, value):
    bus = _bus(pin)
    if bus:
        bus.slot(1 if value else 0)


def readbit(pin):
    bus = _bus(pin)
    return bus.slot(1) if bus else pin.value()


def writebyte(pin, value):
    for place in range(8):
        writebit(pin, value >> place & 1)


def readbyte(pin):
    return sum(readbit(pin) << place for place in range(8))


def crc8(data):
    """x8 + x5 + x4 + 1, low bit first; "Application Note 27", Maxim."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0x8C if crc & 1 else crc >> 1
    return crc
