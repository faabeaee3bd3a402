"""Grammar, clock, log and time zones with the numbers of the real firmware."""

import pytest

from tests.firmware.arithmetic import Firmware, cases, fixture
from tests.firmware.pico import LONGEST
from toolkit.transport.repl import Repl

FILES = (
    "core/test_cron",
    "core/test_log",
    "core/test_zone",
    "core/test_command",
    "base/test_clock",
)

pytestmark = pytest.mark.timeout(LONGEST)
firmware = fixture(*FILES)


@pytest.mark.parametrize(("file", "test"), cases(*FILES))
def test_on_the_firmware(firmware: Firmware, file: str, test: str) -> None:
    passed, said = firmware.verdict(file, test)
    assert passed, said


def test_its_numbers_are_small(firmware: Firmware) -> None:
    """Or else this file shows nothing that the other interpreters do not."""
    with Repl(firmware.pico.port) as repl:
        assert repl.value("16777216.0 + 1.0 == 16777216.0")
        assert repl.value("__import__('sys').maxsize") == 0x7FFFFFFF
