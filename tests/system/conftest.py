"""Fixtures of the system tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.boards import engine  # noqa: F401 - a fixture
from tests.support.toolkit import Toolkit
from toolkit.virtual.engine import Engine


@pytest.fixture
def toolkit(tmp_path: Path, engine: Engine) -> Iterator[Toolkit]:
    """A toolkit whose virtual boards end with the test."""
    kit = Toolkit(tmp_path / "user data", engine)
    yield kit
    kit("--virtual", "--stop")
