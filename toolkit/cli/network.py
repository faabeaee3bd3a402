"""The options that talk to nodes over the network: search, status, connect."""

import argparse
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.cli import target, ui
from toolkit.cli.command import Command
from toolkit.model import node, paths
from toolkit.model import vault as secrets
from toolkit.model.cache import FILE, Cache
from toolkit.model.errors import InputError, NodeError, UsageError
from toolkit.model.found import Found
from toolkit.model.unknown import as_null
from toolkit.model.vault import Vault
from toolkit.model.whereabouts import on_virtual

if TYPE_CHECKING:
    from toolkit.operations.connect import Request
    from toolkit.operations.enter import Target as Place


def cache() -> Cache:
    """The nodes that were found before."""
    return Cache(paths.user_data() / FILE, ui.warn)


def vault() -> Vault:
    """The passwords of the nodes."""
    return secrets.opened(ui.warn)


def _search_steps(_options: argparse.Namespace) -> list[str]:
    return ["ask all around over UDP", "ask each address and the known ones for hello"]


def _search(options: argparse.Namespace) -> int:
    """Find the nodes in the local networks, and on our own virtual boards."""
    from toolkit.operations import scan

    boards = [(board.address, node.PORT) for board in target.virtual_boards() if board.running]
    findings = ui.follow(scan.search(cache(), boards=boards))
    for notice in findings.notices:
        ui.warn(notice)
    if options.json:
        ui.as_json([_as_json(one) for one in findings.found])
        return 0
    headers = ("uid", "name", "address", "version", "board", "app", "note")
    rows = [
        (one.uid, one.name, one.node.endpoint, one.version, one.board, one.app, one.note)
        for one in findings.found
    ]
    show(options, headers, rows)
    return 0


def _as_json(one: Found) -> dict[str, object]:
    told = {
        "uid": one.uid,
        "name": one.name,
        "address": one.node.endpoint,
        "version": one.version,
        "board": one.board,
        "app": one.app,
        "system": one.system,
        "unclaimed": one.unclaimed,
        "unproved": not one.proved,
    }
    return as_null(told)


def _connect_steps(options: argparse.Namespace) -> list[str]:
    from toolkit.operations.connect import parse

    request = parse(options.connect_parameters or "")
    lines = [f"give it the line: {line}" for line in request.lines]
    record = [f"append to {options.transcript}"] if options.transcript else []
    return [
        f"connect to {request.wanted or 'the chosen node'}",
        *(lines or ["open its shell"]),
        *record,
    ]


@contextmanager
def virtual_told(wanted: str | None) -> Generator[None]:
    """Whoever is not there may be on a virtual board that is off: it is said how to start it."""
    try:
        yield
    except (NodeError, InputError) as error:
        hint = on_virtual(wanted, cache().nodes(), target.virtual_at_hand())
        if not hint:
            raise
        raise type(error)(f"{hint} ({error})") from error


def _connect(options: argparse.Namespace) -> int:
    """Give a node commands, or open its shell when there are none."""
    from toolkit.operations.connect import parse

    request = parse(options.connect_parameters or "")
    if not request.lines:
        return open_shell(request.wanted, options.transcript)
    with virtual_told(request.wanted):
        return _said(options, request)


def _said(options: argparse.Namespace, request: "Request") -> int:
    from toolkit.operations import names

    place = names.place(request.wanted, cache().nodes())
    return answers(place, request, options)


def answers(place: "Place", request: "Request", options: argparse.Namespace) -> int:
    """Give who is there its lines, one after the other, until one is refused."""
    from toolkit.operations import connect as operation
    from toolkit.operations.transcript import Transcript

    record = Transcript(Path(options.transcript) if options.transcript else None)
    for answer in operation.said(place, request.lines, cache(), vault(), record):
        if answer.text:  # `conf` says nothing
            ui.say(answer.text)
    return 0


def open_shell(wanted: str | None, transcript: str | None = None) -> int:
    """Open the interactive shell of a node; without a name the person chooses."""
    if not ui.interactive():
        form = f"-p '--dev {wanted or '<name>'} help'"
        raise UsageError(f"expected a command, as in {form}, got none, and no terminal for a shell")
    from toolkit.cli import shell
    from toolkit.cli.choosing import choose
    from toolkit.operations.transcript import Transcript

    record = Transcript(Path(transcript) if transcript else None)
    nodes = cache().nodes()
    if wanted is None and len(nodes) > 1:
        wanted = choose(nodes)
    with virtual_told(wanted):
        return shell.interactive(wanted, cache(), vault(), record)


def show(
    options: argparse.Namespace, headers: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    if options.json:
        ui.as_json([as_null(dict(zip(headers, row, strict=True))) for row in rows])
    else:
        ui.table([["" if cell is None else cell for cell in row] for row in rows], headers)


SEARCH = Command(_search_steps, _search)
CONNECT = Command(_connect_steps, _connect)
