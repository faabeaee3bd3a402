"""Fixtures of the firmware tests: the image, and a node installed over the serial line."""

import os

# The emulated chip is about 14 times slower than a real one; read when the toolkit is imported.
os.environ.setdefault("MICROS_PATIENCE", "10")

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.firmware import image as firmware_image
from tests.firmware.pico import Pico
from tests.support.boards import engine_cache


@pytest.fixture(scope="session")
def image() -> Path:
    """The stock firmware; downloaded once, then from the cache."""
    return firmware_image.provide(engine_cache())


@pytest.fixture(scope="session")
def pico(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pico]:
    """A board with MicroPython and an empty file system."""
    with Pico(image, tmp_path_factory.mktemp("pico")) as found:
        yield found
