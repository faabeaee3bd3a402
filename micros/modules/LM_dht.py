"""DHT: temperature and humidity of a DHT11 or DHT22; each measurement holds the node for 0.3 s.

Examples:
    dht measure
    dht measure dht22 >json
    dht measure && 5000    # again and again; what came of it: task show dht.measure
"""

import asyncio

import lm

PIN = "dht"
PAUSE = 2  # seconds that the sensor rests; "DHT22", Aosong, section 6
EVERY = 250  # ms

_line = None  # the pin, and what reads from it
_data = bytearray(5)
_at = None  # uptime of the last measurement
_why = "not measured"  # what was wrong with it


def load() -> dict:
    """Prepare the pin."""
    global _line
    if _line is None:
        _line = lm.dht(PIN, __name__)
    return status()


async def measure(kind: str = "dht22") -> dict:
    """Tell temperature (C), humidity (%) and their age (s); measured again after 2 s of rest."""
    if kind not in ("dht11", "dht22"):
        raise lm.CommandError("kind: expected dht11 or dht22, got %r" % kind)
    load()
    for _ in range(2):  # one bad answer is nothing unusual
        while _why and _age() <= PAUSE:
            await asyncio.sleep_ms(EVERY)
        if _age() > PAUSE:
            _hear()
        if not _why:
            return _told(kind)
    raise lm.CommandError(_why)


def _age():
    return PAUSE + 1 if _at is None else lm.node.clock.uptime() - _at


def _hear():
    global _at, _why
    pin, readinto = _line
    _why = None
    try:
        readinto(pin, _data)
        if sum(_data[:4]) & 255 != _data[4]:
            _why = "wrong checksum"
    except OSError:
        _why = "no answer" if pin.value() else "the line is held low, or has no pull-up resistor,"
    if _why:
        _why = "dht: %s on pin %s (%d)" % (_why, PIN, pinmap()[PIN])
    _at = lm.node.clock.uptime()


def _told(kind):
    """Read the bytes: "DHT22", Aosong, section 7, and "DHT11", ASAIR, section 5."""
    wet, wet_low, warm, warm_low = _data[:4]
    if kind == "dht22":
        below, whole = warm & 128, True
        warm, wet = ((warm & 127) << 8 | warm_low) / 10, (wet << 8 | wet_low) / 10
    else:
        below, warm_low = warm_low & 128, warm_low & 127
        whole = max(wet_low, warm_low) < 10
        warm, wet = warm + warm_low / 10, wet + wet_low / 10
    if not whole or wet > 100 or warm > 125:
        raise lm.CommandError("kind: this is no answer of a %s, is it the other one?" % kind)
    return {"temperature": -warm if below else warm, "humidity": wet, "age": _age()}


def status() -> dict:
    """Tell how long ago the sensor was read (s), and what was wrong."""
    return {"age": None if _at is None else _age(), "problem": _why}


def pinmap() -> dict:
    """Tell the pin."""
    return lm.pinmap(PIN)
