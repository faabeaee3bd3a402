"""What all firmware tests need: the image, and patience."""

import os

# The emulated chip is about 14 times slower than a real one; read when the toolkit is imported.
os.environ.setdefault("MICROS_PATIENCE", "10")

from pathlib import Path

import pytest

from tests.support import official
from tests.support.boards import engine_cache


@pytest.fixture(scope="session")
def image() -> Path:
    """The stock firmware; downloaded once, then from the cache."""
    name = "RPI_PICO_W-20251209-v1.27.0.uf2"
    return official.provide(engine_cache(), [name])[name]


# What takes longest is begun with, so that no worker is alone at the end.
_LONGEST_FIRST = ("test_node", "test_installation", "test_arithmetic", "test_due_times")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files in that order; the others follow."""
    items.sort(key=lambda item: (*_LONGEST_FIRST, item.path.stem).index(item.path.stem))
