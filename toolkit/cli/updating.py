"""The option -r: a node on a cable gets this release, and stays what it was."""

import argparse
from dataclasses import replace

from toolkit.cli import images, making, questions, target, ui
from toolkit.cli.command import Command
from toolkit.model import which_board


def _steps(options: argparse.Namespace) -> list[str]:
    from toolkit.operations import update

    choose = images.steps(options) if options.firmware else []
    return [*target.steps(options), *choose, *update.steps(flash=bool(options.firmware))]


def _update(options: argparse.Namespace) -> int:
    from toolkit.operations import make, prepare, update

    images.check_named(options)
    wanted = replace(questions.wish(options), known=True, ask=False)
    board = target.find(options)
    flash, device = bool(options.firmware), board.device
    limit = None if flash else making.CHEAP
    prepared = ui.follow(
        prepare.prepare(
            device, options.board, before="update", limit=limit, force=options.force, trial=False
        )
    )
    with prepare.started_again(device):
        target.known(options, board, prepared.chip.uid)
        update.check_node(prepared, device)
        family = which_board.chip(options.board, prepared.chip.family)
        image = images.chosen(options, board, prepared.chip) if flash else None
        pins = which_board.made_for(options.board, family, prepared.found)
        answers = questions.answers(wanted, prepared, pins, virtual=board.virtual is not None)
        answers = make.carried(answers, prepared, erased=flash)
        changed = bool(options.set or options.profile)
        made = ui.follow(
            update.update(
                device,
                prepared,
                family,
                answers,
                pins,
                image,
                anew=options.force,
                changed=changed,
            )
        )
    if isinstance(made, str):
        return _unchanged(options, prepared.chip.uid, str(answers.settings["devfid"]), made)
    return making.greeted(options, made, answers)


def _unchanged(options: argparse.Namespace, uid: str, name: str, version: str) -> int:
    options.made.append(uid)
    if options.json:
        ui.as_json({"uid": uid, "name": name, "version": version, "verdict": "unchanged"})
    else:
        ui.say(f"{name}: unchanged, {version}")
    return 0


UPDATE = Command(_steps, _update)
