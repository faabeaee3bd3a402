"""The options about backups: make one, look at them, compare, restore."""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from toolkit.cli import air, network, questions, target, ui
from toolkit.model import difference, paths, settings
from toolkit.model.backup import Backup
from toolkit.model.errors import InputError, UsageError
from toolkit.operations import archive, cable_backup, restore, restore_air, snapshot_air
from toolkit.operations.air import dialer
from toolkit.operations.make import Answers, Made
from toolkit.operations.prepare import Prepared, left_out

_HEADERS = ("backup", "node", "uid", "board", "version", "time", "made", "settings", "files")
_WORDS = "nothing, or list, show NAME, diff NAME, diff NAME NAME"


def backup(options: argparse.Namespace) -> int:
    """Back up a node over the cable or the air, or look at the backups there are."""
    words = options.backup_node_config
    if not words:
        return _make(options)
    if words == ["list"]:
        return _list(options)
    if words[0] == "show" and len(words) == 2:
        return _show(options, words[1])
    if words[0] == "diff" and len(words) in (2, 3):
        return _diff(options, *words[1:])
    raise UsageError(f"-b: expected {_WORDS}; got {' '.join(words)!r}")


def _make(options: argparse.Namespace) -> int:
    over_the_air = options.connect_parameters is not None
    if options.dummy:
        where = ["ask the node over the link"] if over_the_air else target.steps(options)
        steps = [*where, *cable_backup.STEPS[: 2 if over_the_air else 3]]
        for number, line in enumerate(steps, 1):
            ui.say(f"would {number}. {line}")
        return 0
    if over_the_air:
        node = air.known_node(air.wanted_node(options))
        stored = ui.follow(snapshot_air.back_up(dialer(network.vault()), node))
    else:
        stored = ui.follow(cable_backup.back_up(target.find(options).device))
    if options.json:
        ui.as_json(_facts(stored))
        return 0
    ui.say(f"{stored.backup.name}: {_contents(stored.backup)}: {stored.path}")
    return 0


def _list(options: argparse.Namespace) -> int:
    found = archive.every(ui.warn)
    if options.json:
        ui.as_json([_facts(it) for it in found])
        return 0
    if not found:
        ui.say(f"no backups yet in {archive.folder()}")
        return 0
    ui.table([_row(it) for it in found], _HEADERS)
    return 0


def _show(options: argparse.Namespace, name: str) -> int:
    stored = archive.find(name, ui.warn)
    whole = stored.backup
    if options.json:
        shown = {it: difference.value(value, 8192) for it, value in whole.settings.items()}
        files = {it: len(content) for it, content in whole.files.items()}
        more = {"settings": shown, "files": files, "state": sorted(whole.kept or {})}
        ui.as_json(_facts(stored) | more)
        return 0
    ui.say(f"{stored.path}")
    for title, text in zip(_HEADERS[1:7], _row(stored)[1:7], strict=True):
        ui.say(f"  {title:<10}{text}")
    for name, value in sorted(whole.settings.items()):
        ui.say(f"  {name} = {difference.value(value, 1000)}")
    for name, content in sorted(whole.files.items()):
        ui.say(f"  {name} ({len(content)} B)")
    for owner in sorted(whole.kept or {}):
        ui.say(f"  kept state of {owner}")
    for name, size in whole.left_out:
        ui.say(f"  {name} ({size} B) was too large, and is not in it")
    ui.note("passwords are in no backup: those of the nodes lie in secrets.json")
    return 0


def _diff(options: argparse.Namespace, name: str, other: str | None = None) -> int:
    here = archive.find(name, ui.warn)
    if options.dummy and other is None:
        ui.say(f"would compare {here.name} with the node")
        return 0
    secrets: Sequence[str] = ()
    if other is not None:
        there, label = archive.find(other, ui.warn).backup, other
    elif options.port or options.virtual is not None:
        there, secrets = ui.follow(cable_backup.read_now(target.find(options).device))
        label = "now"
    else:
        wanted = air.wanted_node(options) or here.backup.uid
        dial = dialer(network.vault())
        there, label = ui.follow(snapshot_air.read_now(dial, air.known_node(wanted))), "now"
    rows = difference.differences(here.backup, there)
    rows += [(it, "differs from the one kept here", "not shown") for it in secrets]
    if options.json:
        ui.as_json([{"what": what, "backup": one, "other": two} for what, one, two in rows])
    elif rows:
        ui.table(rows, ("what", here.name, label))
    else:
        ui.say(f"{here.name}: nothing differs")
    return 0


