"""Serial ports: which there are, and why one cannot be opened."""

import os
import re
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import serial
from serial.tools import list_ports

from toolkit.model.errors import PortError
from toolkit.transport import holding

_PULSE = 0.1  # seconds
_NUMBER = re.compile(r"\(\d+, '(.*)'\)")

_MAC = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True)
class SerialPort:
    """A port that a board may hang on."""

    device: str
    description: str
    uid: str = ""  # where the chip tells its MAC as the serial number of its own USB


class SerialLine(Protocol):
    """An open port, as much of it as we use; pyserial's own in production."""

    @property
    def port(self) -> str | None: ...
    @property
    def in_waiting(self) -> int: ...
    def read(self, size: int = 1, /) -> bytes: ...
    def write(self, data: bytes, /) -> int | None: ...
    def close(self) -> None: ...


def ports() -> list[SerialPort]:
    """The serial ports of this computer that have a device behind them."""
    found = [port for port in list_ports.comports() if port.vid is not None]
    return [
        SerialPort(port.device, port.description, _uid(port.serial_number))
        for port in sorted(found)
    ]


def _uid(serial_number: str | None) -> str:
    plain = (serial_number or "").replace(":", "").lower()
    return plain if _MAC.fullmatch(plain) else ""


def vendor(device: str) -> int | None:
    """The USB vendor behind a port, None when it tells none."""
    return next((port.vid for port in list_ports.comports() if port.device == device), None)


def only_port(found: Sequence[SerialPort]) -> str:
    """The one port among them; PortError when there is none, or more than one."""
    if not found:
        raise PortError(
            "no board found on a serial port: plug one in with a USB data cable, name it with "
            "--port, or try a virtual one with --virtual"
        )
    if len(found) > 1:
        names = ", ".join(port.device for port in found)
        raise PortError(f"several boards are plugged in ({names}): name one with --port")
    return found[0].device


def open_port(device: str, baud: int = 115200) -> SerialLine:
    """Open a port for ourselves alone, without resetting the board behind it.

    Raises PortError that says why it cannot be opened and what to do.
    """
    check(device)
    try:
        port = serial.serial_for_url(device, do_not_open=True)
        port.baudrate = baud
        port.timeout = 0.1
        if "://" not in device:  # a port in the network has none
            port.write_timeout = 10
        port.dtr = port.rts = True  # both asserted: the usual reset circuit stays quiet
        if os.name == "posix" and "://" not in device:
            port.exclusive = True
        port.open()
    except (OSError, ValueError, NotImplementedError) as error:
        raise PortError(_why(device, error)) from error
    return port


def pulse(device: str) -> None:
    """Reset a board as esptool does, if its port has the lines for it; no word where it has not."""
    with suppress(PortError, OSError, serial.SerialException):
        port: Any = open_port(device)
        try:
            port.dtr = False  # else it stays in its boot loader
            port.rts = True
            time.sleep(_PULSE)
            port.rts = False
        finally:
            port.close()


def check(device: str) -> None:
    """PortError, in one sentence, when a port plainly cannot be a board's."""
    if os.name != "posix" or "://" in device:
        return
    try:
        mode = os.stat(device).st_mode
    except OSError as error:
        raise PortError(_missing(device)) from error
    if not stat.S_ISCHR(mode):
        raise PortError(f"{device} is not a serial port: expected something like /dev/ttyUSB0")
    if not os.access(device, os.R_OK | os.W_OK):
        raise PortError(_no_permission(device))


def _missing(device: str) -> str:
    if _is_no_more(device):
        name = os.path.basename(os.path.dirname(os.path.abspath(device)))
        return f"{device} is a virtual board's, and {name} does not run: --virtual {name} starts it"
    near = ", ".join(port.device for port in ports()) or "none"
    return f"there is no serial port {device} (ports with a device: {near})"


def _is_no_more(device: str) -> bool:
    """Whether nobody plays the virtual board there any more: its link leads to who did."""
    led = os.path.islink(device) and os.readlink(device).startswith("/proc/")
    return led and not os.path.exists(device)


def wait_for(device: str, patience: float = 5.0) -> None:
    """Wait while a port is away that a reset made vanish, as native USB does; for a while only."""
    give_up = time.monotonic() + patience
    while os.name == "posix" and "://" not in device and not _usable(device):
        if time.monotonic() > give_up or _is_no_more(device):
            return  # whoever opens it says what is wrong
        time.sleep(0.05)


def _usable(device: str) -> bool:
    return os.access(device, os.R_OK | os.W_OK)  # udev gives the rights a moment after the name


def _why(device: str, error: Exception) -> str:
    text = str(error)
    denied = "Permission" in text
    if "lock" in text or "busy" in text or (denied and os.name != "posix"):
        who = holding.users(device) or "another program (a serial monitor, another toolkit?)"
        return f"{device} is in use by {who}: close it"
    if denied:
        return _no_permission(device)
    return f"{device} cannot be opened as a serial port: {_short(text)}"


def _short(text: str) -> str:
    """The last part of what pyserial says, without its error number."""
    return _NUMBER.sub(r"\1", text.rsplit(":", 1)[-1].strip()) or text


def _no_permission(device: str) -> str:
    import getpass
    import grp

    try:
        group = grp.getgrgid(os.stat(device).st_gid).gr_name
    except (KeyError, OSError):
        group = "dialout"
    return (
        f"no permission on {device}: it belongs to the group {group}; "
        f"run `sudo usermod -aG {group} {getpass.getuser()}` and log in again"
    )


def lines(port: SerialLine) -> Iterator[str]:
    """The text lines a board prints, as they come; an empty one whenever nothing came for a while.

    Raises PortError when the board goes away.
    """
    pending = b""
    while True:
        try:
            pending += port.read(max(1, port.in_waiting))
        except (OSError, serial.SerialException) as error:
            raise gone(str(port.port), error) from error
        if b"\n" not in pending:
            yield ""
            pending = pending[-4096:]
        while b"\n" in pending:
            line, pending = pending.split(b"\n", 1)
            yield line.decode("utf-8", "replace").strip("\r")


def gone(device: str, error: Exception) -> PortError:
    """The error for a board that went away half-way."""
    return PortError(
        f"the board on {device} went away ({_short(str(error))}): check cable and power, "
        "then repeat the command"
    )
