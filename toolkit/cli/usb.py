"""A board's own prompt on the terminal: each key goes through as it is."""

import argparse
import os
import select
import sys
from collections.abc import Generator
from contextlib import contextmanager

from toolkit.cli import target, ui
from toolkit.cli.command import Command
from toolkit.model.errors import UsageError

_PAUSE = 0.02  # seconds in which a key is waited for, then the board is heard


def _steps(options: argparse.Namespace) -> list[str]:
    return [*target.steps(options), "stop the node, open its Python prompt", "reset the board"]


def _connect(options: argparse.Namespace) -> int:
    """Open the prompt of the board on the cable, until Ctrl-D or Ctrl-]."""
    if not ui.interactive():
        raise UsageError("-u opens a prompt for a person, and this is no terminal")
    from toolkit.operations import usb

    device = target.find(options).device
    ui.note(
        "a node does not listen on the cable: this is the prompt of MicroPython beneath it, and "
        "the node rests meanwhile; Ctrl-D or Ctrl-] leaves and starts it"
    )
    with usb.prompt(device) as line, _raw():
        usb.talk(device, line, _heard, _typed)
    ui.note("the board starts again")
    return 0


def _heard(data: bytes) -> None:
    os.write(sys.stdout.fileno(), data)


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
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
        ui.note("")


CONNECT = Command(_steps, _connect)
