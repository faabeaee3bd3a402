"""Grammar, clock, log and time zones with the numbers of the real firmware."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.firmware.arithmetic import Firmware, cases, disk
from tests.firmware.pico import LONGEST, Pico
from toolkit.transport.repl import Repl

FILES = (
    "core/test_cron",
    "core/test_log",
    "core/test_zone",
    "core/test_command",
    "base/test_clock",
)

pytestmark = pytest.mark.timeout(LONGEST)


@pytest.fixture(scope="module")
def firmware(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firmware]:
    """The board."""
    folder = tmp_path_factory.mktemp("arithmetic")
    with Pico(image, folder, disk(folder, *FILES)) as pico:
        yield Firmware(pico)


@pytest.mark.parametrize(("file", "test"), cases(*FILES))
def test_on_the_firmware(firmware: Firmware, file: str, test: str) -> None:
    passed, said = firmware.verdict(file, test)
    assert passed, said


def test_its_numbers_are_small(firmware: Firmware) -> None:
    """Or else this file shows nothing that the other interpreters do not."""
    with Repl(firmware.pico.port) as repl:
        assert repl.value("16777216.0 + 1.0 == 16777216.0")
        assert repl.value("__import__('sys').maxsize") == 0x7FFFFFFF
