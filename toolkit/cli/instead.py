"""What --restore says a board is to be, instead of what it was; for all that installs."""

import argparse
import asyncio
from dataclasses import replace

from toolkit.cli import network, questions, ui
from toolkit.model import settings, vault
from toolkit.model.backup import Backup
from toolkit.model.errors import InputError
from toolkit.operations import archive, restore, restore_air
from toolkit.operations.air import dialer
from toolkit.operations.make import Answers, Made
from toolkit.operations.prepare import Prepared


def wanted(options: argparse.Namespace) -> restore.Wanted | None:
    """The backup that --restore names, read before any board is touched; None without it."""
    if not options.restore:
        return None
    name, *words = options.restore
    parts = restore.parts(words)
    found = archive.find(name, ui.warn)
    if restore.FILES in parts:
        found = archive.completed(found)
        for sentence in found.backup.gaps:
            ui.warn(f"{found.name}: {sentence}")
    return restore.Wanted(found, parts)


def of(
    options: argparse.Namespace,
    wish: questions.Wish,
    prepared: Prepared,
    source: restore.Wanted | None,
    *,
    virtual: bool,
) -> tuple[questions.Wish, Prepared]:
    """What --restore says the board is to be; without it what it was."""
    if source is None:
        if prepared.found and not prepared.read:  # that of an earlier time, which is taken
            for sentence in prepared.found.gaps:
                ui.warn(sentence)
        return wish, prepared
    whole = source.stored.backup
    taken, sentences = restore.becomes(prepared, source, force=options.force)
    _check_alone(options, wish, whole, prepared.chip.uid)
    for sentence in sentences:
        ui.warn(sentence)
    given = dict(wish.given)
    network_name = given.get("staessid", taken.settings.get("staessid", ""))
    known = "stapwd" in given or taken.secrets.get("stapwd") or virtual
    if network_name and not known:
        given |= _wifi_password(wish, str(network_name), whole.name)
    return replace(wish, given=given, known=True, ask=False), taken


def carried(answers: Answers, prepared: Prepared, *, erased: bool) -> Answers:
    """What comes onto the board beside its settings: all that it does not have any more."""
    found = prepared.found
    if found is None or (prepared.read and not erased):
        return answers
    return replace(answers, files=found.files, kept=found.kept)


def in_its_place(source: restore.Wanted | None, made: Made) -> None:
    """A board that is now the node of another one: that one is not known any more."""
    old = source.stored.backup if source else None
    if old and old.uid not in ("", made.node.uid) and made.node.name == old.name:
        network.cache().forget(old.uid)


def _check_alone(
    options: argparse.Namespace, wish: questions.Wish, whole: Backup, uid: str
) -> None:
    """InputError where the node that is to be replaced, or another of its name, still serves."""
    if whole.uid == uid or options.force or wish.given.get("devfid", whole.name) != whole.name:
        return
    for node in network.cache().nodes():
        same = node.uid == whole.uid or (node.name == whole.name and node.uid != uid)
        if same and asyncio.run(restore_air.serves(dialer(network.vault()), node)):
            raise InputError(
                f"{whole.name} ({node.uid}) still serves at {node.endpoint}, and two nodes of one "
                "name are hard to tell apart: --set devfid=… names the new one, --force takes the "
                "name all the same"
            )


def _wifi_password(wish: questions.Wish, name: str, node: str) -> dict[str, settings.Value]:
    if wish.ask:
        return {"stapwd": ui.ask(f"password of the Wi-Fi {name}", "", str, secret=True)}
    ui.warn(
        f"the password of the Wi-Fi {name} is not in {vault.path()}, so {node} will open its own: "
        "--set stapwd=- asks for it"
    )
    return {}
