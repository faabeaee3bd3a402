"""The options about nodes over the air: one, many, a watched folder, a profile of one."""

import argparse
import asyncio
import signal
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.cli import network, questions, target, ui
from toolkit.cli.command import Command
from toolkit.model import paths, pipes, profile, select
from toolkit.model.errors import InputError, NodeError, UsageError
from toolkit.model.node import Node
from toolkit.model.outcome import Outcome, check
from toolkit.model.progress import Progress
from toolkit.model.whereabouts import located, on_board_off
from toolkit.operations import at_work, configure, connect, firmware, modules, names
from toolkit.operations import derive as derived
from toolkit.operations import push as many
from toolkit.operations.air import dialer
from toolkit.operations.alone import Alone
from toolkit.operations.ota import ota as give
from toolkit.operations.snapshot_air import automatic

if TYPE_CHECKING:
    from toolkit.operations.watch import Seen

_ONE = many.Limits(canary=0)
_HEADERS = ("uid", "name", "address", "board", "verdict", "version", "sent", "note")


def _ota_steps(options: argparse.Namespace) -> list[str]:
    return _air_steps(options, wanted_node(options) or "the one node")


def _ota(options: argparse.Namespace) -> int:
    """Give one node the release, or load modules and settings alone, or take the release back."""
    alone, wanted = _alone(options), wanted_node(options)
    node = known_node(wanted)
    dial = dialer(network.vault())
    options.held.enter_context(at_work.by_air(node))
    if options.firmware:
        outcome = ui.follow(firmware.ota(dial, node, Path(options.firmware)))
    elif alone:
        (outcome,) = ui.follow(many.push(dial, [node], (), _ONE, alone=alone)).outcomes
        configure.learned(network.vault(), alone.values, [outcome])
    else:
        before = automatic(dial, "before -o")
        work = give(dial, node, force=options.force, unattended=options.unattended, before=before)
        outcome = ui.follow(work)
    return _told(options, outcome)


def _push_steps(options: argparse.Namespace) -> list[str]:
    terms = select.parse(options.select)
    nodes = select.possible(terms, network.cache().nodes())
    steps = _air_steps(options, "each of them")
    limits = _limits(options)
    return [
        f"ask who they are: {', '.join(select.told_apart(nodes)) or 'no known node'}",
        *select.left_out(terms),
        f"begin with {limits.canary} of each board, and go on when they are well",
        *steps,
        f"end with {limits.stop_after} that failed; {limits.at_once} at the same time at most",
    ]


def _push(options: argparse.Namespace) -> int:
    """The same for all nodes that meet the terms."""
    alone, terms = _alone(options), select.parse(options.select)
    nodes = select.possible(terms, network.cache().nodes())
    if not nodes:
        raise InputError("no known node is meant: see -stat for those known, -s finds more")
    done = ui.follow(_pushed(options, names.moved(nodes, terms), terms, alone))
    if not done.outcomes:
        raise InputError(f"no known node is meant: none meets {' '.join(options.select)}")
    configure.learned(network.vault(), alone.values, done.outcomes)
    _show(options, done.outcomes)
    done.check()
    ui.note(done.summary)
    return 0


def _pushed(
    options: argparse.Namespace, nodes: Sequence[Node], terms: Sequence[select.Term], alone: Alone
) -> Generator[Progress, None, many.Push]:
    dial, limits = dialer(network.vault()), _limits(options)
    if options.firmware:
        return firmware.push(dial, nodes, terms, limits, Path(options.firmware))
    return many.push(
        dial,
        nodes,
        terms,
        limits,
        force=options.force,
        unattended=options.unattended,
        alone=alone,
        before=automatic(dial, "before --push"),
    )


def _watch_steps(options: argparse.Namespace) -> list[str]:
    from toolkit.operations.watch import checked

    checked(Path(options.watch))
    who = wanted_node(options) or "the one node"
    return [f"look after {options.watch}", f"load what is saved there on {who}, until Ctrl-C"]


def _watch(options: argparse.Namespace) -> int:
    """Load what is saved in a folder, until Ctrl-C."""
    from toolkit.operations.watch import watch as saved

    folder = Path(options.watch)
    node = known_node(wanted_node(options))
    # A shell lets what it starts with & ignore it; what only Ctrl-C ends must not.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    changes = saved(dialer(network.vault()), node, folder, force=options.force)
    ui.note(f"watching {folder} for {node.name}; Ctrl-C ends")
    try:
        with closing(changes), pipes.ended_when_unread():
            for seen in changes:
                _seen(seen)
    except KeyboardInterrupt:
        ui.note("")
    return 0


