"""What comes over the air: twenty nodes in one push, and from an edit to running."""

import asyncio
import hashlib
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.nodes import PASSWORD, Trouble, Workshop, patiently, run_to_end
from toolkit.model.node import Node
from toolkit.model.outcome import Outcome
from toolkit.model.package import Package, package
from toolkit.model.rollout import Candidate
from toolkit.model.vault import Secret, derive
from toolkit.operations.air import Tell
from toolkit.operations.ota import Order, update
from toolkit.operations.push import Limits, found, treated
from toolkit.operations.watch import Folder, Seen, follow
from toolkit.transport.link import Link
from toolkit.virtual import fleet

_NODES = 20
_SPEED = 6  # of their clocks: the minute of being well takes ten seconds
_EDITS = 9
_ROUNDS = 400  # of the key that a node makes by itself


@dataclass(frozen=True)
class Pushed:
    """Seconds of one push to so many nodes, and of updating them one by one."""

    together: float
    one_by_one: float


def dial(node: Node) -> Link:
    """Connect to a node of a workshop."""
    return Link(node.address, node.port, uid=node.uid, secret=secret_of(node.uid))


def secret_of(uid: str) -> Secret:
    """The key that a node of a workshop has made of its password."""
    return Secret(PASSWORD, derive(PASSWORD, uid, _ROUNDS).hex(), _ROUNDS)


def push(workshop: Workshop) -> Pushed:
    """One node alone, then all of them in one push with its canary, each the same release."""
    release = changed(package(workshop.slot("esp32")))
    with _nodes(workshop, _NODES + 1) as (alone, *others):
        one = _seconds(release, [alone])
        together = _seconds(release, others)
    return Pushed(together, one * _NODES)


def changed(release: Package) -> Package:
    """The same with another load module: what it is to differ in."""
    name = next(name for name in release.files if name.startswith("modules/"))
    manifest = json.loads(release.manifest)
    other = release.files[name] + b"\0"  # behind its end, which nobody reads
    manifest["files"] = [
        [it, len(other), hashlib.sha256(other).hexdigest()] if it == name else [it, size, sha256]
        for it, size, sha256 in manifest["files"]
    ]
    text = json.dumps(manifest, separators=(",", ":")).encode()
    return replace(release, manifest=text, files={**release.files, name: other})


def _seconds(release: Package, nodes: list[Node]) -> float:
    begin = time.perf_counter()
    met, lost = run_to_end(found(dial, nodes, ()))

    async def treat(candidate: Candidate, tell: Tell) -> Outcome:
        return await update(dial, candidate.node, Order(release), tell)

    done = run_to_end(treated(met, lost, treat, Limits(canary=min(1, len(nodes) - 1))))
    if done.summary != f"{len(nodes)} updated":
        raise Trouble(f"a push: {done.summary} {[it.note for it in done.outcomes if it.note]}")
    return time.perf_counter() - begin


@contextmanager
def _nodes(workshop: Workshop, count: int) -> Generator[list[Node]]:
    names = [f"air-{number + 1}" for number in range(count)]
    for name in names:
        (workshop.home / name).mkdir()
        shutil.copyfile(workshop.flash("esp32"), workshop.home / name / "flash.bin")
    boards = fleet.start(
        workshop.home, workshop.engine, name="air", count=count, clock="speed", speed=_SPEED
    )
    for board in boards:
        with fleet.control(board) as control:
            patiently(lambda: "ready at" in control.console(), board.name)
    try:
        yield [Node(it.mac.replace(":", ""), it.name, it.address) for it in boards]
    finally:
        fleet.stop(workshop.home, names)
        for name in names:
            shutil.rmtree(workshop.home / name, ignore_errors=True)


def edits(workshop: Workshop) -> float:
    """The median seconds from a save of a load module until a call answers what was written."""
    node = workshop.node()
    place = Node(node.board.mac.replace(":", ""), node.board.name, node.address)
    with tempfile.TemporaryDirectory() as folder:
        times = asyncio.run(_edits(place, Path(folder)))
    workshop.stop(node)
    return statistics.median(times)


async def _edits(place: Node, folder: Path) -> list[float]:
    seen: asyncio.Queue[Seen] = asyncio.Queue()
    watching = asyncio.create_task(follow(dial, place, Folder(folder), seen.put_nowait))
    source = folder / "LM_edit.py"
    times: list[float] = []
    async with dial(place) as link:
        await link.run("hello")
        await asyncio.sleep(1)  # so that it watches by then
        for number in range(_EDITS):
            begin = time.perf_counter()
            text = f'def told() -> int:\n    """Tell."""\n    return {number}\n'
            source.write_text(text, encoding="utf-8")
            what = await asyncio.wait_for(seen.get(), 30)
            answer = await link.call("edit", "told")
            if answer != number:
                raise Trouble(f"an edit: expected {number}, the node says {answer} ({what})")
            times.append(time.perf_counter() - begin)
    watching.cancel()
    await asyncio.wait([watching])
    return times
