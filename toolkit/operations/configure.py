"""Settings of a node over the link: the short ones all or none, a long text as a payload."""

import json
from collections.abc import Iterable, Mapping

from toolkit.model import pins, settings
from toolkit.model.errors import InputError, RefusedError, ToolkitError
from toolkit.model.node import Node
from toolkit.model.outcome import Outcome, Verdict, ended
from toolkit.model.progress import Progress, finished
from toolkit.model.state import read_settings
from toolkit.model.text import sentence
from toolkit.model.vault import Vault
from toolkit.operations.air import ANSWER, Dial, Link, Tell, within
from toolkit.operations.facts import facts
from toolkit.transport.tags import Hidden

LINE = 700  # bytes of settings in one request: a line has 1024, and sealed ones grow by a third
_SUNNY = {"crontasks", "geo"}  # after a change of one of these it is worth a look
Values = Mapping[str, settings.Value]


def check(values: Values) -> None:
    """InputError for what is not changed this way, before any node is asked."""
    if "appwd" in values:
        raise InputError(
            "appwd: this desk must know the new password, too: change it in the node's shell (-c)"
        )


def learned(vault: Vault, values: Values, outcomes: Iterable[Outcome]) -> None:
    """Keep the Wi-Fi passwords that nodes have taken: they tell them nobody."""
    for outcome in outcomes:
        if "stapwd" in values and outcome.verdict is Verdict.UPDATED:
            vault.wifi(outcome.node.uid, str(values["stapwd"]))


async def configure(dial: Dial, node: Node, values: Values, tell: Tell) -> Outcome:
    """Change settings of a node; what it says of them is the outcome."""
    asked: list[str] = []
    try:
        async with dial(node) as link:
            board = (await facts(link)).board
            known = read_settings(await within(ANSWER, "conf", link.request("conf")))
            pins.check(board, {**known, **values}, set(values))
            said = await change(link, values, tell, asked)
            remarks = settings.remarks({**known, **values}) if _SUNNY & values.keys() else []
    except InputError as error:
        return Outcome(node, Verdict.REFUSED, str(error))
    except ToolkitError as error:
        refused = isinstance(error, RefusedError)  # of that request nothing was taken
        return ended(node, error, reached=len(asked) > refused)
    return Outcome(node, Verdict.UPDATED, "; ".join(filter(None, (said, *remarks))))


async def change(link: Link, values: Values, tell: Tell, asked: list[str]) -> str:
    """Give a link these settings; secrets leave sealed. What the node says of it, if anything.

    `asked` gets an entry before each request: after the first one something may have changed.
    """
    short, long = split(values)
    requests = len(long) + bool(short)
    said: list[object] = []
    if short:
        tell(Progress("settings", 0, requests))
        hidden = {name: _hidden(name, value) for name, value in short.items()}
        asked.append("short")
        said.append(await within(ANSWER, "conf", link.request("conf", set=hidden)))
    for name, text in long.items():
        tell(Progress("settings", len(said), requests, note=name))
        asked.append(name)
        said.append(await within(ANSWER, "conf", link.send("conf", text.encode(), key=name)))
    tell(finished("settings", ", ".join(values)))
    return "; ".join(dict.fromkeys(sentence(one) for one in said if one is not True))


def split(values: Values) -> tuple[dict[str, settings.Value], dict[str, str]]:
    """Those that go in one line, and the texts that are too long for it."""
    short: dict[str, settings.Value] = {}
    long: dict[str, str] = {}
    room = LINE
    for name, value in sorted(values.items(), key=lambda it: len(str(it[1]))):
        size = len(json.dumps({name: value})) * (2 if settings.setting(name).secret else 1)
        if isinstance(value, str) and size > room and not settings.setting(name).secret:
            long[name] = value
        else:
            short[name] = value
            room -= size
    return short, long


def _hidden(name: str, value: settings.Value) -> object:
    return Hidden(str(value)) if settings.setting(name).secret else value
