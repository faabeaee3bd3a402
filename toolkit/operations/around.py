"""Where to search for nodes: around our own private addresses, or where the environment says."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from toolkit.model.errors import InputError
from toolkit.transport.interfaces import own_addresses

HOSTS_PER_INTERFACE = 1024
SMALLEST_PREFIX = 24  # of a larger network only the addresses around our own are asked one by one
OVERRIDE = "MICROS_NETWORKS"
LOOPBACK = IPv4Interface("127.0.0.1/8")  # where virtual boards are


@dataclass(frozen=True)
class Around:
    """Networks whose addresses are asked one by one; our own addresses, to ask all from at once."""

    networks: tuple[IPv4Network, ...] = ()
    own: tuple[IPv4Interface, ...] = ()

    def has(self, address: str) -> bool:
        """Is it an address of the neighbourhood?"""
        one = IPv4Address(address)
        networks = (*self.networks, *(own.network for own in self.own))
        return any(one in network for network in networks)


def here() -> Around:
    """Our own neighbourhood, or what MICROS_NETWORKS says."""
    override = os.environ.get(OVERRIDE)
    if override is not None:
        return Around(tuple(parse_networks(override)))
    own = list(own_addresses())
    searched = tuple(address for _, address in own if _searchable(address))
    return Around(tuple(bounded(own)), searched)


def for_names() -> tuple[list[str], Around]:
    """Our own addresses to ask for names from, and where answers may come from and lead to.

    This computer is always asked: virtual boards are there.
    """
    around = here()
    reaching = around.own or [
        own
        for _, own in own_addresses()
        if any(own.network.overlaps(network) for network in around.networks)
    ]
    own = dict.fromkeys(str(one.ip) for one in (*reaching, LOOPBACK))
    return list(own), replace(around, networks=(*around.networks, LOOPBACK.network))


def parse_networks(text: str) -> Iterator[IPv4Network]:
    """`10.0.0.0/24, 10.0.1.7` as networks."""
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            network = IPv4Network(part, strict=False)
        except ValueError as error:
            raise InputError(
                f"{OVERRIDE}: expected networks such as 10.0.0.0/24, got {part!r}"
            ) from error
        if network.num_addresses > HOSTS_PER_INTERFACE:
            raise InputError(
                f"{OVERRIDE}: {network} has {network.num_addresses} addresses, "
                f"no more than {HOSTS_PER_INTERFACE} are searched"
            )
        yield network


def bounded(addresses: Iterable[tuple[str, IPv4Interface]]) -> list[IPv4Network]:
    """The networks around our own private addresses, at most 1024 hosts for an interface."""
    room: dict[str, int] = {}
    networks: dict[IPv4Network, None] = {}
    for name, own in addresses:
        if not _searchable(own):
            continue
        network = IPv4Network((own.ip, max(own.network.prefixlen, SMALLEST_PREFIX)), strict=False)
        left = room.setdefault(name, HOSTS_PER_INTERFACE)
        if network not in networks and network.num_addresses <= left:
            room[name] = left - network.num_addresses
            networks[network] = None
    return list(networks)


def _searchable(own: IPv4Interface) -> bool:
    """Neighbours that may be nodes: not ourselves, not the Internet, not a tunnel's other end."""
    address: IPv4Address = own.ip
    return (
        address.is_private
        and not address.is_loopback
        and not address.is_link_local
        and own.network.prefixlen <= 30
    )
