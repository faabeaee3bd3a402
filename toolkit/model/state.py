"""What a node says of itself, read so that a false answer is a sentence and no fault."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from toolkit.model import release
from toolkit.model.errors import NodeError
from toolkit.model.text import sentence

_MOST = 1000  # files of a release
_NUMBERS = (4, 5)  # of a release


@dataclass(frozen=True)
class State:
    """The answer to `update status`: what runs, whether it is on trial, what failed before."""

    slot: str
    release: tuple[int, ...]
    left: int | None  # seconds until the trial ends by itself; None: no trial
    failed: tuple[int, ...] = ()
    reason: str = ""
    back: tuple[int, ...] = ()
    healthy: int = 0  # seconds until it may be confirmed

    @property
    def version(self) -> str:
        """The release that runs, as a node prints it."""
        return release.shown(self.release)


@dataclass(frozen=True)
class Begun:
    """The answer to `update begin`: where the release goes and what is missing there."""

    token: str
    slot: str
    missing: tuple[str, ...]
    there: int


@dataclass(frozen=True)
class FirmwareState:
    """The answer to `update status` about firmware: the partition that runs, and how."""

    partition: str
    trial: bool
    reason: str = ""


def read_state(answer: object) -> State:
    """Read the answer to `update status`."""
    facts = _object(answer, "status")
    trial = facts.get("trial")
    left = None if trial is None else _number(_object(trial, "status").get("left"), "status")
    return State(
        _text(facts.get("slot"), "status"),
        _release(facts.get("release") or [], "status"),
        left,
        _release(facts.get("failed") or None, "status"),
        _reason(facts),
        _release(facts.get("back") or None, "status"),
        _number(facts.get("healthy"), "status"),
    )


def read_begun(answer: object) -> Begun:
    """Read the answer to `update begin`."""
    facts = _object(answer, "begin")
    missing = facts.get("missing")
    if not isinstance(missing, list) or len(cast(list[object], missing)) > _MOST:
        raise _false("begin", "a list of what is missing", cast(object, missing))
    return Begun(
        _text(facts.get("token"), "begin"),
        _text(facts.get("slot"), "begin"),
        tuple(_text(one, "begin") for one in cast(list[object], missing)),
        _number(facts.get("kept"), "begin") + _number(facts.get("copied"), "begin"),
    )


def read_firmware(answer: object) -> FirmwareState:
    """Read the answer to `update status` about firmware."""
    facts = _object(answer, "firmware status")
    partition = _text(facts.get("partition"), "firmware status")
    return FirmwareState(sentence(partition), bool(facts.get("trial")), _reason(facts))


def read_problems(text: str) -> tuple[str, ...]:
    """What is wrong with a node, from its answer to `status >json`."""
    try:
        facts: object = json.loads(text)
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict):
        raise _unlike("status", "an object", text)
    problems = cast(dict[str, object], facts).get("problems")
    if problems is None:
        return ()
    if not isinstance(problems, list):
        raise _unlike("the problems in status", "a list", problems)
    return tuple(map(sentence, cast(list[object], problems)))


def read_settings(answer: object) -> Mapping[str, object]:
    """Read the answer to `conf`."""
    if not isinstance(answer, dict):
        raise _unlike("conf", "an object", answer)
    return cast(dict[str, object], answer)


def _reason(facts: Mapping[str, Any]) -> str:
    reason = facts.get("reason")
    return sentence(reason) if isinstance(reason, str) else ""


def _unlike(what: str, expected: str, came: object) -> NodeError:
    return NodeError(f"expected {what} as {expected}, got {sentence(repr(came))[:80]}")


def _false(step: str, expected: str, came: object) -> NodeError:
    return _unlike(f"its answer to update {step}", expected, came)


def _object(value: object, step: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _false(step, "an object", value)
    return cast(dict[str, Any], value)


def _text(value: object, step: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 96:
        raise _false(step, "text", value)
    return value


def _number(value: object, step: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _false(step, "a number", value)
    return value


def _release(value: object, step: str) -> tuple[int, ...]:
    """A release: four or five numbers; none for None."""
    if value is None:
        return ()
    numbers = cast(list[object], value) if isinstance(value, list) else []
    if len(numbers) not in _NUMBERS:
        raise _false(step, "a release of 4 or 5 numbers", cast(object, value))
    return tuple(_number(one, step) for one in numbers)
