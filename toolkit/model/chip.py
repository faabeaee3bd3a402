"""What a board says of its chip before anything is written to it."""

from dataclasses import dataclass

FAMILIES = {  # as we call the chips, by their makers' names
    "ESP8266": "esp8266",
    "ESP32": "esp32",
    "ESP32-C3": "esp32c3",
    "ESP32-C6": "esp32c6",
    "ESP32-S2": "esp32s2",
    "ESP32-S3": "esp32s3",
    "RP2040": "pico_w",
}
NO_PSRAM = "none"
_NEVER = ("esp32c3", "esp32c6", "esp8266")  # have no pins for it
_IN_PACKAGE = ("esp32s2", "esp32s3")  # tell what lies in the same package as the chip


@dataclass(frozen=True)
class Chip:
    """What was read of a board: its family, MAC and flash size (as `4MB`).

    `kind` and `revision` are its maker's words (`ESP32-D0WD-V3`, `v3.0`); `psram` is a size, `yes`,
    `none`, or empty where it cannot be read. What is unknown is empty.
    """

    family: str
    mac: str
    flash: str
    kind: str = ""
    revision: str = ""
    psram: str = ""

    @property
    def uid(self) -> str:
        """The MAC as 12 lower-case hex digits, by which a node is known."""
        return self.mac.replace(":", "")

    @property
    def flash_bytes(self) -> int:
        """The size of its flash in bytes, 0 when it is unknown."""
        number, unit = self.flash[:-2], self.flash[-2:]
        if not number.isdecimal() or unit not in _UNITS:
            return 0
        return int(number) * _UNITS[unit]

    @property
    def revision_number(self) -> int | None:
        """Its revision in hundredths (3: v0.3), None when it is unknown."""
        major, dot, minor = self.revision.removeprefix("v").partition(".")
        if not (dot and major.isdecimal() and minor.isdecimal()):
            return None
        return int(major) * 100 + int(minor)

    @property
    def told(self) -> str:
        """All of it in one line, for people."""
        kind = " ".join(filter(None, (self.kind, self.revision)))
        flash = f"{self.flash} flash" if self.flash else ""
        psram = ""
        if self.kind:  # esptool has asked: a prompt is not asked for it
            psram = {"": "PSRAM unknown", NO_PSRAM: "no PSRAM", "yes": "PSRAM"}.get(
                self.psram, f"{self.psram} PSRAM"
            )
        return ", ".join(filter(None, (self.family, kind, self.mac, flash, psram)))


def revision_of(number: int) -> str:
    """A revision as chips tell it, of one in hundredths (3: v0.3)."""
    return f"v{number // 100}.{number % 100}"


_UNITS = {"KB": 1 << 10, "MB": 1 << 20}


def psram(family: str, features: str) -> str:
    """What the list of a chip's features says of PSRAM, as `Chip.psram` has it.

    A chip beside the ESP32 on the board is in no list: there it stays unknown. What hangs on an
    S2 or S3 outside its package is rare, and counts as none.
    """
    for feature in features.split(","):
        before, found, after = feature.partition("Embedded PSRAM")
        if found and before.strip() == "No":
            return NO_PSRAM
        if found and not before.strip():
            return after.split()[0] if after.split() else "yes"
    return NO_PSRAM if family in (*_NEVER, *_IN_PACKAGE) else ""
