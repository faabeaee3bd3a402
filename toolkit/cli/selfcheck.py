"""The option that tries a board of one's own, and writes a report of it to send back."""

import argparse

from toolkit.cli import network, target, ui
from toolkit.cli.command import Command
from toolkit.model.errors import SelfcheckError, UsageError

_FAILED = "of the board's self-check did not pass: send the report with what you know of the board"
_ASKED = (
    "it restarts the board some times, changes a setting and changes it back, and gives it this "
    "release beside the one that runs, which takes some minutes; go on?"
)


def _steps(options: argparse.Namespace) -> list[str]:
    from toolkit.operations import selfcheck

    return [
        *target.steps(options),
        *selfcheck.STEPS[:-1],
        f"{selfcheck.STEPS[-1]} into {selfcheck.folder()}",
    ]


def _selfcheck(options: argparse.Namespace) -> int:
    from toolkit.operations import selfcheck

    _agreed(options)
    board = target.find(options)
    virtual = target.is_virtual(board)
    report = ui.follow(
        selfcheck.selfcheck(board.device, target.named(options), network.vault(), virtual=virtual)
    )
    page, facts = selfcheck.keep(report)
    if options.json:
        ui.say(report.as_json().rstrip())
    else:
        rows = [(it.name, it.result, it.cell) for it in report.steps]
        ui.table(rows, ["step", "result", "what"])
        ui.say(f"{report.summary}; {'a virtual board' if virtual else 'a real board'}")
        ui.say(f"report: {page} and {facts.name}")
    if report.failed:
        raise SelfcheckError(f"{report.failed} of {len(report.steps)} steps {_FAILED}")
    return 0


def _agreed(options: argparse.Namespace) -> None:
    """UsageError where nobody has said yes to what changes on the board meanwhile."""
    if options.yes:
        return
    if options.json or not ui.interactive():
        raise UsageError(
            "--selfcheck restarts the board and gives it this release beside the one that runs: "
            "say --yes where nobody can be asked"
        )
    if not ui.agreed(_ASKED, default=True):
        raise UsageError("nothing was done")


SELFCHECK = Command(_steps, _selfcheck)
