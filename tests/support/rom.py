"""A chip in its boot ROM on a serial port, with the fuses and the flash that a test wants.

No board around it: what is written to its flash never starts.
"""

import os
import pty
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toolkit.virtual.boot_rom import BootRom
from toolkit.virtual.chips import Chip
from toolkit.virtual.flash import Flash

MAC = "24:0a:c4:00:00:07"


@contextmanager
def chip_on_a_port(chip: Chip, folder: Path, flash_size: int) -> Iterator[str]:
    """The port of such a chip, for as long as the test holds it."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    flash = Flash(folder / "flash.bin", flash_size)

    def send(data: bytes) -> None:
        os.write(master, data)

    rom = BootRom(chip, flash, bytes.fromhex(MAC.replace(":", "")), send)

    def serve() -> None:
        while True:
            try:
                data = os.read(master, 1 << 16)
            except OSError:  # the port is closed
                return
            rom.feed(data)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield os.ttyname(slave)
    finally:
        os.close(slave)
        thread.join()
        os.close(master)
        flash.close()
