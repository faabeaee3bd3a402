"""What a chip is asked before an image is chosen, through real esptool: kind, flash, PSRAM, MAC."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.rom import MAC, chip_on_a_port
from toolkit.model.chip import NO_PSRAM, Chip
from toolkit.transport.flasher import Flasher
from toolkit.virtual.chips import ESP32, ESP32C6, ESP32S3, ESP8266
from toolkit.virtual.chips import Chip as Silicon

MIB = 1 << 20
S3_FUSES = 0x60007044  # of the block that tells revision and what is in the package
PSRAM_8MB = ((S3_FUSES + 4 * 4, 1 << 3),)
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
