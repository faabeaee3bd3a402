"""A node's own shell over its cable: what `-u` with `--shell`, or with `-p`, opens."""

import argparse
from pathlib import Path

from toolkit.cli import network, target, ui
from toolkit.model.errors import UsageError

NOTE = "starting the node from its prompt, with its shell on the cable"


def steps(options: argparse.Namespace) -> list[str]:
    """What would be done."""
    lines = _lines(options)
    return [
        NOTE,
        *([f"give it the line: {line}" for line in lines] or ["open its shell"]),
        *([f"append to {options.transcript}"] if options.transcript else []),
        "reset the board",
    ]


def connect(options: argparse.Namespace) -> int:
    """Give the node on the cable its lines, or open its shell where there are none."""
    lines = _lines(options)
    if not (lines or ui.interactive()):
        raise UsageError(
            "--shell opens a shell for a person, and this is no terminal: give lines with -p"
        )
    from toolkit.cli import shell
    from toolkit.operations import cabled
    from toolkit.operations.connect import Request
    from toolkit.operations.transcript import Transcript

    device = target.find(options).device
    ui.note(f"{NOTE}; the board starts anew afterwards")
    with cabled.node(device) as place:
        if lines:
            return network.answers(place, Request(device, lines), options)
        record = Transcript(Path(options.transcript) if options.transcript else None)
        return shell.converse(place, network.cache(), network.vault(), record)


def _lines(options: argparse.Namespace) -> tuple[str, ...]:
    from toolkit.operations.connect import parse

    request = parse(options.connect_parameters or "")
    if request.wanted:
        raise UsageError(f"-u is for the board on the cable: leave --dev {request.wanted} out")
    return request.lines
