"""Load modules of one's own: begun, looked over, tried. Options to operations, results to print."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.cli import ui
from toolkit.cli.command import Command
from toolkit.model import paths

if TYPE_CHECKING:  # the engine needs a Unix
    from toolkit.operations.module_tests import Ran
    from toolkit.virtual.engine import Engine

_FOUND = 3
_FAILED = 1


def _engine() -> "Engine":
    from toolkit.virtual import engine

    return engine.provide(paths.user_data() / "engine", ui.note)


def _new_module_steps(options: argparse.Namespace) -> list[str]:
    from toolkit.operations import new_module

    return [f"write {path}" for path in new_module.planned(options.new_module)]


def _new_module(options: argparse.Namespace) -> int:
    """Write a module and its tests."""
    from toolkit.operations import new_module

    module, tests = new_module.begin(options.new_module)
    if options.json:
        ui.as_json({"module": str(module), "tests": str(tests)})
        return 0
    ui.say(f"{module} and {tests}")
    ui.say(f"next: {paths.command()} --lint {module} --test-module {module}")
    return 0


def _lint_steps(options: argparse.Namespace) -> list[str]:
    from toolkit.operations import lint

    for name in options.lint:
        lint.module(Path(name))
    return [f"compile and import {name}" for name in options.lint]


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
    version = f"{engine.version} ({engine.bits}-bit)"
    facts: list[dict[str, object]] = []
    for file in files:
        for ran in module_tests.run(file, engine.command, version):
            if ran.said and ran.failed:
                ui.note(ran.said)
            if not options.json:
                ui.say(f"{file.name}, {ran.sentence}")
            facts.append(_result(file, ran))
    if options.json:
        ui.as_json(facts)
    return _FAILED if any(it["failed"] for it in facts) else 0


def _result(file: Path, ran: "Ran") -> dict[str, object]:
    return {
        "file": str(file),
        "interpreter": ran.interpreter,
        "passed": list(ran.passed),
        "failed": list(ran.failed),
    }


NEW_MODULE = Command(_new_module_steps, _new_module)
LINT = Command(_lint_steps, _lint)
TEST_MODULE = Command(_test_module_steps, _test_module)
