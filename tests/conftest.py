"""For all tests: nothing leaves this machine, and what was collected has run."""

import gc
import os
from typing import Any

import pytest

os.environ["MICROS_NETWORKS"] = "127.0.0.0/32"  # no test ever scans a real network


_RAN = ("passed", "failed", "error")
_COUNTING = ("tests/faults/",)  # what these print is told of those that passed, too
# what MicroPython says of files that it closes when their power is gone
_NOISE = ("Traceback (", '  File "', "OSError: ")
_LEFT_OUT = ("skipped", "deselected", "xfailed", "xpassed")
_collected: dict[str, int] = {}  # by worker, where several share the work
# Files that take minutes begin first: a worker that takes one at the end is waited for.
_LONG = (
    "tests/budgets/test_long_run.py",
    "tests/system/test_push_to_nodes.py",
    "tests/faults/test_peers.py",
    "tests/faults/test_torn_files.py",
    "tests/faults/test_event_storms.py",
    "tests/faults/test_boot_faults.py",
    "tests/faults/test_counted_commands.py",
    "tests/faults/test_update_cuts.py",
    "tests/faults/test_clock_on_a_board.py",
    "tests/faults/test_clock_steps.py",
    "tests/base/test_scheduler_month.py",
    "tests/core/test_due_random.py",
    "tests/faults/test_power_cuts.py",
    "tests/faults/test_staying_up.py",
    "tests/faults/",
    "tests/budgets/",
    "tests/system/",
    "tests/base/",
    "tests/network/",
    "tests/virtual/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first; the others stay in their order."""
    items.sort(key=lambda item: [item.nodeid.startswith(it) for it in _LONG], reverse=True)


def pytest_collection_finish() -> None:
    """Spare collections what pytest itself holds: our board half asks for one at each load."""
    gc.collect()
    gc.freeze()


def _counts(reporter: Any) -> tuple[int, int]:
    """How many tests were collected, and how many of them ran to their end."""
    ran = sum(len(reporter.stats.get(kind, [])) for kind in _RAN)
    return max(_collected.values(), default=reporter._numcollected), ran


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what the faults counted, and both numbers."""
    for report in terminalreporter.stats.get("passed", []):
        if report.nodeid.startswith(_COUNTING) and report.capstdout.strip():
            terminalreporter.write_line(report.nodeid)
            for line in report.capstdout.strip().splitlines():
                if not line.startswith(_NOISE):
                    terminalreporter.write_line("    " + line)
    collected, ran = _counts(terminalreporter)
    terminalreporter.write_line(f"collected {collected}, ran {ran}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """What is left out in silence is a failure: skipped, deselected, expected to fail, lost."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["collected"] = session.testscollected
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    collected, ran = _counts(reporter)
    left_out = collected != ran or any(reporter.stats.get(kind) for kind in _LEFT_OUT)
    asked_for_some = session.config.option.keyword  # who asks for some tests gets them
    if exitstatus in (0, 1) and left_out and not asked_for_some:
        session.exitstatus = pytest.ExitCode.INTERNAL_ERROR  # no second try makes that good


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """A worker has ended: keep how many tests it knew of."""
    _collected[node.gateway.id] = getattr(node, "workeroutput", {}).get("collected", 0)
