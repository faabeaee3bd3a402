"""What beacons say, kept until it is known what of it is true.

A beacon can be sent by anybody, from any address. So what they say is bounded, nothing is done
with it but to ask at the place it came from, and what nobody confirms there is marked so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import IPv4Address

from toolkit.model.beacon import Beacon, parse
from toolkit.model.found import Endpoint, Found
from toolkit.model.node import PORT, endpoint
from toolkit.operations.around import Around

MOST_PLACES = 512  # that are asked because of a beacon
_MOST_AT_ONE = 4  # different nodes that one place may claim to be
_MOST_UNPROVED = 64  # in a listing


class Hints:
    """The beacons of one search, by the place they came from."""

    def __init__(self, around: Around, known: Iterable[Endpoint] = ()) -> None:
        self._around = around
        self._known = {address for address, _ in known}
        self._said: dict[Endpoint, dict[str, Beacon]] = {}

    def take(self, data: bytes, source: Endpoint) -> Endpoint | None:
        """Take what came from there; answer the place, when it is to be asked for the first time.

        A node sends from the port of discovery: whoever does not is none. It is served where it
        says, at the address that its beacon came from.
        """
        beacon = parse(data)
        if beacon is None or source[1] != PORT or not self._near(source[0]):
            return None
        place = source[0], beacon.port
        fresh = place not in self._said
        if fresh and len(self._said) >= MOST_PLACES:
            return None
        said = self._said.setdefault(place, {})
        if len(said) < _MOST_AT_ONE or beacon.uid in said:
            said[beacon.uid] = beacon
        return place if fresh else None

    def places(self) -> list[Endpoint]:
        """Where beacons came from."""
        return list(self._said)

    def judged(self, found: Iterable[Found]) -> list[Found]:
        """What was found, with what its beacons say beside; then what nobody has confirmed."""
        places = {(one.address, one.port): one for one in found}
        told = [self._told(one) for one in places.values()]
        return [*told, *list(self._unproved(places.keys()))[:_MOST_UNPROVED]]

    def notices(self, found: Iterable[Found]) -> Iterator[str]:
        """A sentence for each beacon that a node itself gives the lie."""
        places = {(one.address, one.port): one for one in found}
        for place, said in self._said.items():
            true = places.get(place)
            others = sorted(uid for uid in said if true and uid != true.uid)
            if true and others:
                who = " and ".join(others)
                yield f"beacons from {endpoint(*place)} name {who}, but {true.uid} answers there"
        unproved = len(list(self._unproved(places.keys())))
        if unproved > _MOST_UNPROVED:
            yield f"{unproved - _MOST_UNPROVED} more beacons that nobody confirmed are not listed"

    def _near(self, address: str) -> bool:
        return address in self._known or self._around.has(address)

    def _told(self, one: Found) -> Found:
        beacon = self._said.get((one.address, one.port), {}).get(one.uid)
        if beacon is None:
            return one
        return replace(
            one,
            version=one.version or beacon.version,
            board=beacon.board,
            app=beacon.app,
            unclaimed=beacon.unclaimed,
        )

    def _unproved(self, proved: Iterable[Endpoint]) -> Iterator[Found]:
        left = set(self._said) - set(proved)
        for place in sorted(left, key=lambda it: (IPv4Address(it[0]), it[1])):
            for one in self._said[place].values():
                yield Found(
                    one.uid,
                    one.name,
                    *place,
                    "",
                    one.version,
                    board=one.board,
                    app=one.app,
                    unclaimed=one.unclaimed,
                    proved=False,
                )
