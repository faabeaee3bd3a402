"""The option that passes the tests."""

import argparse

from toolkit.cli import ui
from toolkit.cli.command import Command
from toolkit.operations import checks


def _steps(options: argparse.Namespace) -> list[str]:
    return [f"run {check.name}" for check in checks.stage(options.test)]


def _test(options: argparse.Namespace) -> int:
    passed = True
    for outcome in checks.run(ui.note, checks.stage(options.test)):
        ui.note(outcome.sentence)
        passed = outcome.passed
    return 0 if passed else 1


TEST = Command(_steps, _test)
