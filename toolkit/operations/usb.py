"""The Python prompt of a board on a cable; the node on it rests meanwhile, starts afterwards."""

from collections.abc import Callable, Generator
from contextlib import closing, contextmanager

import serial

from toolkit.model.keys import Keys
from toolkit.operations.prepare import start_again
from toolkit.transport.port import SerialLine, gone
from toolkit.transport.repl import Repl

Heard = Callable[[bytes], None]
Typed = Callable[[], bytes | None]  # what was typed meanwhile; None: nothing will be any more


@contextmanager
def prompt(device: str) -> Generator[SerialLine]:
    """The open line of a board at its prompt; in the end the board starts anew."""
    repl = Repl(device)
    try:
        with closing(repl.friendly()) as line:
            yield line
    finally:
        start_again(device)


def talk(device: str, line: SerialLine, heard: Heard, typed: Typed) -> None:
    """Hand on what is typed and heard, until a key leaves; PortError when the board does."""
    keys = Keys()
    try:
        while not keys.left:
            if said := line.read(max(1, line.in_waiting)) if line.in_waiting else b"":
                heard(said)
            pressed = typed()
            if pressed is None:
                return
            if pressed:
                line.write(keys.through(pressed))
    except (OSError, serial.SerialException) as error:
        raise gone(device, error) from error
