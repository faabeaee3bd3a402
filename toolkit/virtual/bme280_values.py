"""What the numbers of a BME280 or BMP280 mean: its calibration, and raw values from wanted ones.

The formulas are those of the maker's BST-BME280-DS002, 8.1, in floats of 64 bits; how the
calibration lies in registers is its 4.2.2.
"""

import struct
from collections.abc import Callable
from typing import Any, cast

from toolkit.virtual.keys import is_whole

# T and P: the example of BST-BMP280-DS001, 3.12. H: made up, of the size that devices have.
CALIBRATION = {
    "T1": 27504, "T2": 26435, "T3": -1000,
    "P1": 36477, "P2": -10685, "P3": 3024, "P4": 2855, "P5": 140, "P6": -7,
    "P7": 15500, "P8": -14600, "P9": 6000,
    "H1": 75, "H2": 362, "H3": 0, "H4": 313, "H5": 50, "H6": 30,
}  # fmt: skip
_TEMPERATURE_AND_PRESSURE = tuple(CALIBRATION)[:12]


def temperature(trim: dict[str, int], raw: int) -> tuple[float, float]:
    """Degrees Celsius, and the fine temperature that the other formulas take."""
    first = (raw / 16384 - trim["T1"] / 1024) * trim["T2"]
    second = (raw / 131072 - trim["T1"] / 8192) ** 2 * trim["T3"]
    fine = first + second
    return fine / 5120, fine


def pressure(trim: dict[str, int], raw: int, fine: float) -> float:
    """Pascals."""
    first = fine / 2 - 64000
    second = first * first * trim["P6"] / 32768 + first * trim["P5"] * 2
    second = second / 4 + trim["P4"] * 65536
    first = (trim["P3"] * first * first / 524288 + trim["P2"] * first) / 524288
    first = (1 + first / 32768) * trim["P1"]
    if first == 0:
        return 0.0
    found = (1048576 - raw - second / 4096) * 6250 / first
    first = trim["P9"] * found * found / 2147483648
    return found + (first + found * trim["P8"] / 32768 + trim["P7"]) / 16


def humidity(trim: dict[str, int], raw: int, fine: float) -> float:
    """Percent of what the air can hold."""
    warm = fine - 76800
    found = raw - (trim["H4"] * 64 + trim["H5"] / 16384 * warm)
    slope = 1 + trim["H6"] / 67108864 * warm * (1 + trim["H3"] / 67108864 * warm)
    found *= trim["H2"] / 65536 * slope
    found *= 1 - trim["H1"] * found / 524288
    return min(max(found, 0.0), 100.0)


def raw_for(formula: Callable[[int], float], wanted: float, bits: int) -> int:
    """The raw value nearest to what is wanted, of a formula that only rises or only falls."""
    low, high = 0, (1 << bits) - 1
    rising = formula(high) > formula(low)
    while low < high:
        middle = (low + high) // 2
        if (formula(middle) < wanted) == rising:
            low = middle + 1
        else:
            high = middle
    return min((low, max(low - 1, 0)), key=lambda raw: abs(formula(raw) - wanted))


def is_calibration(value: Any) -> bool:
    """Whether these are values of the calibration that fit their registers (4.2.2)."""
    if not isinstance(value, dict):
        return False
    limits = {name: (-32768, 32767) for name in CALIBRATION}
    limits |= dict.fromkeys(("T1", "P1"), (0, 65535)) | dict.fromkeys(("H1", "H3"), (0, 255))
    limits |= dict.fromkeys(("H4", "H5"), (-2048, 2047)) | {"H6": (-128, 127)}
    given = cast(dict[Any, Any], value)
    return all(name in limits and is_whole(it, *limits[name]) for name, it in given.items())


def calibration_registers(trim: dict[str, int], *, humid: bool) -> dict[int, bytes]:
    """The calibration as it lies in the device: a register and the bytes from there on."""
    values = [trim[name] for name in _TEMPERATURE_AND_PRESSURE]
    found = {0x88: struct.pack("<HhhHhhhhhhhh", *values)}
    if humid:
        fourth, fifth = trim["H4"], trim["H5"]
        nibbles = bytes((fourth >> 4 & 255, fourth & 15 | (fifth & 15) << 4, fifth >> 4 & 255))
        last = struct.pack("<hB", trim["H2"], trim["H3"]) + nibbles + struct.pack("b", trim["H6"])
        found |= {0xA1: bytes((trim["H1"],)), 0xE1: last}
    return found
