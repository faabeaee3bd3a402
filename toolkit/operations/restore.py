"""What a node becomes out of a backup: on the same board, or on one that takes its place.

The uid stays the board's. Name and passwords go along with the settings: whoever knew the node
finds it as it was.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from toolkit.model import files, settings
from toolkit.model.backup import Backup
from toolkit.model.errors import InputError
from toolkit.model.node import Node
from toolkit.operations import archive, snapshot
from toolkit.operations.archive import Stored
from toolkit.operations.prepare import Prepared, known_secrets

SETTINGS, FILES, STATE = "settings", "files", "state"
PARTS = (SETTINGS, FILES, STATE)


@dataclass(frozen=True)
class Wanted:
    """A backup to be restored, and which parts of it."""

    stored: Stored
    parts: Collection[str] = PARTS

    @property
    def backup(self) -> Backup:
        """What is restored: the parts that are wanted."""
        whole = self.stored.backup
        return replace(
            whole,
            settings=whole.settings if SETTINGS in self.parts else {},
            files=whole.files if FILES in self.parts else {},
            kept=whole.kept if STATE in self.parts else None,
        )


def wanted(words: Sequence[str] | None, report: files.Report) -> Wanted | None:
    """What the words of --restore name, read before any board is touched; None without them."""
    if not words:
        return None
    named = parts(words[1:])
    found = Wanted(archive.find(words[0], report), named)
    check_parts(found)
    return found


def parts(words: Sequence[str]) -> Collection[str]:
    """The parts that somebody named, all without a word; InputError for what is none."""
    for word in words:
        if word not in PARTS:
            raise InputError(
                f"--restore: expected a backup, then what of it: {', '.join(PARTS)}; got {word!r}"
            )
    return tuple(words) or PARTS


def sound(found: Mapping[str, Any]) -> tuple[dict[str, settings.Value], list[str]]:
    """The settings that a node of this release can have, and a sentence for each other one."""
    good: dict[str, settings.Value] = {}
    sentences: list[str] = []
    for name, value in found.items():
        row = settings.table().get(name)
        try:
            if row is None:
                raise InputError(f"{name} is no setting of this release")
            if not row.read_only:
                settings.check(row, value)
                good[name] = value
        except InputError as error:
            sentences.append(f"left out: {error}")
    return good, sentences


def lent(wanted: Wanted, uid: str, *, erased: bool) -> tuple[Wanted, list[str]]:
    """The same with the files that the backup lacks, where the board with that uid has none.

    And a sentence for each thing that is to be known of them. `erased`: it is to be erased, or no
    node was found on it, however that came.
    """
    if FILES not in wanted.parts:
        return wanted, []
    stays = wanted.stored.backup.uid == uid and not erased
    stored = wanted.stored if stays else archive.completed(wanted.stored)
    told = [f"{stored.name}: {it}" for it in stored.backup.gaps(stays=stays)]
    return replace(wanted, stored=stored), told


def check_parts(wanted: Wanted) -> None:
    """InputError where the settings are wanted of a backup that could not read them."""
    if SETTINGS in wanted.parts and snapshot.without_settings(wanted.stored.backup):
        raise InputError(
            f"{wanted.stored.name} has no settings, they were damaged when it was made: take "
            f"another backup, or of this one {FILES} {STATE} alone"
        )


def check_same(whole: Backup, node: Node) -> None:
    """InputError where a node in the network is another one than that of the backup."""
    if whole.uid not in ("", node.uid):
        raise InputError(
            f"{node.name} ({node.uid}) is another node than the one of the backup, {whole.name} "
            f"({whole.uid}): --force makes it that"
        )


def lacks_password(
    prepared: Prepared, given: Mapping[str, settings.Value], *, virtual: bool
) -> str:
    """The Wi-Fi that a board is to join and whose password nobody knows; empty without one.

    The air of the virtual boards has one that everybody knows.
    """
    name = str(given.get("staessid", prepared.settings.get("staessid", "")))
    known = virtual or "stapwd" in given or prepared.secrets.get("stapwd")
    return "" if known else name


def becomes(
    prepared: Prepared, wanted: Wanted, *, force: bool = False
) -> tuple[Prepared, list[str]]:
    """The board as if it had been that node, and what of its settings is left out.

    InputError where the board is another node already, unless `force`.
    """
    whole, uid = wanted.stored.backup, prepared.chip.uid
    if prepared.read and whole.uid not in ("", uid) and not force:
        name = prepared.settings.get("devfid", settings.setting("devfid").default)
        raise InputError(
            f"the board is a node already, {name} ({uid}), and the backup is of {whole.name} "
            f"({whole.uid}): --force makes it that; what it is now has been backed up"
        )
    if SETTINGS not in wanted.parts:
        board = prepared.found.board if prepared.found else whole.board  # its pins are settings
        found = replace(wanted.backup, settings=prepared.settings, board=board)
        return replace(prepared, found=found, read=False), []
    good, sentences = sound(whole.settings)
    sentences = [*whole.notes, *sentences]
    taken = replace(
        prepared,
        settings={**good, "devfid": whole.name},
        secrets=_secrets(prepared, whole),
        found=wanted.backup,
        read=False,
    )
    return taken, sentences


def _secrets(prepared: Prepared, whole: Backup) -> dict[str, Any]:
    """On the same board its own passwords, on another one those of the node it becomes."""
    board = {**known_secrets(prepared.chip.uid), **prepared.secrets}
    known = {**whole.secrets, **known_secrets(whole.uid)}
    same = whole.uid == prepared.chip.uid
    return {**known, **board, "claimed": True} if same else {**board, **known, "claimed": True}
