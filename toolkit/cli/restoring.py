"""The option --restore: a node is made what a backup says, over the cable or over the network."""

import argparse

from toolkit.cli import air, making, network, questions, target, ui
from toolkit.cli.command import Command
from toolkit.operations import at_work, replacing, restore
from toolkit.operations.air import dialer


def _steps(options: argparse.Namespace) -> list[str]:
    wanted = restore.wanted(options.restore, ui.warn)
    assert wanted
    what = f"give it {', '.join(wanted.parts)} of {wanted.stored.name}"
    if _with_another(options):
        return [f"what it becomes: {wanted.stored.name} ({', '.join(wanted.parts)})"]
    if options.connect_parameters is not None:
        return [f"back up {air.wanted_node(options) or 'the one node'}", what]
    steps = [
        "back up what is on it",
        "compile micros/ for the board",
        "install it into a free slot, where another release or none runs",
        what,
        "reset the board and wait for its hello",
    ]
    questions.order(options)
    return [*target.steps(options), *steps]


def _restore(options: argparse.Namespace) -> int:
    if _with_another(options):
        return 0  # which have restored it
    if options.connect_parameters is not None:
        return _over_the_air(options)
    return making.install(options)


def _with_another(options: argparse.Namespace) -> bool:
    return bool(options.make or options.install)


def _over_the_air(options: argparse.Namespace) -> int:
    wanted = restore.wanted(options.restore, ui.warn)
    assert wanted
    node = air.known_node(air.wanted_node(options))
    dial = dialer(network.vault())
    options.held.enter_context(at_work.by_air(node))
    done = ui.follow(replacing.in_network(dial, node, wanted, ui, force=options.force))
    notes = list(done.notes)
    if options.json:
        facts = {"settings": list(done.settings), "files": list(done.files), "notes": notes}
        ui.as_json({"uid": node.uid, "name": node.name} | facts)
        return 0
    for text in notes:
        ui.note(text)
    what = [*done.settings, *done.files]
    ui.say(f"{node.name}: restored: {', '.join(what)}" if what else f"{node.name}: nothing differs")
    return 0


RESTORE = Command(_steps, _restore)
