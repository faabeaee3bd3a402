"""The programs that measure still speak the words of the node; what they measure is not judged."""

from pathlib import Path

from benchmarks import scheduler
from benchmarks.nodes import Workshop


def test_a_scheduler_wakes_with_a_thousand_entries_and_with_ten(
    workshop: Workshop, tmp_path: Path
) -> None:
    found = scheduler.measure(workshop.engine, tmp_path, rounds=2)
    assert found.node > 0
    assert found.reference > 0
