"""The options that take a board to a running node: the whole way, and its steps."""

import argparse
from dataclasses import replace

from toolkit.cli import flashing, images, instead, network, questions, target, ui
from toolkit.cli.command import Command
from toolkit.model import paths, vault, which_board
from toolkit.model.errors import NodeError
from toolkit.operations import namesakes
from toolkit.operations.air import dialer
from toolkit.operations.make import Answers, Made

CHEAP = 256 * 1024  # bytes of own files that are backed up where nothing is erased
_ARCHIVE = "back up the node on it"


def _make_steps(options: argparse.Namespace) -> list[str]:
    from toolkit.operations import deploy, make

    deploy.check_flashable(options.board)
    look, _, flash, *rest = make.STEPS
    first = [*target.steps(options), look, *images.steps(options)]
    return [*first, _wished(options), flash, *rest]


def _wished(options: argparse.Namespace) -> str:
    """Where name, Wi-Fi and profile come from; what is given must be good."""
    wanted = questions.wish(options)
    profile = f"the profile {wanted.profile.name}" if wanted.profile else ""
    given = ", ".join(filter(None, (profile, *wanted.given)))
    if options.yes or options.json:
        return f"take {given or 'name, Wi-Fi and profile as they are by default'}"
    return f"take {given}, ask for the rest" if given else "ask for name, Wi-Fi and profile"


def _make(options: argparse.Namespace) -> int:
    from toolkit.operations import deploy, make, prepare

    deploy.check_flashable(options.board)
    images.check_named(options)
    wanted, source = questions.wish(options), instead.wanted(options)
    board = target.find(options)
    virtual, spare = board.virtual is not None, source.stored.path if source else None
    before = "restore" if source else "make"
    prepared = ui.follow(
        prepare.prepare(
            board.device, options.board, before=before, spare=spare, force=options.force
        )
    )
    with prepare.started_again(board.device):
        target.known(options, board, prepared.chip.uid)
        family = which_board.chip(options.board, prepared.chip.family)
        image = images.chosen(options, board, prepared.chip)
        wanted, prepared = instead.of(options, wanted, prepared, source, virtual=virtual)
        pins = which_board.made_for(options.board, family, prepared.found)
        answers = questions.answers(wanted, prepared, pins, virtual=virtual)
        answers = make.carried(answers, prepared, erased=True)
        _warn_of_namesakes(answers)
        made = ui.follow(make.make(board.device, family, image, answers, pins))
    if source:
        namesakes.taken_over(network.cache(), source.stored.backup, made.node)
    return greeted(options, made, answers)


def _warn_of_namesakes(answers: Answers) -> None:
    """Before anything is erased: the name may be wanted, or a slip."""
    name, known = str(answers.settings["devfid"]), network.cache().nodes()
    for sentence in namesakes.warnings(dialer(network.vault()), name, answers.uid, known):
        ui.warn(sentence)


def greeted(options: argparse.Namespace, made: Made, answers: Answers) -> int:
    """Show what the new node says of itself, and open its shell where somebody is there."""
    options.made.append(made.node.uid)
    if options.json:
        ui.as_json(_facts(made, answers))
    if made.mode == "ap":
        alone = (
            f"{made.node.name} is in no Wi-Fi and has opened its own, named {made.node.name}; its "
            f"password is in {vault.path()}: join it and set staessid and "
            f"stapwd in its shell, or repeat the command with the right Wi-Fi"
        )
        if made.fell_back:
            raise NodeError(f"the Wi-Fi {made.wanted} was not joined: {alone}")
        if not options.json:
            ui.say(alone)
        return 0
    if options.json:
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
    return {
        "uid": made.node.uid,
        "name": made.node.name,
        "address": made.node.endpoint,
        "network": made.mode,
        "version": made.version,
        "problems": list(made.problems),
        "wire": list(answers.wiring),
        "try": list(answers.examples),
    }


def _erase_steps(options: argparse.Namespace) -> list[str]:
    from toolkit.operations import deploy

    deploy.check_flashable(options.board)
    return [*target.steps(options), _ARCHIVE, "erase its flash"]


def _erase(options: argparse.Namespace) -> int:
    from toolkit.operations import deploy, prepare

    deploy.check_flashable(options.board)
    board = target.find(options)
    prepared = ui.follow(
        prepare.prepare(board.device, options.board, before="erase", force=options.force)
    )
    with prepare.started_again(board.device):
        target.known(options, board, prepared.chip.uid)
        deploy.check_flashable(prepared.chip.family)
        ui.follow(deploy.erase(board.device, prepared.chip.uid))
    return flashing.told(options, board.device, prepared.chip, None)


def _install_steps(options: argparse.Namespace) -> list[str]:
    from toolkit.operations import make

    return [*target.steps(options), _ARCHIVE, _wished(options), *make.STEPS[3:]]


def install(options: argparse.Namespace) -> int:
    """Install on a board with MicroPython: what it was, or what --restore says."""
    from toolkit.operations import make, prepare

    wanted, source = questions.wish(options), instead.wanted(options)
    board = target.find(options)
    virtual, spare = board.virtual is not None, source.stored.path if source else None
    before = "restore" if source else "install"
    prepared = ui.follow(
        prepare.prepare(
            board.device,
            options.board,
            before=before,
            limit=CHEAP,
            spare=spare,
            force=options.force,
            trial=False,
        )
    )
    with prepare.started_again(board.device):
        target.known(options, board, prepared.chip.uid)
        family = which_board.chip(options.board, prepared.chip.family)
        if prepared.found:  # what is a node keeps its settings; a new profile asks for its own
            wanted = replace(wanted, known=True, ask=wanted.ask and wanted.profile is not None)
        wanted, prepared = instead.of(options, wanted, prepared, source, virtual=virtual)
        pins = which_board.made_for(options.board, family, prepared.found)
        answers = questions.answers(wanted, prepared, pins, virtual=virtual)
        answers = make.carried(answers, prepared, erased=False)
        _warn_of_namesakes(answers)
        made = ui.follow(make.install(board.device, family, answers, pins))
    if source:
        namesakes.taken_over(network.cache(), source.stored.backup, made.node)
    return greeted(options, made, answers)


MAKE = Command(_make_steps, _make)
ERASE = Command(_erase_steps, _erase)
INSTALL = Command(_install_steps, install)
