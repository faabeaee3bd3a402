"""A board's own prompt on the terminal: each key goes through as it is."""

import argparse
import os
import select
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from toolkit.cli import cabled, target, ui
from toolkit.cli.command import Command
from toolkit.model.errors import UsageError

_PAUSE = 0.02  # seconds in which a key is waited for, then the board is heard


def _steps(options: argparse.Namespace) -> list[str]:
    if _of_the_node(options):
        return [*target.steps(options), *cabled.steps(options)]
    record = [f"append to {options.transcript}"] if options.transcript else []
    prompt = "stop the node, open its Python prompt"
    return [*target.steps(options), prompt, *record, "reset the board"]


def _connect(options: argparse.Namespace) -> int:
    """Open the prompt of the board on the cable, until Ctrl-D or Ctrl-]."""
    if _of_the_node(options):
        return cabled.connect(options)
    if not ui.interactive():
        raise UsageError("-u opens a prompt for a person, and this is no terminal")
    from toolkit.operations import usb
    from toolkit.operations.cable_transcript import CableTranscript
    from toolkit.operations.transcript import Transcript

    device = target.find(options).device
    record = Transcript(Path(options.transcript) if options.transcript else None)
    record.begin(f"the Python prompt of the board on {device}")
    kept = CableTranscript(record)

    def heard(data: bytes) -> None:
        os.write(sys.stdout.fileno(), data)
        kept.heard(data)

    ui.note(
        "a node does not listen on the cable: this is the prompt of MicroPython beneath it, with "
        "its own arrow keys and Tab, and the node rests meanwhile; Ctrl-D or Ctrl-] leaves and "
        "starts it (-u --shell: the node's own shell)"
    )
    with usb.prompt(device) as line, _raw():
        try:
            usb.talk(device, line, heard, _typed)
        finally:
            kept.end()
    ui.note("the board starts again")
    record.note("the board starts again")
    return 0


def _of_the_node(options: argparse.Namespace) -> bool:
    return options.shell or options.connect_parameters is not None


def _typed() -> bytes | None:
    keyboard = sys.stdin.fileno()
    ready, _, _ = select.select([keyboard], [], [], _PAUSE)
    return (os.read(keyboard, 256) or None) if ready else b""


@contextmanager
def _raw() -> Generator[None]:
    """Keys come one by one and unchanged, Ctrl-C too: it is the board's program that it ends."""
    try:
        import termios
        import tty
    except ImportError:
        raise UsageError("-u needs a POSIX terminal: take mpremote here") from None
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    tty.setraw(keyboard)
    try:
        yield
    finally:
        with suppress(termios.error):  # somebody has closed it
            termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
        ui.note("")


CONNECT = Command(_steps, _connect)
