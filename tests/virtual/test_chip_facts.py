"""What a chip is asked before an image is chosen, through real esptool: kind, flash, PSRAM, MAC."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.rom import MAC, chip_on_a_port
from toolkit.model.chip import NO_PSRAM, Chip
from toolkit.operations import archive, deploy
from toolkit.transport.flasher import Flasher, Locked
from toolkit.virtual.chips import ESP32, ESP32C3, ESP32C6, ESP32S3, ESP8266
from toolkit.virtual.chips import Chip as Silicon

MIB = 1 << 20
S3_FUSES = 0x60007044  # of the block that tells revision and what is in the package
PSRAM_8MB = ((S3_FUSES + 4 * 4, 1 << 3),)
SECURE_BOOT = ((0x3FF5A018, 1 << 4),)  # of an ESP32
ENCRYPTION = ((0x60008834, 1 << 18),)  # of an ESP32-C3
REVISION_2 = ((S3_FUSES + 4 * 3, 2 << 18),)


@pytest.mark.parametrize(
    ("silicon", "flash", "told"),
    [
        (ESP32, 4, Chip("esp32", MAC, "4MB", "ESP32-D0WD-V3", "v3.0", "")),
        (ESP8266, 1, Chip("esp8266", MAC, "1MB", "ESP8266EX", "", NO_PSRAM)),
        (ESP32C6, 8, Chip("esp32c6", MAC, "8MB", "ESP32-C6", "v0.0", NO_PSRAM)),
        (
            replace(ESP32S3, efuses=(*PSRAM_8MB, *REVISION_2)),
            16,
            Chip("esp32s3", MAC, "16MB", "ESP32-S3", "v0.2", "8MB"),
        ),
    ],
    ids=["esp32", "esp8266", "esp32c6", "esp32s3 with PSRAM"],
)
def test_a_chip_tells_what_it_is_and_has(
    silicon: Silicon, flash: int, told: Chip, tmp_path: Path
) -> None:
    with chip_on_a_port(silicon, tmp_path, flash * MIB) as port:
        assert Flasher(port).identify() == told


@pytest.mark.parametrize(
    "silicon",
    [
        replace(ESP32, efuses=(*ESP32.efuses, *SECURE_BOOT)),
        replace(ESP32C3, efuses=(*ESP32C3.efuses, *ENCRYPTION)),
        replace(ESP32C3, security=5),
    ],
    ids=["secure boot", "flash encryption", "secure download mode"],
)
def test_a_chip_whose_fuses_lock_it_is_refused_and_not_erased(
    silicon: Silicon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICROS_USER_DATA", str(tmp_path / "user data"))
    with chip_on_a_port(silicon, tmp_path, 4 * MIB) as port:
        flash = tmp_path / "flash.bin"
        with open(flash, "r+b") as file:
            file.write(b"signed")
        with pytest.raises(Locked, match=r"is locked for good: .*; its flash was not touched$"):
            list(deploy.erase(port, "240ac4000007"))
        assert flash.read_bytes().startswith(b"signed")
    assert not archive.was_erased("240ac4000007")
