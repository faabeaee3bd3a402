"""Sunrise and sunset by the equations of NOAA's solar calculator. Loaded for the question.

https://gml.noaa.gov/grad/solcalc/calcdetails.html (after Meeus, Astronomical Algorithms). Floats
may have 32 bits: days are integers, angles are reduced to a turn before they become floats.
"""

import math

from micropython import const

_TURN = const(36000000000)  # in 1e-8 degrees
_HORIZON = (
    -0.0145380
)  # sine of the height of the sun's centre when its edge is seen: -0.833 degrees
_NIGHT, _DAY = 1.585335, 1.556258  # 90.833 degrees from the zenith, and as far from the nadir
_FASTEST = 0.0072  # radians by which the sun's declination changes in a day, at most


def place(text):
    """Return (latitude, longitude) in degrees, None for n/a; ValueError."""
    if text == "n/a":
        return None
    latitude, longitude = [float(part) for part in text.split(",")]
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError
    return latitude, longitude


def event(day, sunset, latitude, longitude):
    """Return the UTC second of the event at the solar noon of `day`, and 1.

    `day` counts from 1970 at the meridian of the place. While the sun stays up or down: None, and
    in how many days it is worth to ask again.
    """
    latitude = max(-1.57, min(1.57, math.radians(latitude)))
    noon = -int(longitude * 240)  # seconds from 12 UTC
    side = 13750.987 if sunset else -13750.987  # seconds in which the earth turns by one radian
    moment = noon + int(1.57 * side)
    for _ in range(8):
        height, early = _sun(day - 10957, moment / 86400)
        cosine = _HORIZON - math.sin(latitude) * math.sin(height)
        cosine /= math.cos(latitude) * math.cos(height)
        before = moment
        moment = noon - int(early - side * math.acos(max(-1.0, min(1.0, cosine))))
        if abs(moment - before) < 2:
            break
    if -1 <= cosine <= 1:
        return day * 86400 + 43200 + moment, 1
    missing = abs(latitude - height) - _NIGHT if cosine > 1 else abs(latitude + height) - _DAY
    return None, max(1, int(missing / _FASTEST) - 1)


def _sun(days, fraction):
    """Return the sun's declination in radians, and by how many seconds its noon is early.

    Days are counted from the noon of 2000-01-01.
    """
    century = days / 36525
    mean = math.radians((28046646000 + 98564737 * days) % _TURN / 1e8 + 0.98564737 * fraction)
    anomaly = math.radians((35752911000 + 98560028 * days) % _TURN / 1e8 + 0.98560028 * fraction)
    centre = (1.914602 - 0.004817 * century) * math.sin(anomaly)
    centre += 0.019993 * math.sin(2 * anomaly) + 0.000289 * math.sin(3 * anomaly)
    tilt = math.radians(23.43929 - 0.0130042 * century)
    height = math.asin(math.sin(tilt) * math.sin(mean + math.radians(centre - 0.00569)))
    oval, lean = 0.016708634 - 0.000042037 * century, math.tan(tilt / 2) ** 2
    early = lean * math.sin(2 * mean) - 2 * oval * math.sin(anomaly)
    early += 4 * oval * lean * math.sin(anomaly) * math.cos(2 * mean)
    early -= lean * lean / 2 * math.sin(4 * mean) + 1.25 * oval * oval * math.sin(2 * anomaly)
    return height, early * 13750.987
