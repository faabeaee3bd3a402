"""DS18x20: the temperatures of all DS18B20 and DS1822 on a 1-Wire bus, by serial number.

Examples:
    ds18x20 scan
    ds18x20 measure
    ds18x20 temp
"""

import asyncio

import lm

PIN = "onewire"
CONVERSION = 750  # ms at 12 bits; "DS18B20", Maxim, "DC Electrical Characteristics"
SOON = 100  # ms, after which it still converts
BEFORE = 85.0  # C, what it tells when it has not measured ("Memory")
LIKE_US = 0x28, 0x22
MOST = 16  # sensors
SEARCH, SKIP, CONVERT, READ = 0xF0, 0xCC, 0x44, 0xBE
PATIENCE = 50  # ms

_bus = None
_busy = False


def load() -> dict:
    """Prepare the bus."""
    global _bus
    if _bus is None:
        _bus = lm.onewire(PIN, __name__)
    return status()


async def scan() -> list:
    """Search the bus and tell the serial numbers of its sensors."""
    return [_name(rom) for rom in await _alone(_search)]


async def measure() -> dict:
    """Tell the temperature (C) of each sensor, or what is wrong with it; takes 0.8 s."""
    return await _alone(_measure)


async def temp(serial: str = "") -> float:
    """Measure and tell the temperature (C) of one sensor; without a serial number of the only."""
    found = await measure()
    serial = str(serial) or (next(iter(found)) if len(found) == 1 else "")
    if serial not in found:
        raise lm.CommandError("serial: expected one of %s" % ", ".join(found))
    if isinstance(found[serial], str):
        raise lm.CommandError("ds18x20: %s of %s" % (found[serial], serial))
    return found[serial]


async def _alone(wanted):
    """Have the bus for oneself."""
    global _busy
    load()
    while _busy:
        await asyncio.sleep_ms(PATIENCE)
    _busy = True
    try:
        return await wanted()
    finally:
        _busy = False


async def _search():
    """Find all ROMs: where two differ the branch of 0 goes first; "Application Note 187", Maxim."""
    found = []
    rom, fork = bytearray(8), -1
    while len(found) < MOST:
        _begin()
        _bus.writebyte(SEARCH)
        fork = _follow(rom, fork)
        if _bus.crc8(rom):
            raise _trouble("wrong checksum of a serial number")
        found.append(bytes(rom))
        if fork < 0:
            break
        await asyncio.sleep_ms(0)
    return found


def _follow(rom, fork):
    """Fill in one ROM; return the last place where 1 is still to be tried, or -1."""
    last = -1
    for place in range(64):
        index, mask = place >> 3, 1 << (place & 7)
        bit, other = _bus.readbit(), _bus.readbit()
        if bit and other:
            raise _trouble("no answer")
        if bit == other:
            bit = place == fork or (place < fork and rom[index] & mask)
            last = last if bit else place
        _bus.writebit(1 if bit else 0)
        rom[index] = rom[index] | mask if bit else rom[index] & ~mask
    return last


async def _measure():
    roms = await _search()
    _begin()
    _bus.writebyte(SKIP)
    _bus.writebyte(CONVERT)
    await asyncio.sleep_ms(CONVERSION)
    found = {}
    for rom in roms:
        value = _hear(rom)
        found[_name(rom)] = await _again(rom) if value == BEFORE else value
        await asyncio.sleep_ms(0)  # each holds the node for 10 ms
    return found


async def _again(rom):
    """Tell 85 C from no measurement: a sensor that converts says so, bit by bit."""
    _begin()
    _bus.select_rom(rom)
    _bus.writebyte(CONVERT)
    converts = not _bus.readbit()
    await asyncio.sleep_ms(SOON)
    converts = converts and not _bus.readbit()
    await asyncio.sleep_ms(CONVERSION - SOON)
    value = _hear(rom)
    return value if converts or value != BEFORE else "not measured"


def _hear(rom):
    """Return the temperature of a sensor, or what is wrong with it."""
    if rom[0] not in LIKE_US:
        return "no DS18B20"
    _begin()
    data = bytearray(9)
    _bus.select_rom(rom)
    _bus.writebyte(READ)
    _bus.readinto(data)
    if _bus.crc8(data) or data == bytes(9):
        return "wrong checksum"
    sixteenths = data[1] << 8 | data[0]
    return (sixteenths - 65536 if data[1] & 128 else sixteenths) / 16


def _begin():
    """Begin anew; refuse where nobody can answer."""
    if not _bus.pin.value():
        raise _trouble("the line is held low")
    if not _bus.reset():
        raise _trouble("no answer")


def _trouble(kind):
    return lm.CommandError("ds18x20: %s on pin %s (%d)" % (kind, PIN, pinmap()[PIN]))


def _name(rom):
    return "".join(["%02x" % byte for byte in rom])


def status() -> dict:
    """Tell whether a measurement is under way."""
    return {"busy": _busy}


def pinmap() -> dict:
    """Tell the pin."""
    return lm.pinmap(PIN)
