"""Faults are tried on both interpreters and on virtual boards; see tests/core/harness.py."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "core"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "base"))

from benchmarks.nodes import Workshop
from harness import *  # noqa: F403  (pytest finds the hooks by their names here)
from tests.support.boards import bench, engine, engine_cache, home  # noqa: F401 - fixtures
from tests.support.toolkit import Toolkit
from toolkit.model import paths
from toolkit.operations.build import compiled
from toolkit.operations.identifiers import swaps
from toolkit.virtual.engine import Engine, provide

_MODULES = Path(__file__).resolve().parent / "load_modules"
_TRIAL = "LM_trial.py"


@pytest.fixture
def toolkit(tmp_path: Path, engine: Engine) -> Iterator[Toolkit]:
    """A toolkit whose virtual boards end with the test."""
    kit = Toolkit(tmp_path / "user data", engine)
    yield kit
    kit("--virtual", "--stop")


def _inside(source: str) -> str:
    """What a module reaches of `lm.node`, as it is called in a release."""
    swap = swaps(paths.repository() / "micros")
    return re.sub(
        r"lm\.node[.\w]+", lambda it: ".".join(swap.get(w, w) for w in it[0].split(".")), source
    )


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Where nodes are installed, once for each chip, and switched on by copying their flash."""
    where = tmp_path_factory.mktemp("faults") / "virtual"
    modules = {path.name: _inside(path.read_text()).encode() for path in _MODULES.glob("LM_*.py")}
    # Compiling takes more memory on a board than is left where this one is used.
    del modules[_TRIAL]
    modules["LM_trial.mpy"] = compiled(_MODULES / _TRIAL, "esp8266")
    with Workshop(where, provide(engine_cache(), print), modules=modules) as found:
        yield found
