"""BME280: temperature, humidity and pressure of the air over I2C; a BMP280 has no humidity.

The formulas are the maker's, for whole numbers (BST-BME280-DS002, 4.2.3): floats of 32 bits would
lose some of the pressure. Numbers of sections are those of that sheet.

Examples:
    bme280 measure
    bme280 temp >json
"""

import asyncio
import struct

import lm

ADDRESSES = (118, 119)  # 0x76 with the pin SDO at ground, 0x77 with it at the supply (6.2)
NAMES = {0x60: "BME280", 0x58: "BMP280"}
PINS = ("i2c_scl", "i2c_sda")

_found = None  # bus, address, chip and calibration
_wanted = ADDRESSES
_busy = False


async def load(address: int | None = None) -> dict:
    """Find the sensor at 118 (0x76), at 119 (0x77), or wherever it is."""
    global _found, _wanted
    if address is not None and address not in ADDRESSES:
        raise lm.CommandError("address: expected 118 or 119, got %r" % address)
    _wanted = ADDRESSES if address is None else (address,)
    _found = None
    await _alone(_find)
    return status()


async def measure() -> dict:
    """Measure now: temperature in Celsius, humidity in percent, pressure in hPa."""
    return await _alone(_measure)


async def temp() -> float:
    """Measure the temperature in Celsius."""
    return (await measure())["temp"]


async def hum() -> float:
    """Measure the relative humidity in percent."""
    values = await measure()
    if "hum" not in values:
        raise lm.CommandError("hum: a BMP280 measures no humidity")
    return values["hum"]


async def pres() -> float:
    """Measure the pressure of the air in hPa, as it is here."""
    return (await measure())["pres"]


async def init_bme280_i2c() -> dict:
    """Load: its name in earlier releases."""
    return await load()


def status() -> dict:
    """Tell which sensor is in use, and where."""
    return {"sensor": NAMES[_found[2]], "address": _found[1]} if _found else {"sensor": "not found"}


def pinmap() -> dict:
    """Tell the pins of the bus."""
    return lm.pinmap(*PINS)


async def _alone(wanted):
    """Do one thing at a time: a second measurement would be ignored while the first one runs."""
    global _busy, _found
    while _busy:
        await asyncio.sleep_ms(5)
    _busy = True
    try:
        result = await wanted()
        _busy = False
        return result
    except (OSError, lm.CommandError) as error:
        lm.i2c(400000, __name__)  # refused where a line is held low: that is why
        if isinstance(error, lm.CommandError):
            raise
        scl, sda = lm.pinmap(*PINS).values()
        said = "bme280: nothing answers at %s on scl %d, sda %d"
        raise lm.CommandError(said % (" or ".join(map(str, _wanted)), scl, sda))
    finally:
        if _busy:  # it went wrong: look again the next time
            _busy, _found = False, None


async def _find():
    global _found
    bus = lm.i2c(400000, __name__)
    for address in _wanted:
        try:
            chip = bus.readfrom_mem(address, 0xD0, 1)[0]
            break
        except OSError:
            if address == _wanted[-1]:
                raise
            await asyncio.sleep_ms(0)
    if chip not in NAMES:
        raise lm.CommandError(
            "bme280: expected chip 96 (BME280) or 88 (BMP280) at %d, got %d" % (address, chip)
        )
    bus.writeto_mem(address, 0xE0, b"\xb6")  # a reset: whoever used it before left it as he liked
    await _until(bus, address, 1, "start")
    trim = struct.unpack("<HhhHhhhhhhhh", bus.readfrom_mem(address, 0x88, 24))
    if chip == 0x60:
        first = bus.readfrom_mem(address, 0xA1, 1)[0]
        second, third, high, both, more, last = struct.unpack(
            "<hBbBbb", bus.readfrom_mem(address, 0xE1, 7)
        )
        trim += (first, second, third, high * 16 + both % 16, more * 16 + both // 16, last)
    _found = bus, address, chip, trim


async def _until(bus, address, bit, wanted):
    """Wait for the end of what a bit of the status tells, 5.4.4."""
    for _ in range(10):
        await asyncio.sleep_ms(5)  # a start takes 2 ms (1.1), a measurement 9.3 ms at most (9.1)
        if not bus.readfrom_mem(address, 0xF3, 1)[0] & bit:
            return
    raise lm.CommandError("bme280: %s takes longer than 50 ms" % wanted)


async def _measure():
    if not _found:
        await _find()
    bus, address, _, trim = _found
    humid = len(trim) > 12
    if humid:
        bus.writeto_mem(address, 0xF2, b"\x01")
    bus.writeto_mem(address, 0xF4, b"\x25")  # once, each sampled once: "weather monitoring" (3.5.1)
    await _until(bus, address, 8, "measuring")
    data = bus.readfrom_mem(address, 0xF7, 8 if humid else 6)
    if data[:6] == b"\x80\0\0\x80\0\0":
        raise lm.CommandError("bme280: it has measured nothing; was its supply interrupted?")
    celsius, fine = _temperature(trim, data[3] << 12 | data[4] << 4 | data[5] >> 4)
    if not -4000 <= celsius <= 8500:  # its range, 1.1
        raise lm.CommandError("bme280: expected -40 to 85 Celsius, got %d" % (celsius // 100))
    values = {"temp": celsius / 100}
    if humid:
        values["hum"] = round(_humidity(trim, data[6] << 8 | data[7], fine) / 1024, 1)
    pascal = _pressure(trim, data[0] << 12 | data[1] << 4 | data[2] >> 4, fine)
    values["pres"] = round(pascal / 25600, 2)
    return values


def _temperature(trim, raw):
    """Return hundredths of a degree, and the fine temperature that the others take."""
    near = (raw >> 4) - trim[0]
    fine = (((raw >> 3) - (trim[0] << 1)) * trim[1] >> 11) + ((near * near >> 12) * trim[2] >> 14)
    return fine * 5 + 128 >> 8, fine


def _pressure(trim, raw, fine):
    """Return 256ths of a pascal."""
    p1, p2, p3, p4, p5, p6, p7, p8, p9 = trim[3:12]
    warm = fine - 128000
    offset = warm * warm * p6 + (warm * p5 << 17) + (p4 << 35)
    slope = (1 << 47) + (warm * warm * p3 >> 8) + (warm * p2 << 12)
    slope = slope * p1 >> 33
    if not slope:
        return 0  # no calibration at all
    found = ((1048576 - raw << 31) - offset) * 3125 // slope
    square = p9 * (found >> 13) * (found >> 13) >> 25
    return (found + square + (p8 * found >> 19) >> 8) + (p7 << 4)


def _humidity(trim, raw, fine):
    """Return 1024ths of a percent."""
    h1, h2, h3, h4, h5, h6 = trim[12:]
    warm = fine - 76800
    slope = (warm * h6 >> 10) * ((warm * h3 >> 11) + 32768) >> 10
    slope = (slope + 2097152) * h2 + 8192 >> 14
    found = ((raw << 14) - (h4 << 20) - h5 * warm + 16384 >> 15) * slope
    found -= ((found >> 15) * (found >> 15) >> 7) * h1 >> 4
    return min(max(found, 0), 419430400) >> 12
