"""Due times and the sun with the numbers of the real firmware."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.firmware.arithmetic import Firmware, cases, disk
from tests.firmware.pico import LONGEST, Pico

FILES = ("core/test_due", "core/test_sun")

pytestmark = pytest.mark.timeout(LONGEST)


@pytest.fixture(scope="module")
def firmware(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firmware]:
    """The board."""
    folder = tmp_path_factory.mktemp("due")
    with Pico(image, folder, disk(folder, *FILES)) as pico:
        yield Firmware(pico)


@pytest.mark.parametrize(("file", "test"), cases(*FILES))
def test_on_the_firmware(firmware: Firmware, file: str, test: str) -> None:
    passed, said = firmware.verdict(file, test)
    assert passed, said
