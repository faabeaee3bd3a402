"""What is told of backups: rows of a list, facts for programs, all that is in one; no secret."""

from typing import Any

from toolkit.model import difference
from toolkit.model.backup import Backup
from toolkit.model.unknown import as_null
from toolkit.operations.archive import Listed, Stored
from toolkit.operations.prepare import left_out

HEADERS = ("backup", "node", "uid", "board", "version", "time", "made", "settings", "files")
_LONGEST = 1000  # characters of a value that a person is shown


def row(listed: Listed) -> tuple[str, ...]:
    """One backup under `HEADERS`; the time is that of this computer's zone."""
    it = listed.head
    files = f"{len(it.files)} ({it.size} B)" if it.files else ""
    lacking = f"{len(it.left_out)} not in it" if it.left_out else ""
    return (
        *(listed.name, it.name, it.uid, it.board, it.version),
        *(listed.time.isoformat(" ", "seconds"), it.made, str(it.settings)),
        ", ".join(filter(None, (files, lacking))),
    )


def facts(listed: Listed) -> dict[str, Any]:
    """One backup of a list, for programs."""
    it = listed.head
    told = {
        "backup": listed.name,
        "path": str(listed.path),
        "node": it.name,
        "uid": it.uid,
        "board": it.board,
        "version": it.version,
        "time": listed.time.isoformat(timespec="seconds"),
        "made": it.made,
        "settings": it.settings,
        "files": sorted(it.files),
        "bytes": it.size,
        "left_out": [name for name, _ in it.left_out],
    }
    return as_null(told)


def all_facts(stored: Stored) -> dict[str, Any]:
    """What is in a backup, for programs; of its passwords the names alone."""
    whole = stored.backup
    return facts(stored.listed) | {
        "settings": {it: difference.value(value, 8192) for it, value in whole.settings.items()},
        "files": {it: len(content) for it, content in whole.files.items()},
        "state": sorted(whole.kept or {}),
        "passwords": sorted(whole.secrets),
    }


def lines(stored: Stored) -> list[str]:
    """What is in a backup, for people."""
    whole = stored.backup
    titles = zip(HEADERS[1:7], row(stored.listed)[1:7], strict=True)
    return [
        str(stored.path),
        *(f"  {title:<10}{text}" for title, text in titles),
        *(
            f"  {name} = {difference.value(value, _LONGEST)}"
            for name, value in sorted(whole.settings.items())
        ),
        *(f"  {name} ({len(content)} B)" for name, content in sorted(whole.files.items())),
        *(f"  kept state of {owner}" for owner in sorted(whole.kept or {})),
        *(
            f"  {name} ({size} B) was too large or not readable, and is not in it"
            for name, size in whole.left_out
        ),
        *(f"  {name} in clear text (not shown)" for name in sorted(whole.secrets)),
    ]


def passwords(stored: Stored) -> str:
    """Where the passwords of that node are, for people."""
    names = ", ".join(sorted(stored.backup.secrets))
    if not names:
        return "passwords are in no backup of ours: those of the nodes lie in secrets.json"
    return (
        f"this archive was written by micrOS and holds {names} in clear text: --restore uses it; "
        "afterwards keep the file where nobody else reads it, or remove it"
    )


def contents(found: Backup) -> str:
    """What a backup that was just made has in it, in one sentence."""
    files = f"{len(found.files)} files of your own ({found.size} B)"
    state = f", state of {', '.join(sorted(found.kept))}" if found.kept else ""
    return f"{len(found.settings)} settings, {files}{state}{left_out(found)}"
