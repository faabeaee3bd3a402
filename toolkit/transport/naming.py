"""The names of one board's port: two names that share a key mean the same board.

There is a key for the name as it was said, which stays over a reset in which native USB comes back
as another device, and one for what is behind it now, which may have other names, too.
"""

import os
import socket
import stat
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

_AROUND = ("spy", "alt")  # pyserial's own URLs around a port of this computer
_WINDOWS = "\\\\.\\"  # COM10 and above are opened with this before their name


def keys(device: str) -> list[str]:
    """The keys of a port, in an order that is the same for everybody.

    Those of a port in the network are all addresses that its host has now.
    """
    if "://" in device:
        return _of_url(device)
    if os.name != "posix":
        return [on_windows(device)]
    folder, name = os.path.split(os.path.abspath(device))
    found = [f"name {os.path.join(os.path.realpath(folder), name)}"]
    try:
        status = os.stat(device)
    except (OSError, ValueError):  # it has gone: what it was is known by its name
        return found
    if stat.S_ISCHR(status.st_mode):
        found.append(f"device {os.major(status.st_rdev)} {os.minor(status.st_rdev)}")
    return sorted(found)


def on_windows(device: str) -> str:
    """The key of a port there, where COM3, com3 and \\\\.\\COM3 are the same."""
    return f"name {device.upper().removeprefix(_WINDOWS)}"


def _of_url(url: str) -> list[str]:
    scheme, _, rest = url.partition("://")
    if scheme.lower() in _AROUND:
        return keys(unquote(rest.partition("?")[0]))
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return [f"name {url}"]
    if not host or not port:
        return [f"name {url}"]
    return sorted(f"net {address} {port}" for address in {host, *_addresses(host, port)})


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []  # whoever opens it says what is wrong
    return [_plain(str(it[4][0])) for it in found]


def _plain(address: str) -> str:
    known = ip_address(address)
    return str(getattr(known, "ipv4_mapped", None) or known)
