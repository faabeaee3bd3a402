"""Tests of the node's own half run on both interpreters; see tests/core/harness.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "core"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import *  # noqa: F403  (pytest finds the hooks by their names here)
