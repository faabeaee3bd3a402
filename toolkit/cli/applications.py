"""The option -a: a list of programs, one that is run, one that is begun."""

import argparse

from toolkit.cli import network, target, ui
from toolkit.cli.command import Command
from toolkit.model import paths
from toolkit.model.errors import NodeError, UsageError
from toolkit.model.unknown import as_null
from toolkit.model.whereabouts import on_virtual
from toolkit.operations import applications
from toolkit.operations.applications import LIST, NEW, Application
from toolkit.operations.connect import resolve


def _steps(options: argparse.Namespace) -> list[str]:
    word, name = _word(options)
    if word == LIST:
        return ["list the applications"]
    if word == NEW:
        return [f"write {applications.checked(name)}"]
    return [f"run {' '.join(_line(options)[1:])}"]


def _apply(options: argparse.Namespace) -> int:
    """Do what -a says; the exit code of a program is ours."""
    word, name = _word(options)
    if word == LIST:
        return _listed(options)
    if word == NEW:
        return _begun(name)
    line = _line(options)
    off = _off(options)
    if off:
        raise NodeError(off)
    return applications.run(line)


def _off(options: argparse.Namespace) -> str:
    """How to start the virtual board of the node that is meant, where it is off."""
    node, _ = applications.words(options.connect_parameters or "")
    if node is None or applications.find(options.applications).words is None:
        return ""
    return on_virtual(node, network.cache().nodes(), target.virtual_at_hand())


def _word(options: argparse.Namespace) -> tuple[str, str]:
    """What -a begins with, where that is a word of its own, and the rest."""
    word, colon, name = options.applications.partition(":")
    if options.json and word != LIST:
        raise UsageError(f"--json goes with -a {LIST}, not with a program")
    return (word, name) if word == LIST or (word == NEW and colon) else ("", "")


def _line(options: argparse.Namespace) -> list[str]:
    program = applications.find(options.applications)
    node, words = applications.words(options.connect_parameters or "")
    if node is None and program.takes_a_node and "--help" not in words:
        node = _node(options)
    return applications.command(program, node, words)


def _node(options: argparse.Namespace) -> str:
    """The only node there is, or the one that a person chooses."""
    nodes = network.cache().nodes()
    if len(nodes) > 1 and ui.interactive() and not (options.yes or options.dummy):
        from toolkit.cli.choosing import choose

        return choose(nodes)
    found = resolve(None, nodes)
    return found.uid or found.where


def _listed(options: argparse.Namespace) -> int:
    found = applications.all_of_them()
    if options.json:
        ui.as_json([_as_json(one) for one in found])
        return 0
    rows = [(one.name, one.about, one.usage, "yours" if one.own else "ours") for one in found]
    ui.table(rows, ("application", "does", "words after the node", "whose"))
    return 0


def _as_json(one: Application) -> dict[str, object]:
    told = {
        "name": one.name,
        "does": one.about,
        "takes_a_node": one.takes_a_node,
        "words": one.usage,
        "file": str(one.path),
        "own": one.own,
    }
    return as_null(told)


def _begun(name: str) -> int:
    path = applications.checked(name)
    applications.begin(path)
    ui.say(f"{path}: change it, and run it: {paths.command()} -a {path.stem} -p '--dev <name>'")
    return 0


APPLY = Command(_steps, _apply)
