"""The steps of a self-check over the network: shell, modules, settings, restart, update."""

import math
import re
import time
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import suppress

from toolkit.model import settings as known_settings
from toolkit.model.errors import FaultError, NodeError
from toolkit.model.node import Node
from toolkit.model.outcome import GOOD, Outcome
from toolkit.model.package import package
from toolkit.model.progress import Progress
from toolkit.model.selfcheck_report import Figure
from toolkit.model.state import State, read_problems
from toolkit.model.text import sentence
from toolkit.operations.air import ANSWER, Tell, driven, within
from toolkit.operations.build import build
from toolkit.operations.ota import Order, returned, state_of, turn_back, update
from toolkit.operations.selfcheck_bench import Bench, Found, LeftOut, Work, unfinished
from toolkit.operations.status import parse
from toolkit.transport.linkconf import shown
from toolkit.transport.steady import Steady

_TRIED = "soctout"  # a setting that nothing depends on while a link is open
_CALLS = ("average window selfcheck 60 20", "average forget selfcheck")  # touch no pin
_VALUE = 20.0  # which the first of them answers


async def _shell(bench: Bench, node: Steady) -> Found:
    begin = time.monotonic()
    await node.open()
    seconds = time.monotonic() - begin
    version = await node.tell("version")
    begin = time.monotonic()
    await node.tell("hello")
    answer = (time.monotonic() - begin) * 1000
    bench.served = True
    figures: dict[str, Figure] = {"version": version, "login s": round(seconds, 2)}
    return Found(figures={**figures, "answer ms": round(answer, 1)})


async def _network(_bench: Bench, node: Steady) -> Found:
    told = await node.tell("system rssi")
    strength = re.search(r"-?\d+\s*$", told)  # behind the network's name, which is private
    return Found(figures={"signal dBm": int(strength[0]) if strength else None})


async def _memory(_bench: Bench, node: Steady) -> Found:
    told = await node.tell("status >json")
    if problems := read_problems(told):
        raise FaultError(f"the node says: {'; '.join(problems)}")
    facts = parse(told) or {}
    sizes = {"free B": facts.get("mem_free"), "largest piece B": facts.get("mem_largest")}
    return Found(figures={key: it for key, it in sizes.items() if isinstance(it, int)})


async def _modules(_bench: Bench, node: Steady) -> Found:
    value, _ = [await node.run(line) for line in _CALLS]
    if _number("average", value) != _VALUE:
        raise FaultError(f"average: expected {_VALUE:g}, got {value[:40]!r}")
    free = (await node.tell("system memfree")).rpartition(":")[2]
    return Found(figures={"free with one loaded B": round(_number("system memfree", free))})


async def _settings(bench: Bench, node: Steady) -> Found:
    before = await _conf(node)
    old = round(_number(f"the setting {_TRIED}", before.get(_TRIED, "nothing")))
    bench.settings = before
    new = old + 1 if old < 1000 else old - 1
    bench.changed.append(f"the setting {_TRIED}, which was {old}, may be {new}")
    try:
        await _set(node, new)
        now = (await _conf(node)).get(_TRIED)
    finally:
        await _set(node, old)
    bench.changed.pop()
    if now != str(new):
        raise FaultError(f"{_TRIED} was set to {new} and is {now}")
    return Found(f"{_TRIED} changed, read, changed back")


def _number(what: str, text: str) -> float:
    """What a node answers with; FaultError where that is no number."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise FaultError(f"{what}: expected a number, got {sentence(text, 40)!r}")
    return value


async def _set(node: Steady, value: int) -> None:
    link = await node.open()
    await within(ANSWER, "conf", link.request("conf", set={_TRIED: value}))


async def _conf(node: Steady) -> dict[str, str]:
    link = await node.open()
    return shown(await within(ANSWER, "conf", link.request("conf")))


async def _restart(bench: Bench, node: Steady) -> Found:
    link = await node.open()
    before, begin = link.boot, time.monotonic()
    with suppress(NodeError):  # the reset may be quicker than the answer
        await within(ANSWER, "reboot", link.run("reboot"))
    await returned(bench.dial, _served(bench), before)
    return Found(figures={"took s": round(time.monotonic() - begin, 1)})


def _update(bench: Bench) -> Generator[Progress, None, Found]:
    """Into the slot that does not run, tried, confirmed, and back; what runs is as it was."""
    node = _served(bench)
    board = bench.needs(bench.board, "what board it is, is not known")
    if bench.is_leaf:
        raise LeftOut("an ESP8266 takes releases over the cable only")
    state = bench.ask(_state)
    if state.left is not None:
        raise LeftOut("a release is on trial on it")
    made = package((yield from unfinished(build(board.family))))
    begin = time.monotonic()
    order = Order(made, force=True)
    _well((yield from _driven(lambda tell: update(bench.dial, node, order, tell))), "update")
    seconds = time.monotonic() - begin
    there = "b" if state.slot == "a" else "a"
    bench.changed.append(f"slot {there}, which does not run, has the release of this toolkit now")
    _well((yield from _driven(lambda tell: turn_back(bench.dial, node, tell))), "back")
    after = bench.ask(_state)
    if (after.slot, after.release) != (state.slot, state.release):
        raise FaultError(f"it runs {after.version} in slot {after.slot} after it went back")
    return Found(figures={"update s": round(seconds), "runs again": after.version})


def _driven(
    work: Callable[[Tell], Awaitable[Outcome]],
) -> Generator[Progress, None, Outcome]:
    return (yield from unfinished(driven(work)))


async def _state(node: Steady) -> State:
    return await state_of(await node.open())


def _well(outcome: Outcome, what: str) -> None:
    if outcome.verdict not in GOOD:
        raise FaultError(f"{what}: {outcome.verdict}: {outcome.note}")


def _pins(_bench: Bench) -> Generator[Progress, None, Found]:
    """What is wired to a pin nobody but the owner knows."""
    yield Progress("pins")
    raise LeftOut("no pin is touched: what is wired to them is not known")


async def _as_found(bench: Bench, node: Steady) -> Found:
    if not bench.settings:
        raise LeftOut("no settings were changed")
    now = await _conf(node)
    states = {name for name, row in known_settings.table().items() if row.read_only}
    before = bench.settings  # states are left out: just started, a node is in no network yet
    differ = sorted(it for it in now if it not in states and now[it] != before.get(it))
    if differ:
        bench.changed += [f"the setting {key}" for key in differ]
        raise FaultError(f"settings are not as they were: {', '.join(differ)}")
    return Found(f"{len(now.keys() - states)} settings are as they were")


def _asking(
    name: str, ask: Callable[[Bench, Steady], Awaitable[Found]], *, served: bool = True
) -> tuple[str, Work]:
    """A step that is asked on one connection; `served`: only where a login has been well."""

    def work(bench: Bench) -> Generator[Progress, None, Found]:
        yield Progress(name)
        if served:
            _served(bench)
        return bench.ask(lambda node: ask(bench, node))

    return name, work


def _served(bench: Bench) -> Node:
    """The node, when it has let us in."""
    node = bench.needs(bench.node, "no node serves on it")
    if not bench.served:
        raise LeftOut("nobody could log in to the node")
    return node


STEPS: Sequence[tuple[str, Work]] = (
    _asking("shell", _shell, served=False),
    _asking("restart", _restart),
    _asking("memory", _memory),
    _asking("settings", _settings),
    _asking("network", _network),
    _asking("modules", _modules),
    ("update", _update),
    _asking("as found", _as_found),
    ("pins", _pins),
)
