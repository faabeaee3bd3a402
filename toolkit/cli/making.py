"""The options that take a board to a running node: the whole way, and its steps."""

import argparse
from typing import TYPE_CHECKING

from toolkit.cli import flashing, images, network, questions, target, ui
from toolkit.cli.command import Command
from toolkit.model import paths
from toolkit.model.unknown import as_null
from toolkit.operations import namesakes
from toolkit.operations.make import Answers, Made

if TYPE_CHECKING:
    from toolkit.operations.stages import Done

_ARCHIVE = "back up the node on it"


def _make_steps(options: argparse.Namespace) -> list[str]:
    from toolkit.operations import deploy, make

    deploy.check_flashable(options.board)
    look, _, flash, *rest = make.STEPS
    first = [*target.steps(options), look, *images.steps(options)]
    return [*first, _wished(options), flash, *rest]


def _wished(options: argparse.Namespace) -> str:
    """Where name, Wi-Fi and profile come from; what is given must be good."""
    wanted = questions.order(options).wish
    profile = f"the profile {wanted.profile.name}" if wanted.profile else ""
    given = ", ".join(filter(None, (profile, *wanted.given)))
    if options.yes or options.json:
        return f"take {given or 'name, Wi-Fi and profile as they are by default'}"
    return f"take {given}, ask for the rest" if given else "ask for name, Wi-Fi and profile"


def _make(options: argparse.Namespace) -> int:
    from toolkit.operations import deploy, stages

    deploy.check_flashable(options.board)
    images.check_named(options)
    order, asking = questions.order(options), questions.asking()
    board = target.find(options)
    choose = images.chooser(options, board)
    return greeted(options, ui.follow(stages.make(board.device, order, asking, choose)))


def greeted(options: argparse.Namespace, done: "Done") -> int:
    """Show what the new node says of itself, and open its shell where somebody is there."""
    made, answers = done.made, done.answers
    options.made.append(made.node.uid)
    if options.json:
        ui.as_json(_facts(made, answers))
    alone = made.alone
    if options.json:
        return 0
    if alone:
        ui.say(alone)
        return 0
    ui.say(made.hello)
    ui.say(f"version {made.version}")
    for problem in made.problems:
        ui.warn(f"{made.node.name}: {problem}")
    if answers.wiring:
        ui.say(f"wire: {'; '.join(answers.wiring)}")
    if answers.examples:
        ui.say(f"try: {', '.join(answers.examples)}")
    if ui.interactive() and not options.yes and not options.connect:
        options.held.close()  # a shell may be open for hours, and needs no cable
        return network.open_shell(made.node.uid)
    by = namesakes.reach(made.node, network.cache().nodes())
    ui.say(f"connect with: {paths.command()} -c -p '--dev {by}'")
    return 0


def _facts(made: Made, answers: Answers) -> dict[str, object]:
    """The new node for programs."""
    told = {
        "uid": made.node.uid,
        "name": made.node.name,
        "address": made.node.endpoint,
        "network": made.mode,
        "version": made.version,
        "problems": list(made.problems),
        "wire": list(answers.wiring),
        "try": list(answers.examples),
    }
    return as_null(told)


def _erase_steps(options: argparse.Namespace) -> list[str]:
    from toolkit.operations import deploy

    deploy.check_flashable(options.board)
    return [*target.steps(options), _ARCHIVE, "erase its flash"]


def _erase(options: argparse.Namespace) -> int:
    from toolkit.operations import deploy, stages

    deploy.check_flashable(options.board)
    board, named = target.find(options), target.named(options)
    chip = ui.follow(stages.erase(board.device, named, force=options.force))
    return flashing.told(options, board.device, chip, None)


def _install_steps(options: argparse.Namespace) -> list[str]:
    from toolkit.operations import make

    return [*target.steps(options), _ARCHIVE, _wished(options), *make.STEPS[3:]]


def install(options: argparse.Namespace) -> int:
    """Install on a board with MicroPython: what it was, or what --restore says."""
    from toolkit.operations import stages

    order, asking = questions.order(options), questions.asking()
    board = target.find(options)
    return greeted(options, ui.follow(stages.install(board.device, order, asking)))


MAKE = Command(_make_steps, _make)
ERASE = Command(_erase_steps, _erase)
INSTALL = Command(_install_steps, install)
