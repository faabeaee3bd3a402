"""What all firmware tests need: the image, and patience."""

import os

# The emulated chip is about 14 times slower than a real one; read when the toolkit is imported.
os.environ.setdefault("MICROS_PATIENCE", "10")

from pathlib import Path

import pytest

from tests.firmware import image as firmware_image
from tests.support.boards import engine_cache


@pytest.fixture(scope="session")
def image() -> Path:
    """The stock firmware; downloaded once, then from the cache."""
    return firmware_image.provide(engine_cache())
