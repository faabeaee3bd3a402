"""Budgets are measured by `benchmarks/` on the real MicroPython of virtual boards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.nodes import Workshop
from tests.support.boards import engine_cache
from toolkit.virtual.engine import provide


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Where nodes are installed, once for each chip, and switched on."""
    home = tmp_path_factory.mktemp("budgets") / "virtual"
    with Workshop(home, provide(engine_cache(), print)) as found:
        yield found


@pytest.fixture(scope="session")
def slack(workshop: Workshop) -> float:
    """What a bar is multiplied by: objects are half as large again on 64 bits."""
    if workshop.engine.bits == 32:
        return 1
    print("this engine is a 64-bit one: all bars × 1.5")
    return 1.5


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of one's own."""
    return tmp_path_factory.mktemp("scratch")
