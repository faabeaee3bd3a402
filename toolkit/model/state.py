"""What a node says of its releases, read so that a false answer is a sentence and no fault."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from toolkit.model import release
from toolkit.model.errors import NodeError

_MOST = 1000  # files of a release


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


def read_state(answer: object) -> State:
    """Read the answer to `update status`."""
    facts = _object(answer, "status")
    trial = facts.get("trial")
    left = None if trial is None else _number(_object(trial, "status").get("left"), "status")
    reason = facts.get("reason")
    return State(
        _text(facts.get("slot"), "status"),
        _release(facts.get("release"), "status"),
        left,
        _release(facts.get("failed") or [], "status"),
        reason[:200] if isinstance(reason, str) else "",
        _release(facts.get("back") or [], "status"),
        _number(facts.get("healthy"), "status"),
    )


def read_begun(answer: object) -> Begun:
    """Read the answer to `update begin`."""
    facts = _object(answer, "begin")
    missing = facts.get("missing")
    if not isinstance(missing, list) or len(cast(list[object], missing)) > _MOST:
        raise _false("begin")
    return Begun(
        _text(facts.get("token"), "begin"),
        _text(facts.get("slot"), "begin"),
        tuple(_text(one, "begin") for one in cast(list[object], missing)),
        _number(facts.get("kept"), "begin") + _number(facts.get("copied"), "begin"),
    )


def _false(step: str) -> NodeError:
    return NodeError(f"it answers update {step} with what is none")


def _object(value: object, step: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _false(step)
    return cast(dict[str, Any], value)


def _text(value: object, step: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 96:
        raise _false(step)
    return value


def _number(value: object, step: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _false(step)
    return value


def _release(value: object, step: str) -> tuple[int, ...]:
    if not isinstance(value, list) or len(cast(list[object], value)) > 8:
        raise _false(step)
    return tuple(_number(one, step) for one in cast(list[object], value))
