"""Load modules of one's own: begun, looked over, tried. Options to operations, results to print."""

import argparse
from pathlib import Path

from toolkit.cli import ui
from toolkit.model import paths
from toolkit.virtual.engine import Engine

_FOUND = 3
_FAILED = 1


def _engine() -> Engine:
    from toolkit.virtual import engine

    return engine.provide(paths.user_data() / "engine", ui.note)


def new_module(options: argparse.Namespace) -> int:
    """Write a module and its tests."""
    from toolkit.operations import new_module

    if options.dummy:
        ui.say(f"would 1. write the load module {options.new_module} and its tests")
        return 0
    module, tests = new_module.begin(options.new_module)
    ui.say(f"{module} and {tests}")
    ui.say(f"next: {paths.command()} --lint {module} --test-module {module}")
    return 0


def lint(options: argparse.Namespace) -> int:
    """Look modules over; what there is to say of them is not a fault of the toolkit."""
    from toolkit.operations import lint

    if options.dummy:
        ui.say("would 1. read, compile and import " + ", ".join(options.lint))
        return 0
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


def test_module(options: argparse.Namespace) -> int:
    """Run the tests of modules on both interpreters."""
    from toolkit.operations import module_tests

    files = [module_tests.test_file(Path(name)) for name in options.test_module]
    if options.dummy:
        ui.say("would 1. run " + ", ".join(map(str, files)))
        return 0
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
