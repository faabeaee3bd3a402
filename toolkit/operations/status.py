"""How the known nodes are: all are asked at once, and a dead one delays nobody."""

import asyncio
import json
import re
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, suppress
from threading import Thread
from typing import Self, cast

from toolkit.model.errors import (
    FaultError,
    LoginError,
    NodeError,
    NoLink,
    RefusedError,
    UnknownOutcome,
)
from toolkit.model.node import Node
from toolkit.model.node_status import Row
from toolkit.model.patience import patient
from toolkit.model.progress import Progress
from toolkit.model.text import sentence
from toolkit.model.vault import Secret, Vault
from toolkit.transport.link import Link
from toolkit.transport.steady import Steady
from toolkit.transport.textshell import TextShell

AT_ONCE = 64
TIMEOUT = patient(3.0)  # seconds of silence
_OURS = ("refused: ", "fault: ")  # an older node has other words for that it knows no such word
LIFETIME = patient(8.0)  # seconds for a node in all

_Answered = asyncio.Queue[asyncio.Task[Row]]


def status(nodes: Sequence[Node], vault: Vault) -> Generator[Progress, None, list[Row]]:
    """Ask all nodes; the rows come in the order of the nodes."""
    rows: dict[Node, Row] = {}
    with closing(asked(nodes, vault)) as answers:
        for done, row in enumerate(answers, 1):
            rows[row.node] = row
            online = sum(row.online for row in rows.values())
            yield Progress("status", done, len(nodes), "nodes", f"{online} online")
    return [rows[node] for node in nodes]


def asked(nodes: Sequence[Node], vault: Vault) -> Generator[Row, None, None]:
    """Ask all nodes; each row comes as soon as it is there. May be closed early."""
    keys = {node: vault.secrets(node.uid) for node in nodes}
    with asyncio.Runner() as runner:  # which ends what is still running when we are left early
        answered: _Answered = asyncio.Queue()
        runner.run(_start(keys, answered))
        for _ in keys:
            yield runner.run(answered.get()).result()  # or whatever a task has ended with


def rounds(
    nodes: Callable[[], Sequence[Node]], vault: Vault, every: float, pause: Callable[[float], None]
) -> Generator[list[Row], None, None]:
    """Ask the nodes that are known by then, again and again, every so many seconds or slower."""
    while True:
        begun = time.monotonic()
        there = nodes()
        rows = {row.node: row for row in asked(there, vault)}
        yield [rows[node] for node in there]
        pause(max(0.0, begun + every - time.monotonic()))


async def _start(keys: Mapping[Node, Sequence[Secret]], answered: _Answered) -> None:
    room = asyncio.Semaphore(AT_ONCE)

    async def ask(node: Node, secrets: Sequence[Secret]) -> Row:
        async with room:
            return await _ask(node, secrets)

    tasks = [asyncio.create_task(ask(node, secrets)) for node, secrets in keys.items()]
    for task in tasks:
        task.add_done_callback(answered.put_nowait)
        task.add_done_callback(tasks.remove)  # until then somebody must know them


async def _ask(node: Node, secrets: Sequence[Secret]) -> Row:
    try:
        async with asyncio.timeout(LIFETIME):
            return await _over_the_link(node, secrets)
    except TimeoutError:
        return Row(node, online=False, note=f"{node.endpoint} has not answered in time")
    except NoLink:
        return await beside(lambda: _by_text(node))
    except LoginError as error:
        return Row(node, online=True, note=str(error))
    except (RefusedError, FaultError) as error:
        return Row(node, online=True, note=str(error).removeprefix(f"{node.name}: "))
    except (NodeError, UnknownOutcome) as error:
        return Row(node, online=False, note=str(error))


async def beside(work: Callable[[], Row]) -> Row:
    """The row of what blocks, or its error; in a thread that may be left: an executor waits."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Row] = loop.create_future()

    def run() -> None:
        with _Ending() as ended:
            ended.keep(work())
        with suppress(RuntimeError):  # nobody waits any more
            loop.call_soon_threadsafe(ended.hand_to, answer)

    Thread(target=run, daemon=True).start()
    return await answer


class _Ending:
    """What the work of a thread ended with; whoever waits gets it, be it a row or an error."""

    def __init__(self) -> None:
        self._row: Row | None = None
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        self._error = error
        return True  # it is handed on, not lost

    def keep(self, row: Row) -> None:
        """It has come to its end."""
        self._row = row

    def hand_to(self, waiting: asyncio.Future[Row]) -> None:
        """Tell whoever waits; not twice."""
        if waiting.done():
            return
        if self._row is None:
            waiting.set_exception(self._error or RuntimeError("the thread told nothing"))
        else:
            waiting.set_result(self._row)


async def _over_the_link(node: Node, secrets: Sequence[Secret]) -> Row:
    def keys(_: str) -> Sequence[Secret]:
        return secrets

    steady = Steady(
        lambda: Link(node.address, node.port, uid=node.uid, secret=keys, timeout=TIMEOUT)
    )
    try:
        if (await steady.open()).locked:
            return Row(node, online=True, note="wants a password, and none is kept for it")
        facts = parse(await steady.tell("status >json"))
        return _row(node, facts or {})
    finally:
        await steady.close()


def _by_text(node: Node) -> Row:
    """What an older node tells; it gets no password."""
    shell = TextShell(node.address, node.port, uid=node.uid, timeout=TIMEOUT, lifetime=LIFETIME)
    try:
        with shell:
            if shell.locked:
                return Row(node, online=True, note="speaks text alone, and wants a password")
            answer = shell.command("status >json")
            facts = parse(answer)
            if answer.startswith(_OURS):
                return Row(node, online=True, note=answer)
            return _row(node, facts) if facts else _of_old(node, shell)
    except LoginError as error:
        return Row(node, online=True, note=str(error))
    except NodeError as error:
        return Row(node, online=False, note=str(error))


def _of_old(node: Node, shell: TextShell) -> Row:
    """A node that has no such word."""
    free = re.search(r"\d{1,12}", shell.command("system memfree").rpartition(":")[2])
    version = _version(shell.command("version"))
    return Row(node, online=True, version=version, mem_free=int(free[0]) if free else None)


def _row(node: Node, facts: Mapping[str, object]) -> Row:
    version, free, problems = facts.get("version"), facts.get("mem_free"), facts.get("problems")
    uptime, reset = facts.get("uptime"), facts.get("reset")
    told = cast(list[object], problems) if isinstance(problems, list) else []
    sentences = tuple(map(sentence, told))
    return Row(
        node,
        online=True,
        version=_version(version) if isinstance(version, str) else None,
        mem_free=free if isinstance(free, int) else None,
        note="; ".join(sentences),
        uptime=uptime if isinstance(uptime, int) else None,
        reset=sentence(reset, 32) if isinstance(reset, str) else "",
        problems=sentences,
        facts=facts,
    )


def parse(text: str) -> Mapping[str, object] | None:
    """The facts in the answer to `status >json`; None when it is no JSON object."""
    try:
        facts: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return cast(dict[str, object], facts) if isinstance(facts, dict) else None


def _version(text: str) -> str:
    return sentence(text.splitlines()[0], 32) if text else ""
