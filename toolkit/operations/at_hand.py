"""The boards at hand: on cables and virtual ones, and which node each is known to be."""

from collections.abc import Callable, Sequence
from threading import Lock

from toolkit.model.errors import PortError
from toolkit.model.surroundings import Board
from toolkit.transport.port import SerialPort, check, ports


class AtHand:
    """Looks at ports without opening them; `virtual` tells of the virtual boards.

    What is on a board on a cable is not known without stopping it. So it is remembered of which
    one this process has made a node, until that board is unplugged. Threads may look.
    """

    def __init__(
        self,
        virtual: Callable[[], Sequence[Board]],
        cables: Callable[[], Sequence[SerialPort]] = ports,
    ) -> None:
        self._virtual, self._cables = virtual, cables
        self._made: dict[str, str] = {}
        self._lock = Lock()

    def made(self, device: str, uid: str) -> None:
        """The board on that port is this node now."""
        with self._lock:
            self._made[device] = uid

    def boards(self) -> list[Board]:
        """All of them, those on cables first."""
        return [*self._on_cables(), *self._virtual()]

    def _on_cables(self) -> list[Board]:
        with self._lock:  # who is told of a board meanwhile does not lose it
            found = self._cables()
            for gone in self._made.keys() - {it.device for it in found}:
                del self._made[gone]  # whatever is plugged in there later
            made = dict(self._made)
        return [
            Board(it.device, it.description, made.get(it.device, it.uid), problem=_why(it.device))
            for it in found
        ]


def _why(device: str) -> str:
    """Why the port cannot be opened, without opening it; the commonest: no permission."""
    try:
        check(device)
    except PortError as error:
        return str(error)
    return ""
