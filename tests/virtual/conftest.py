"""Fixtures of the virtual board's tests."""

import pytest

from tests.support.boards import Bench, bench, engine, home
from toolkit.virtual.fleet import VirtualBoard

__all__ = ["bench", "board", "engine", "home"]


@pytest.fixture
def board(bench: Bench) -> VirtualBoard:
    """A running ESP32 with the virtual firmware and an empty file system."""
    return bench.board()
