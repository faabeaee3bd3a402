"""Tests of this folder run on both interpreters; see harness.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import *  # noqa: F403  (pytest finds the hooks by their names here)
