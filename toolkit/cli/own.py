"""Load modules of one's own: begun, looked over, tried. Options to operations, results to print."""

import argparse
from pathlib import Path

from toolkit.cli import ui
from toolkit.cli.command import Command
from toolkit.model import paths
from toolkit.virtual.engine import Engine

_FOUND = 3
_FAILED = 1


def _engine() -> Engine:
    from toolkit.virtual import engine

    return engine.provide(paths.user_data() / "engine", ui.note)


def _new_module_steps(options: argparse.Namespace) -> list[str]:
    return [f"write the load module {options.new_module} and its tests"]


def _new_module(options: argparse.Namespace) -> int:
    """Write a module and its tests."""
    from toolkit.operations import new_module

    module, tests = new_module.begin(options.new_module)
    ui.say(f"{module} and {tests}")
    ui.say(f"next: {paths.command()} --lint {module} --test-module {module}")
    return 0


def _lint_steps(options: argparse.Namespace) -> list[str]:
    return [f"read, compile and import {name}" for name in options.lint]


def _lint(options: argparse.Namespace) -> int:
    """Look modules over; what there is to say of them is not a fault of the toolkit."""
    from toolkit.operations import lint

    engine = _engine()
    reports = [lint.look(Path(name), engine.command, engine.bits) for name in options.lint]
    if options.json:
        ui.as_json(
            [
                {
                    "module": str(report.source),
                    "compiled": report.size,
                    "memory": report.memory,
                    "findings": [{"line": it.line, "text": it.text} for it in report.findings],
                }
                for report in reports
            ]
        )
    else:
        for sentence in [it for report in reports for it in report.sentences]:
            ui.say(sentence)
    return _FOUND if any(report.findings for report in reports) else 0


def _test_module_steps(options: argparse.Namespace) -> list[str]:
    from toolkit.operations import module_tests

    files = [module_tests.test_file(Path(name)) for name in options.test_module]
    return [f"run {file} on Python and on MicroPython" for file in files]


def _test_module(options: argparse.Namespace) -> int:
    """Run the tests of modules on both interpreters."""
    from toolkit.operations import module_tests

    files = [module_tests.test_file(Path(name)) for name in options.test_module]
    engine = _engine()
    failed = False
    for file in files:
        version = f"{engine.version} ({engine.bits}-bit)"
        for ran in module_tests.run(file, engine.command, version):
            if ran.said and ran.failed:
                ui.note(ran.said)
            ui.say(f"{file.name}, {ran.sentence}")
            failed = failed or bool(ran.failed)
    return _FAILED if failed else 0


NEW_MODULE = Command(_new_module_steps, _new_module)
LINT = Command(_lint_steps, _lint)
TEST_MODULE = Command(_test_module_steps, _test_module)