def restored(options: argparse.Namespace) -> restore.Wanted | None:
    """The backup that --restore names, read before any board is touched; None without it."""
    if not options.restore:
        return None
    name, *words = options.restore
    parts = restore.parts(words)
    return restore.Wanted(archive.find(name, ui.warn), parts)


def over_the_air(options: argparse.Namespace) -> int:
    """Restore a node that runs, over the link."""
    wanted = restored(options)
    assert wanted
    whole = wanted.stored.backup
    if options.dummy:
        parts = ", ".join(wanted.parts)
        ui.say(
            f"would back up {options.connect_parameters.strip() or 'the one node'}, then give it"
        )
        ui.say(f"would {parts} of {wanted.stored.name} ({_contents(whole)})")
        return 0
    node = air.known_node(air.wanted_node(options))
    if whole.uid not in ("", node.uid) and not options.force:
        raise InputError(
            f"{node.name} ({node.uid}) is another node than the one of the backup, {whole.name} "
            f"({whole.uid}): --force makes it that"
        )
    dial = dialer(network.vault())
    before = snapshot_air.back_up_before(dial, node, "before --restore", wanted.stored.path)
    ui.follow(before)
    with_settings = restore.SETTINGS in wanted.parts
    done = ui.follow(restore_air.restore(dial, node, wanted.backup, with_settings=with_settings))
    for text in done.notes:
        ui.note(text)
    if wanted.backup.kept:
        ui.note("what modules keep comes back over the cable alone")
    what = [*done.settings, *done.files]
    ui.say(f"{node.name}: restored: {', '.join(what)}" if what else f"{node.name}: nothing differs")
    return 0


def instead(
    options: argparse.Namespace,
    wish: questions.Wish,
    prepared: Prepared,
    wanted: restore.Wanted | None,
    *,
    virtual: bool,
) -> tuple[questions.Wish, Prepared]:
    """What --restore says the board is to be; without it what it was."""
    if wanted is None:
        return wish, prepared
    whole = wanted.stored.backup
    taken, sentences = restore.becomes(prepared, wanted, force=options.force)
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


def in_its_place(wanted: restore.Wanted | None, made: Made) -> None:
    """A board that is now the node of another one: that one is not known any more."""
    old = wanted.stored.backup if wanted else None
    if old and old.uid not in ("", made.node.uid) and made.node.name == old.name:
        network.cache().forget(old.uid)


def _check_alone(
    options: argparse.Namespace, wish: questions.Wish, whole: Backup, uid: str
) -> None:
    """InputError where the node that is to be replaced still serves."""
    if whole.uid == uid or options.force or wish.given.get("devfid", whole.name) != whole.name:
        return
    for node in network.cache().nodes():
        if node.uid == whole.uid and asyncio.run(restore_air.serves(dialer(network.vault()), node)):
            raise InputError(
                f"{whole.name} ({whole.uid}) still serves at {node.endpoint}, and two nodes of one "
                "name are hard to tell apart: --set devfid=… names the new one, --force takes the "
                "name all the same"
            )


def _wifi_password(wish: questions.Wish, name: str, node: str) -> dict[str, settings.Value]:
    if wish.ask:
        return {"stapwd": ui.ask(f"password of the Wi-Fi {name}", "", str, secret=True)}
    where = paths.user_data() / "secrets.json"
    ui.warn(
        f"the password of the Wi-Fi {name} is not in {where}, so {node} will open its own: "
        "--set stapwd=- asks for it"
    )
    return {}


def _contents(found: Backup) -> str:
    files = f"{len(found.files)} files of your own ({found.size} B)"
    state = f", state of {', '.join(sorted(found.kept))}" if found.kept else ""
    return f"{len(found.settings)} settings, {files}{state}{left_out(found)}"


def _row(stored: archive.Stored) -> tuple[str, ...]:
    it = stored.backup
    time = stored.time.isoformat(" ", "seconds")
    files = f"{len(it.files)} ({it.size} B)" if it.files else ""
    return (
        *(stored.name, it.name, it.uid, it.board, it.version, time, it.made),
        *(str(len(it.settings)), files),
    )


def _facts(stored: archive.Stored) -> dict[str, object]:
    it = stored.backup
    return {
        "backup": stored.name,
        "path": str(Path(stored.path)),
        "node": it.name,
        "uid": it.uid,
        "board": it.board,
        "version": it.version,
        "time": stored.time.isoformat(timespec="seconds"),
        "made": it.made,
        "settings": len(it.settings),
        "files": sorted(it.files),
        "bytes": it.size,
        "left_out": [name for name, _ in it.left_out],
    }
