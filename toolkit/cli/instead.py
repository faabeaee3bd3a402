"""What --restore says a board is to be, instead of what it was; for all that installs."""

import argparse
from dataclasses import replace

from toolkit.cli import network, questions, ui
from toolkit.model import settings, vault
from toolkit.operations import archive, namesakes, restore
from toolkit.operations.air import dialer
from toolkit.operations.prepare import Prepared


def wanted(options: argparse.Namespace) -> restore.Wanted | None:
    """The backup that --restore names, read before any board is touched; None without it."""
    if not options.restore:
        return None
    name, *words = options.restore
    parts = restore.parts(words)
    found = restore.Wanted(archive.find(name, ui.warn), parts)
    restore.check_parts(found)
    return found


def lent(source: restore.Wanted, uid: str, *, erased: bool) -> restore.Wanted:
    """The same with the files that the backup lacks, told, where the board cannot have them."""
    found, sentences = restore.lent(source, uid, erased=erased)
    for sentence in sentences:
        ui.warn(sentence)
    return found


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
            for sentence in prepared.found.gaps():
                ui.warn(sentence)
        return wish, prepared
    source = lent(source, prepared.chip.uid, erased=options.make or not prepared.read)
    whole = source.stored.backup
    taken, sentences = restore.becomes(prepared, source, force=options.force)
    if not (options.force or namesakes.is_renamed(whole, wish.given)):
        known, dial = network.cache().nodes(), dialer(network.vault())
        namesakes.check_alone(dial, whole, prepared.chip.uid, known)
    for sentence in sentences:
        ui.warn(sentence)
    given = dict(wish.given)
    if name := restore.lacks_password(taken, given, virtual=virtual):
        given |= _wifi_password(wish, name, whole.name)
    known = restore.SETTINGS in source.parts or prepared.found is not None
    return replace(wish, given=given, known=known, ask=False), taken


def _wifi_password(wish: questions.Wish, name: str, node: str) -> dict[str, settings.Value]:
    if wish.ask:
        return {"stapwd": ui.ask(f"password of the Wi-Fi {name}", "", str, secret=True)}
    ui.warn(
        f"the password of the Wi-Fi {name} is not in {vault.path()}, so {node} will open its own: "
        "--set stapwd=- asks for it"
    )
    return {}
