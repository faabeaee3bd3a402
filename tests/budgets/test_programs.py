"""The programs that measure still speak the words of the node; what they measure is not judged."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import scheduler
from benchmarks.nodes import Workshop
from toolkit.model import paths


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("costs esp99", "expected one of esp32, esp32c3, .*, got 'esp99'"),
        ("costs esp32 esp8266", "expected one of esp32, .*, got 'esp32 esp8266'"),
        ("release banana", "expected a folder that is there, got banana"),
    ],
)
def test_what_cannot_be_measured_is_one_sentence_and_makes_nothing(
    tmp_path: Path, words: str, sentence: str
) -> None:
    program, *given = words.split()
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{program}", *given],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(paths.repository())},
        check=False,
    )
    assert re.fullmatch(sentence + "\n", done.stderr), done.stderr
    assert done.returncode != 0
    assert list(tmp_path.iterdir()) == []


def test_a_scheduler_wakes_with_a_thousand_entries_and_with_ten(
    workshop: Workshop, tmp_path: Path
) -> None:
    found = scheduler.measure(workshop.engine, tmp_path, rounds=2)
    assert found.node > 0
    assert found.reference > 0
