"""From blank flash to a serving node: the whole way, each step with its own progress and error."""

import asyncio
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from toolkit.model import node_files, paths, settings, vault
from toolkit.model.cache import FILE, Cache
from toolkit.model.errors import NodeError
from toolkit.model.node import Hello, Node
from toolkit.model.progress import Progress
from toolkit.model.release import Build
from toolkit.model.vault import Secret, new_password, secret_of
from toolkit.operations import archive, build, deploy, own_files, start
from toolkit.operations.install import copy, settle
from toolkit.operations.prepare import Prepared
from toolkit.operations.status import parse
from toolkit.transport.link import Link
from toolkit.transport.repl import Repl
from toolkit.transport.steady import Steady

STEPS = (
    "read chip, MAC and flash size, and archive the settings of the node on it",
    "ask for name, Wi-Fi and profile (--yes: take the defaults)",
    "erase the flash, write the firmware, verify it",
    "compile micros/ for the board",
    "install it into a free slot, with settings and a password of its own",
    "reset the board and wait for its hello",
)
_FIRST_START = 20.0  # seconds: a fresh firmware first formats its file system


@dataclass(frozen=True)
class Answers:
    """What the new node is to be: its uid, settings, secret settings; what to try and to wire.

    `files` of the user and what modules have `kept` come onto it, too.
    """

    uid: str
    settings: Mapping[str, settings.Value]
    secrets: Mapping[str, str] = field(repr=False)
    examples: Sequence[str] = ()
    wiring: Sequence[str] = ()
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes], repr=False)
    kept: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Made:
    """A node that serves: where, in whose Wi-Fi (sta, ap), and what it says of itself if asked."""

    node: Node
    mode: str
    hello: str = ""
    version: str = ""
    problems: Sequence[str] = ()
    wanted: str = ""  # the Wi-Fi that it was to join

    @property
    def alone(self) -> str:
        """How to reach a node in a network of its own; empty where it has joined one.

        NodeError where it was to join one, and did not.
        """
        if self.mode != "ap":
            return ""
        name = self.node.name
        told = (
            f"{name} is in no Wi-Fi and has opened its own, named {name}; its password is in "
            f"{vault.path()}: join it and set staessid and stapwd in its shell, or repeat the "
            f"command with the right Wi-Fi"
        )
        if self.wanted:
            raise NodeError(f"the Wi-Fi {self.wanted} was not joined: {told}")
        return told


def carried(answers: Answers, prepared: Prepared, *, erased: bool) -> Answers:
    """With what comes onto the board beside its settings: all that it does not have any more."""
    found = prepared.found
    if found is None or (prepared.read and not erased):
        return answers
    return replace(answers, files=found.files, kept=found.kept)


def make(
    device: str, family: str, image: Path, answers: Answers, board: str | None = None
) -> Generator[Progress, None, Made]:
    """Erase, flash, verify, compile, install, start.

    The caller has checked the image, asked, and archived before.
    """
    secret = _secret(answers)
    compiled = yield from build.build(family, board)
    yield from deploy.erase(device, answers.uid)
    yield from deploy.deploy(device, family, image)
    return (yield from _put(device, compiled, answers, secret))


def install(
    device: str, family: str, answers: Answers, board: str | None = None, *, anew: bool = False
) -> Generator[Progress, None, Made]:
    """Compile, install and start on a board that has MicroPython; `anew`: also what is there."""
    secret = _secret(answers)
    compiled = yield from build.build(family, board)
    return (yield from _put(device, compiled, answers, secret, anew=anew))


def _secret(answers: Answers) -> Secret:
    """The password that was set, else the known one, else a new one; read before any erase."""
    known = vault.opened().get(answers.uid)
    given = answers.secrets.get("appwd")
    return secret_of(answers.uid, given or (known.appwd if known else new_password()))


def _put(
    device: str, compiled: Build, answers: Answers, secret: Secret, *, anew: bool = False
) -> Generator[Progress, None, Made]:
    root = node_files.root_files(answers.settings, answers.secrets, secret, answers.kept)
    yield Progress("connect", note=device)
    with Repl(device, patience=_FIRST_START) as repl:
        own = own_files.missing(repl, answers.files)
        copied = yield from copy(repl, compiled, root, own=own, anew=anew)
        # Now the board learns them; they exist nowhere else.
        vault.opened().put(answers.uid, secret.appwd, stapwd=answers.secrets.get("stapwd", ""))
        yield from own_files.put(repl, own)
        if answers.kept is not None:
            own_files.forget_newer(repl)
        yield from settle(repl, copied, root)
        archive.whole(answers.uid)
        ready = yield from start.start(repl)
    return _greet(ready, secret, answers)


def _greet(ready: start.Ready, secret: Secret, answers: Answers) -> Made:
    """Remember the node, then log in over the network; NodeError when another one answers.

    A node in its own Wi-Fi cannot be reached from here: its word on the serial line is enough.
    """
    node = Node(answers.uid, ready.name, ready.address, ready.port)
    Cache(paths.user_data() / FILE).remember(node)
    if ready.mode == "ap":
        return Made(node, ready.mode, wanted=str(answers.settings.get("staessid", "")))
    hello, version, status = asyncio.run(_meet(node, secret))
    facts = parse(status) or {}
    told = f"hello:{hello.name}:{hello.uid}:{hello.kind}"
    problems = cast(list[str], facts.get("problems") or [])
    return Made(node, ready.mode, told, version, tuple(problems))


async def _meet(node: Node, secret: Secret) -> tuple[Hello, str, str]:
    """Log in for the first time: what the node says of itself, its version, its status."""
    new = Steady(lambda: Link(node.address, node.port, uid=node.uid, secret=secret))
    try:
        version, status = await new.tell("version"), await new.tell("status >json")
        return new.link.hello, version, status
    finally:
        await new.close()
