"""Due times and the sun with the numbers of the real firmware."""

import pytest

from tests.firmware.arithmetic import Firmware, cases, fixture
from tests.firmware.pico import LONGEST

FILES = ("core/test_due", "core/test_sun")

pytestmark = pytest.mark.timeout(LONGEST)
firmware = fixture(*FILES)


@pytest.mark.parametrize(("file", "test"), cases(*FILES))
def test_on_the_firmware(firmware: Firmware, file: str, test: str) -> None:
    passed, said = firmware.verdict(file, test)
    assert passed, said
