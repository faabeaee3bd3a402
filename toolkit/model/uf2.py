"""A UF2 file, read from its bytes: blocks of 512, each with its place, and the family it is for."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAGIC = b"UF2\n"
_BLOCK = 512
_SECOND, _LAST = 0x9E5D5157, 0x0AB16F30
_HEADER = struct.Struct("<8I")
_DATA_MOST = 476
_NOT_FOR_FLASH = 0x0001
_HAS_FAMILY = 0x2000
_ABSOLUTE = 0xE48BFF57  # a block for any chip: files for the RP2350 begin with one
FAMILIES = {
    0xE48BFF56: "RP2040",
    0xE48BFF59: "RP2350",
    0xE48BFF5A: "RP2350 (RISC-V)",
    0xBFDD4EEE: "ESP32-S2",
    0xC47E5767: "ESP32-S3",
    0x1C5F21B0: "ESP32",
    0xD42BA06C: "ESP32-C3",
    0xADA52840: "nRF52840",
    0x68ED2B88: "SAMD21",
    0x55114460: "SAMD51",
    0x57755A57: "STM32F4",
}


class Torn(ValueError):
    """The file is not whole: why, in a few words."""


@dataclass(frozen=True)
class Blocks:
    """The family it is for, and what it writes, in the order of the file."""

    family: str
    payload: bytes


def read(content: bytes) -> Blocks:
    """The blocks of a file that begins with MAGIC; Torn when one of them is missing or damaged."""
    if len(content) % _BLOCK:
        raise Torn(f"it ends after {len(content)} bytes, within a block of {_BLOCK}")
    families: set[int] = set()
    payload: list[bytes] = []
    expected = 0
    for number, total, family, data in _blocks(content):
        if family == _ABSOLUTE:
            continue
        if number != expected:
            raise Torn(f"block {expected} of {total} is not where it should be")
        families.add(family)
        payload.append(data)
        expected = number + 1
        if number + 1 == total:
            expected = 0  # another family may follow
    if expected:
        raise Torn(f"it ends after block {expected}")
    names = [FAMILIES.get(family, f"family {family:08x}") for family in sorted(families)]
    return Blocks(" and ".join(names) or "no chip", b"".join(payload))


def _blocks(content: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """Number, total, family and data of each block that is for the flash."""
    for at in range(0, len(content), _BLOCK):
        _, second, flags, _, size, number, total, family = _HEADER.unpack_from(content, at)
        whole = content[at : at + 4] == MAGIC and second == _SECOND and size <= _DATA_MOST
        if not whole or struct.unpack_from("<I", content, at + _BLOCK - 4)[0] != _LAST:
            raise Torn(f"its block {at // _BLOCK} is damaged")
        if not flags & _NOT_FOR_FLASH:
            start = at + _HEADER.size
            yield number, total, family if flags & _HAS_FAMILY else 0, content[start : start + size]
