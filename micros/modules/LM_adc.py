"""ADC: the voltage at an analog input, averaged, scaled, and told when it has changed.

Examples:
    adc measure
    adc scale 0.5 0 2.5 100    # volts and what they stand for: 0.5 V is 0, 2.5 V is 100
    adc report 5 "threshold above level 40 60"
    adc measure 64 name=adc_0
"""

import asyncio

import lm

PIN = "adc_0"
SAMPLES = 16

_inputs = {}
_told = {}  # what was reported last of each input


def load(name: str = PIN) -> dict:
    """Prepare an analog input."""
    if name not in _inputs:
        _inputs[name] = lm.adc(name, __name__)
    return status()


async def measure(samples: int = SAMPLES, name: str = PIN) -> dict:
    """Tell the mean of 1 to 256 readings: raw (of 65535), percent, volt, value if scaled, rail."""
    load(name)
    mean, volt, rail = await lm.volts(_inputs[name], samples)
    found = {"raw": round(mean), "percent": round(mean * 100 / 65535, 1), "volt": round(volt, 3)}
    points = lm.keep(__name__).get(str(name))
    if points:
        low, at_low, high, at_high = points
        found["value"] = at_low + (volt - low) * (at_high - at_low) / (high - low)
    found["rail"] = rail or "no"
    return found


def scale(low: float, at_low: float, high: float, at_high: float, name: str = PIN) -> dict:
    """Say which values two voltages stand for: 0.5 0 4.5 100. It is kept; low = high: no more."""
    for given in (low, at_low, high, at_high):
        if not isinstance(given, (int, float)) or given - given != 0:
            raise lm.CommandError("scale: expected numbers, got %.40r" % (given,))
    load(name)
    kept = lm.keep(__name__)
    kept.pop(str(name), None)
    if low != high:
        kept[str(name)] = [low, at_low, high, at_high]
    lm.keep(__name__, kept)
    return status()


def report(delta: float, line: str = "", every: int = 1000, name: str = PIN) -> str:
    """When value, or percent, has changed so much: run a line with it, or log it."""
    if not isinstance(delta, (int, float)) or not delta > 0:
        raise lm.CommandError("delta: expected a number above 0, got %.40r" % (delta,))
    if not isinstance(every, int) or not 50 <= every <= 3600000:
        raise lm.CommandError("every: expected 50 to 3600000 ms, got %.40r" % (every,))
    load(name)
    if line:
        for each in line, line + " 0":  # what cannot be read is refused now, and no room for it
            lm.run(each, __name__).close()
    tag = "adc.report" if name == PIN else "adc.report.%s" % name
    lm.task(tag, lambda: _report(delta, line, every, name))
    return "%s: started, 'task kill %s' ends it" % (tag, tag)


async def _report(delta, line, every, name):
    _told.pop(name, None)
    while True:
        found = await measure(SAMPLES, name)
        value = found.get("value", found["percent"])
        if name not in _told or abs(value - _told[name]) >= delta:
            _told[name] = value
            if line:
                await lm.run("%s %s" % (line, value), __name__)
            else:
                lm.log.info("adc: %s is %s" % (name, value))
        await asyncio.sleep_ms(every)


async def action_fltr(limit: int = 20, threshold: float = 1) -> bool:
    """Tell whether it is above a limit, 0 to 1000; True comes after `threshold` seconds."""
    if not isinstance(limit, (int, float)) or not 0 <= limit <= 1000:
        raise lm.CommandError("limit: expected 0 to 1000, got %.40r" % (limit,))
    if not isinstance(threshold, (int, float)) or not 0 <= threshold <= 60:
        raise lm.CommandError("threshold: expected 0 to 60 seconds, got %.40r" % (threshold,))
    above = (await measure())["raw"] > limit * 65535 / 1000
    if above:
        await asyncio.sleep_ms(int(threshold * 1000))
    return above


def status() -> dict:
    """Tell the inputs in use, what their voltages stand for, and what was reported last."""
    kept = lm.keep(__name__)
    return {"inputs": sorted(_inputs, key=str), "scaled": kept, "reported": _told}


def pinmap() -> dict:
    """Tell the pins in use, or the one that is used without a name."""
    return lm.pinmap(*(sorted(_inputs, key=str) or (PIN,)))