def _seen(seen: "Seen") -> None:
    for sentence in seen.warnings:
        ui.warn(sentence)
    if seen.trouble:
        ui.warn(seen.trouble)
    else:
        ui.say(f"{seen.source.name} runs ({seen.size} B, {seen.seconds:.2f} s)")


def _derive_steps(options: argparse.Namespace) -> list[str]:
    if options.derive:
        profile.new_path(options.derive)
    who = wanted_node(options) or "the one node"
    return [f"read the settings of {who}", "write those that differ as a profile"]


def _derive(options: argparse.Namespace) -> int:
    """Write the settings of a node as a profile of one's own."""
    wanted = wanted_node(options)
    if options.derive:
        profile.new_path(options.derive)  # a name that cannot be is told before a node is asked
    node = known_node(wanted)
    path = profile.new_path(options.derive or node.name)
    content, left_out = asyncio.run(derived.derive(dialer(network.vault()), node))
    derived.write(path, content)
    if options.json:
        facts = {"profile": str(path), "settings": list(content["config"]), "left_out": left_out}
        ui.as_json(facts)
        return 0
    ui.say(f"{path}: {', '.join(content['config']) or 'nothing differs from a new node'}")
    if left_out:
        ui.note(f"left out: {', '.join(left_out)}")
    ui.note("look it over before you pass it on: commands may name what is yours")
    ui.say(f"make another with: {paths.command()} --make --profile {path.stem}")
    return 0


def _alone(options: argparse.Namespace) -> Alone:
    """What is to be given without a release, sound as far as can be seen here."""
    if options.firmware:
        firmware.read(Path(options.firmware))
    sources = [Path(name) for name in [*(options.OTA or ()), *options.module]]
    modules.check(sources, trial=not options.dummy)
    for source in sources:
        for sentence in modules.looked_over(source, force=options.force):
            ui.warn(sentence)
    values = questions.given_settings(options.set, ask=not options.dummy)
    configure.check(values)
    return Alone(tuple(sources), values, options.back)


def _air_steps(options: argparse.Namespace, who: str) -> list[str]:
    alone = _alone(options)
    what = "firmware" if options.firmware else "release"
    last = "it confirms itself" if options.unattended else "confirm it"
    release = [f"send the {what}", "let it start", "look at it", last]
    return [f"over the air, {who}: {step}" for step in alone.steps or release]


def _limits(options: argparse.Namespace) -> many.Limits:
    return many.Limits.of(options.canary, options.stop_after, options.at_once)


def wanted_node(options: argparse.Namespace) -> str | None:
    """The node that -p names, None where it names none."""
    request = connect.parse(options.connect_parameters or "")
    if request.lines and not options.connect:
        raise UsageError("-p: a command goes with -c; else only '--dev <name>'")
    return request.wanted


def known_node(wanted: str | None) -> Node:
    """The node that is meant, chosen as by -c; it must be known, because its key is needed.

    NodeError, at once, where it is on a virtual board that is off.
    """
    nodes = network.cache().nodes()
    if wanted is None and len(nodes) > 1 and ui.interactive():
        from toolkit.cli.choosing import choose

        wanted = choose(nodes)
    with network.virtual_told(wanted):
        place = names.place(wanted, nodes)
    for node in nodes:
        if node.uid == place.uid:
            if off := on_board_off(node.uid, target.virtual_at_hand()):
                raise NodeError(f"{node.name} is {off}")
            return replace(node, address=place.address, port=place.port)
    raise InputError(f"no node is known at {place.where}: search the network (-s) first")


def _told(options: argparse.Namespace, outcome: Outcome) -> int:
    """Say what became of one node; what went wrong is an error with its exit code."""
    if options.json:
        _show(options, [outcome])
    check(outcome)
    if not options.json:
        words = filter(None, (str(outcome.verdict), outcome.version, outcome.note))
        ui.say(f"{outcome.node.name}: {', '.join(words)}")
    return 0


def _show(options: argparse.Namespace, outcomes: Sequence[Outcome]) -> None:
    boards = target.virtual_at_hand()
    rows = [
        (*(it.node.uid, it.node.name, it.node.endpoint, it.board, str(it.verdict)), *_more(it))
        for it in (located(it, boards) for it in outcomes)
    ]
    network.show(options, _HEADERS, rows)


def _more(outcome: Outcome) -> tuple[object, ...]:
    return outcome.version, outcome.sent, outcome.note


OTA = Command(_ota_steps, _ota)
PUSH = Command(_push_steps, _push)
WATCH = Command(_watch_steps, _watch)
DERIVE = Command(_derive_steps, _derive)
