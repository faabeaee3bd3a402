"""This computer's own network addresses: the only file that knows the untyped netifaces.

Both `netifaces` and `netifaces-plus` are imported under that name.
"""

import importlib
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Interface
from typing import Protocol, cast


class _Netifaces(Protocol):
    AF_INET: int

    def interfaces(self) -> Sequence[str]: ...

    def ifaddresses(self, ifname: str, /) -> Mapping[int, Sequence[Mapping[str, str]]]: ...


def own_addresses() -> Iterator[tuple[str, IPv4Interface]]:
    """Name of the interface and address with its network, for each IPv4 address we have."""
    netifaces = cast(_Netifaces, importlib.import_module("netifaces"))
    for name in netifaces.interfaces():
        for entry in netifaces.ifaddresses(name).get(netifaces.AF_INET, ()):
            address, mask = entry.get("addr"), entry.get("netmask", "255.255.255.255")
            if address:
                yield name, IPv4Interface(f"{address}/{mask}")
