"""Put a release on a board that runs MicroPython: into the slot that does not run.

The running release stays whole until the last write, the boot record: whenever the cable is pulled,
the board starts either the old release or the new one. See release_info/decisions.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from toolkit.model import node_files, paths, release
from toolkit.model.errors import InputError, PortError
from toolkit.model.progress import Progress, finished
from toolkit.model.release import Build, BuiltFile
from toolkit.model.text import kilobytes
from toolkit.operations import board as on_board
from toolkit.operations.build import compiled
from toolkit.operations.identifiers import swaps
from toolkit.transport import asking
from toolkit.transport.repl import Repl

RESERVE_BLOCKS = 16  # kept free for settings and their copies
_A_FILE = 60  # seconds in which a board hashes the largest file of a release

_HASHES = (
    asking.HASH
    + asking.WALK
    + """
def see(n, s):
    if s >= 0: say(repr((n, _hash(n))) + '\\n')
walk('/' + {slot!r}, see)
"""
)

_REMOVE = """
import os
def _remove(n):
    try: os.remove(n)
    except OSError: pass
"""

# A /slots.py would win over the compiled one; a .part is of a write that was cut off.
_SWEEP = """
for n in os.listdir('/'):
    if n == 'slots.py' or n.endswith('.part'): _remove('/' + n)
"""

_COPY = """
import gc
def _copy(n, m):
    b = bytearray(4096 if gc.mem_free() > 60000 else 1024); v = memoryview(b)
    with open(n, 'rb') as f, open(m, 'wb') as g:
        while True:
            k = f.readinto(b)
            if not k: break
            g.write(v[:k])
            print(end='.')
