"""For all tests: nothing leaves this machine, and what was collected has run."""

import os

import pytest

os.environ["MICROS_NETWORKS"] = "127.0.0.0/32"  # no test ever scans a real network


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were collected and how many of them ran to their end."""
    ran = sum(len(terminalreporter.stats.get(kind, [])) for kind in ("passed", "failed", "error"))
    terminalreporter.write_line(f"collected {terminalreporter._numcollected}, ran {ran}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A skipped, deselected or expected failure is a failure: nothing is left out in silence."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    left_out = ["skipped", "xfailed", "xpassed"]
    if not session.config.option.keyword:  # who asks for some tests gets them
        left_out.append("deselected")
    if exitstatus == 0 and any(reporter.stats.get(kind) for kind in left_out):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
