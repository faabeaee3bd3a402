"""The option -r: a node on a cable gets this release, and stays what it was."""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from toolkit.cli import images, making, questions, target, ui
from toolkit.cli.command import Command

if TYPE_CHECKING:
    from toolkit.operations.stages import Same


def _steps(options: argparse.Namespace) -> list[str]:
    from toolkit.operations import update

    questions.order(options)
    choose = images.steps(options) if options.firmware else []
    return [*target.steps(options), *choose, *update.steps(flash=bool(options.firmware))]


def _update(options: argparse.Namespace) -> int:
    from toolkit.operations import stages

    images.check_named(options)
    order, asking = questions.order(options), questions.asking()
    board = target.find(options)
    choose = images.chooser(options, board) if options.firmware else None
    done = ui.follow(stages.update(board.device, order, asking, choose))
    if isinstance(done, stages.Same):
        return _unchanged(options, done)
    return making.greeted(options, done)


def _unchanged(options: argparse.Namespace, same: "Same") -> int:
    options.made.append(same.uid)
    if options.json:
        ui.as_json({**asdict(same), "verdict": "unchanged"})
    else:
        ui.say(f"{same.name}: unchanged, {same.version}")
    return 0


UPDATE = Command(_steps, _update)
