"""For all tests: nothing leaves this machine, and what was collected has run."""

import os
from typing import Any

import pytest

os.environ["MICROS_NETWORKS"] = "127.0.0.0/32"  # no test ever scans a real network


_LEFT_OUT = ("skipped", "deselected", "xfailed", "xpassed")
_collected: dict[str, int] = {}  # by worker, where several share the work


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were collected and how many of them ran to their end."""
    ran = sum(len(terminalreporter.stats.get(kind, [])) for kind in ("passed", "failed", "error"))
    collected = max(_collected.values(), default=terminalreporter._numcollected)
    terminalreporter.write_line(f"collected {collected}, ran {ran}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A skipped, deselected or expected failure is a failure: nothing is left out in silence."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["collected"] = session.testscollected
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    asked_for_some = session.config.option.keyword  # who asks for some tests gets them
    left_out = any(reporter.stats.get(kind) for kind in _LEFT_OUT)
    if exitstatus == 0 and left_out and not asked_for_some:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """A worker has ended: keep how many tests it knew of."""
    _collected[node.gateway.id] = getattr(node, "workeroutput", {}).get("collected", 0)