"""


@dataclass(frozen=True)
class Copied:
    """A release that lies whole on a board, and the boot record that starts it.

    No record: it is the one that runs already.
    """

    family: str
    record: dict[str, Any] | None


@dataclass(frozen=True)
class Plan:
    """What has to happen to a slot: the files to send, the stray ones to remove.

    `copies` are files that lie elsewhere on the board already, each with the path of one.
    """

    slot: str
    send: tuple[BuiltFile, ...]
    remove: tuple[str, ...]
    copies: tuple[tuple[BuiltFile, str], ...] = ()

    @property
    def new(self) -> tuple[BuiltFile, ...]:
        """All files that the slot has not got yet."""
        return self.send + tuple(file for file, _ in self.copies)


def plan(
    build: Build, slot: str, present: Mapping[str, str], elsewhere: Mapping[str, str] | None = None
) -> Plan:
    """Compare a build with a slot's files (`{path: sha256}`); touches no board.

    `elsewhere` are files of the running slot: the same ones need not be sent.
    """
    wanted = {f"/{slot}/{file.name}": file for file in build.files}
    lacking = [file for path, file in wanted.items() if present.get(path) != file.sha256]
    by_content = {sha256: path for path, sha256 in (elsewhere or {}).items()}
    send = tuple(file for file in lacking if file.sha256 not in by_content)
    copies = tuple((it, by_content[it.sha256]) for it in lacking if it.sha256 in by_content)
    keep = {*wanted, f"/{slot}/{release.MANIFEST}"}
    remove = tuple(sorted(path for path in present if path not in keep))
    return Plan(slot, send, remove, copies)


def copy(
    repl: Repl,
    build: Build,
    root_files: Mapping[str, bytes],
    *,
    own: Mapping[str, bytes] = MappingProxyType({}),
    anew: bool = False,
) -> Generator[Progress, None, Copied]:
    """Copy a build into the slot that does not run; nothing of it starts before `settle`.

    `root_files`, which `settle` will write, and the user's `own` must fit, too. `anew`: also where
    the board runs this very build, as where another is on trial, whose place it takes. Raises
    InputError when the release cannot run or does not fit there, PortError when the board goes
    away.
    """
    board = on_board.look(repl)
    on_board.check_loadable(board, build.family)
    record = on_board.current_record(repl)
    slot, same = _target(repl, record, build)
    running = _hashes(repl, str(record["run"])) if record else {}
    tried = bool(record and record.get("trial"))
    if same and not (anew or tried):
        todo = plan(build, slot, running)
        if not todo.send:  # at most strays, such as a .py that wins over its .mpy
            if own:
                _check_space(board, Plan(slot, (), ()), {**root_files, **own})
            _remove(repl, todo)
            return Copied(build.family, None)
    if same:
        slot = _other(slot)  # the running slot is damaged: repair it in the other one
    todo = plan(build, slot, _hashes(repl, slot), running)
    _check_space(board, todo, {**root_files, **own})
    yield from _fill(repl, build, todo)
    return Copied(build.family, _next_record(repl, record, slot))


def settle(
    repl: Repl, copied: Copied, root_files: Mapping[str, bytes]
) -> Generator[Progress, None, None]:
    """Write the given files of the root (settings, secrets), then let the copied release start.

    The boot record goes last: it alone decides what starts, and tells a node from a board that
    was to become one.
    """
    files = {**root_files, **starters(copied.family)}
    repl.run(_REMOVE + _SWEEP)
    if copied.record is not None:
        record = copied.record
        content = release.boot_record(record["seq"], record["run"], record["back"])
        files |= dict.fromkeys(on_board.RECORDS, content)
    for count, (name, content) in enumerate(files.items()):
        yield Progress("settings", count, len(files), "files", name)
        if repl.sha256(name) != _sha256(content):
            for _ in repl.put(name, content):
                pass
        if name == node_files.config_name():  # what waited to be written is in it
            repl.run(f"_remove({node_files.TRIED!r})")
    yield finished("settings")


def starters(family: str) -> dict[str, bytes]:
    """The files of the root by which a slot is chosen and started."""
    micros = paths.repository() / "micros"
    files = {"/boot.py": (micros / "boot.py").read_bytes()}
    files["/slots.mpy"] = compiled(micros / "slots.py", family, swaps(micros))
    files["/main.py"] = (micros / "main.py").read_bytes()
    return files


def _target(repl: Repl, record: dict[str, Any] | None, build: Build) -> tuple[str, bool]:
    """The slot to install into, and whether it already is this very build."""
    if record is None:
        return "a", False
    running = str(record["run"])
    if repl.get(f"/{running}/{release.MANIFEST}") == build.manifest:
        return running, True
    return _other(running), False


def _other(slot: str) -> str:
    return "b" if slot == "a" else "a"


def _hashes(repl: Repl, slot: str) -> dict[str, str]:
    said = repl.rows(_HASHES.format(slot=slot), str, str, timeout=_A_FILE)
    return {name: sha256 for name, sha256 in said}


def _check_space(board: on_board.Board, todo: Plan, root_files: Mapping[str, bytes]) -> None:
    """InputError unless the files fit, counted in blocks as the file system does."""
    sizes = [file.size for file in todo.new] + [len(content) for content in root_files.values()]
    folders = {file.name.rpartition("/")[0] for file in todo.new}
    needed = sum(-(-size // board.block) for size in sizes) + 2 * len(folders) + RESERVE_BLOCKS
    if needed > board.free_blocks:
        raise InputError(
            f"the flash is too full: {kilobytes(needed * board.block)} are needed and "
            f"{kilobytes(board.free_blocks * board.block)} are free; nothing was changed "
            "(remove files from the board; --make erases it first; --restore NAME settings brings "
            "no files)"
        )


def _fill(repl: Repl, build: Build, todo: Plan) -> Generator[Progress, None, None]:
    """Make a slot exactly the build: its manifest goes first and comes back last.

    Without it nothing starts from here, so the files are written in place and compared at the end.
    """
    slot = f"/{todo.slot}"
    repl.run(_REMOVE)
    repl.run(f"_remove({slot + '/' + release.MANIFEST!r})")
    _make_folders(repl, slot, build.files)
    total = sum(file.size for file in todo.send)
    sent = 0
    for file in todo.send:
        for done in repl.write(f"{slot}/{file.name}", file.source.read_bytes()):
            yield Progress("install", min(sent + done, total - 1), total, "B", file.name)
        sent += file.size
    repl.run(_COPY)
    for file, path in todo.copies:
        repl.run(f"_copy({path!r},{slot + '/' + file.name!r})")
    _remove(repl, todo)
    left = plan(build, todo.slot, _hashes(repl, todo.slot))
    if left.send or left.remove:
        raise PortError("the files on the board differ from what was sent: repeat the command")
    for _ in repl.put(f"{slot}/{release.MANIFEST}", build.manifest):
        pass
    copied = f" ({len(todo.copies)} more were on the board)" if todo.copies else ""
    yield finished("install", f"{len(todo.send)} files, {sent} B, slot {todo.slot}{copied}")


def _remove(repl: Repl, todo: Plan) -> None:
    repl.run(_REMOVE)
    for path in todo.remove:
        repl.run(f"_remove({path!r})")


def _make_folders(repl: Repl, slot: str, files: Sequence[BuiltFile]) -> None:
    folders = {slot, "/modules"}
    folders |= {f"{slot}/{file.name.rpartition('/')[0]}" for file in files if "/" in file.name}
    repl.run(
        f"for d in {sorted(folders)!r}:\n    try: os.mkdir(d)\n    except OSError: pass",
    )


def _next_record(repl: Repl, record: dict[str, Any] | None, slot: str) -> dict[str, Any]:
    """The record that starts `slot`; the release it leaves stays the way back."""
    if record is None:
        return {"seq": 1, "run": slot, "back": []}
    left = on_board.manifest(repl, str(record["run"]))
    back: list[int] = left["release"] if left and record["run"] != slot else []
    return {"seq": int(record["seq"]) + 1, "run": slot, "back": back}


def _sha256(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()
