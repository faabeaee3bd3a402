"""The menu: what can be done now, the next sensible thing first; pure.

An entry is a command line. What it does is what that line does, so whoever uses the menu learns
the options.
"""

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from toolkit.model import paths
from toolkit.model.surroundings import Board, Seen, Surroundings

_EACH = 5  # so many nodes have entries of their own; of more, one is chosen from a list
_CHOOSE = "--dev ?"
_ERASES = "this erases the board; settings that can be read are kept in user_data"


@dataclass(frozen=True)
class Entry:
    """One thing to do. `warning` is what must be said yes to.

    `board` is the board on a cable of which it makes a node, or whose node it tells.
    """

    title: str
    arguments: tuple[str, ...] = ()
    warning: str = ""
    board: str = ""

    @property
    def command(self) -> str:
        """The command line that it stands for; empty for the one that leaves."""
        return " ".join((paths.command(), *map(_quoted, self.arguments))) if self.arguments else ""


LEAVE = Entry("Leave")
_Offer = tuple[int, Entry]  # the lower the number, the sooner it is what somebody wants


def entries(around: Surroundings) -> tuple[Entry, ...]:
    """What can be done, in order; never empty, and the last one leaves."""
    offers = [
        *_begin(around),
        *_boards(around),
        *_updates(around),
        *_talks(around),
        *_overviews(around),
        *_backups(around),
        *_virtual(around),
        *_closer(around),
    ]
    first = sorted(offers, key=lambda offer: offer[0])  # stable: the order above decides else
    found = {entry.arguments: entry for _, entry in reversed(first)}  # the sooner of two alike
    ordered = dict.fromkeys(entry.arguments for _, entry in first)
    return (*(found[it] for it in ordered), Entry("Show all options", ("--help",)), LEAVE)


def _begin(around: Surroundings) -> Iterator[_Offer]:
    """Without any hardware: the first thing to do where there is nothing at all."""
    virtual = [it for it in around.at_hand if it.virtual]
    if not virtual:
        alone = not around.at_hand and not around.nodes
        title = "Try it on a virtual board: no hardware needed"
        yield (0 if alone else 60), Entry(title, ("--make", "--virtual"))


def _boards(around: Surroundings) -> Iterator[_Offer]:
    for board in around.at_hand:
        seen = around.node_on(board)
        if board.virtual and not board.running:
            then = f", which is {seen.node.name}" if seen else ""
            rank = 25 if any(it.online for it in around.nodes) else 5
            rank = 42 if seen is None and _there(around) else rank
            title = f"Start the virtual board {board.name}{then}"
            yield rank, Entry(title, ("--virtual", board.name))
        elif seen is None:
            yield _make(around, board)


def _make(around: Surroundings, board: Board) -> _Offer:
    """A board that is no known node: a blank one, or one of which nothing is known."""
    where = ("--virtual", board.name) if board.virtual else ("--port", board.name)
    kind = "virtual board" if board.virtual else "board on"
    surely = board.fresh or not (_there(around) if board.virtual else around.nodes)
    return (
        10 if surely else 40,
        Entry(
            f"Make the {kind} {board.name} a node",
            ("--make", *where),
            *(("", "") if board.virtual else (_ERASES, board.name)),
        ),
    )


def _there(around: Surroundings) -> bool:
    """Whether there are nodes to be talked to, as far as is known: a blank board can wait then."""
    return any(it.online is not False for it in around.nodes)


def _updates(around: Surroundings) -> Iterator[_Offer]:
    old = [it for it in around.nodes if it.online and around.older(it)]
    if len(old) == 1:
        title = f"Update {old[0].node.name} from {old[0].version} to {around.release}, over the air"
        yield 20, Entry(title, ("-o", "-p", _dev(around, old[0])))
    elif old:
        title = f"Update {len(old)} nodes to {around.release}, over the air"
        yield 20, Entry(title, ("--push", "--select", f"version<{around.release}"))


def _talks(around: Surroundings) -> Iterator[_Offer]:
    there = _by_name(it for it in around.nodes if it.online is not False)
    for seen in there[:_EACH]:
        yield 30, Entry(f"Talk to {_name(around, seen)}", ("-c", "-p", _dev(around, seen)))
    if len(around.nodes) > 1:
        yield 31, Entry(f"Choose one of {len(around.nodes)} nodes and talk to it", ("-c",))


def _overviews(around: Surroundings) -> Iterator[_Offer]:
    lost = bool(around.nodes) and all(it.online is False for it in around.nodes)
    yield (15 if lost else 51), Entry("Search the network for nodes", ("-s",))
    if around.nodes:
        yield 50, Entry("Show how all nodes are", ("-stat",))
        yield 52, Entry("Watch how all nodes are, until Ctrl-C", ("-stat", "--every", "5"))
        yield 54, Entry("Show the backups of nodes", ("-b", "list"))
        yield 63, Entry("Show the programs that talk to nodes", ("-a", "list"))


def _backups(around: Surroundings) -> Iterator[_Offer]:
    """Of nodes in the network: settings, kept state and files, without stopping anything."""
    there = _by_name(it for it in around.nodes if it.online and it.ours)
    for seen in there[:_EACH]:
        title = f"Back up {_name(around, seen)}: settings, state, your own files"
        yield 53, Entry(title, ("-b", "-p", _dev(around, seen)))
    if len(there) > _EACH:
        title = f"Choose one of {len(around.nodes)} nodes and back it up"
        yield 53, Entry(title, ("-b", "-p", _CHOOSE))


def _virtual(around: Surroundings) -> Iterator[_Offer]:
    shown = "with its log here, until Ctrl-C; no hardware needed"
    yield 64, Entry(f"Run a virtual node {shown}", ("-sim",))
    yield 65, Entry("Run three virtual nodes with their logs here, until Ctrl-C", ("-sim", "3"))
    if any(it.virtual and it.running for it in around.at_hand):
        yield 70, Entry("Stop the virtual boards", ("--virtual", "--stop"))


def _closer(around: Surroundings) -> Iterator[_Offer]:
    """What can be done with a board on a cable without making it anew."""
    for name in [it.name for it in around.at_hand if not it.virtual]:
        where = ("--port", name)
        title = f"Update the node on the board on {name}, its settings are kept"
        yield 41, Entry(title, ("-r", *where), board=name)
        title = f"Back up the node on the board on {name}; it starts again then"
        yield 55, Entry(title, ("-b", *where))
        title = f"Try all that a node needs on the board on {name}, and write a report (minutes)"
        yield 56, Entry(title, ("--selfcheck", *where))
        title = f"Look what is on the board on {name}; it starts again then"
        yield 61, Entry(title, ("-v", *where))
        title = f"Open the Python prompt of the board on {name}"
        yield 62, Entry(title, ("-u", *where))


def _by_name(nodes: Iterable[Seen]) -> list[Seen]:
    """Each keeps its place among the others, whoever was talked to last."""
    return sorted(nodes, key=lambda it: it.node.name)


def _dev(around: Surroundings, seen: Seen) -> str:
    return f"--dev {around.called(seen.node)}"


def _name(around: Surroundings, seen: Seen) -> str:
    called, name = around.called(seen.node), seen.node.name
    return name if called == name else f"{name} ({called})"


def _quoted(argument: str) -> str:
    """As a person would write it for a shell: with '…' where it must be."""
    return shlex.quote(argument)
