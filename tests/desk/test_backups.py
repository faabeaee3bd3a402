"""Backups as files: whole or refused, found by name, never with a secret, the newest kept."""

import ast
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest

from tests.support.toolkit import REPOSITORY
from toolkit.model import backup, node_files, old_backup
from toolkit.model.backup import Backup, Damaged
from toolkit.model.chip import Chip
from toolkit.model.difference import HIDDEN, differences
from toolkit.model.errors import InputError
from toolkit.operations import archive, restore
from toolkit.operations.prepare import Prepared

UID = "240ac4000001"
LAMP = Backup(
    "lamp",
    UID,
    {"soctout": 77, "boothook": "light on", "of_later": [1, 2]},
    "esp32",
    "0.5.0-0",
    datetime(2026, 11, 22, 3, 4, 5),
    backup.BY_HAND,
    {"/modules/LM_bell.mpy": bytes(range(256)) * 8, "/notes with ä.txt": b""},
    {"LM_bell": {"rung": 3}},
    (("/film.bin", 900_000),),
)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROS_USER_DATA", str(tmp_path))


def test_what_is_packed_is_what_comes_out() -> None:
    assert backup.unpack(backup.pack(LAMP)) == LAMP
    bare = Backup("node01", UID, {})
    assert backup.unpack(backup.pack(bare)) == bare
    assert bare.empty
    assert not LAMP.empty


def test_a_secret_gets_into_no_backup() -> None:
    given = {"stapwd": "one secret", "appwd": "another secret", "soctout": 77, "hwuid": UID}
    packed = backup.pack(replace(LAMP, settings=given, secrets={"stapwd": "a third secret"}))
    with zipfile.ZipFile(BytesIO(packed)) as pieces:
        text = b"".join(pieces.read(name) for name in pieces.namelist())
    assert b"secret" not in text
    assert backup.unpack(packed).settings == {"soctout": 77}
    assert "secret" not in repr(replace(LAMP, secrets={"stapwd": "a secret"}))


def test_each_torn_or_changed_byte_is_noticed() -> None:
    whole = backup.pack(LAMP)
    for length in range(0, len(whole), 7):
        with pytest.raises(Damaged):
            backup.unpack(whole[:length])
    noticed = 0
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 0x41
        try:
            assert backup.unpack(bytes(changed)) == LAMP  # as where nobody reads a time stamp
        except Damaged:
            noticed += 1
    assert noticed > len(whole) * 3 / 4


@pytest.mark.parametrize(
    "name", ["/main.py", "/../x", "/a/node.mpy", "/secret.json", "x", "/x//y", "/" + 100 * "x"]
)
def test_a_file_that_is_not_the_users_is_taken_from_no_backup(name: str) -> None:
    with pytest.raises(Damaged, match="no file of a user"):
        backup.unpack(backup.pack(replace(LAMP, files={name: b"x"})))


def test_desk_and_board_agree_on_what_is_the_users() -> None:
    text = (REPOSITORY / "micros" / "core" / "names.py").read_text(encoding="utf-8")
    said = {
        line.targets[0].id: ast.literal_eval(line.value.args[0])
        for line in ast.parse(text).body
        if isinstance(line, ast.Assign)
        and isinstance(line.targets[0], ast.Name)
        and isinstance(line.value, ast.Call)
    }
    begun, alone = (*said["_OWN"], said["_SECRET"]), said["_OWN_ALONE"]
    assert len(begun) > 5
    for name in [*(f"{it}x" for it in begun), *alone, *(f"{it}/x" for it in alone)]:
        assert not node_files.is_own(f"/{name}"), name
        assert not node_files.is_own(f"/{name.upper()}"), name
    for name in ("/modules/LM_x.mpy", "/notes.txt", "/apple", "/c/d/e", "/web/main.py"):
        assert node_files.is_own(name), name


def test_two_backups_in_one_second_both_stay() -> None:
    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(lambda _: archive.keep(LAMP), range(4)))
    assert len({it.path for it in kept}) == 4
    assert len(archive.every()) == 4
    assert kept[0].path.stat().st_mode & 0o777 == 0o600


def test_of_automatic_ones_the_newest_stay_and_all_by_hand() -> None:
    by_hand = archive.keep(LAMP)
    for number in range(archive.AUTOMATIC + 3):
        archive.keep(automatic(number))
    kept = archive.every()
    assert by_hand.path in [it.path for it in kept]
    told = [it.backup.settings["soctout"] for it in kept if it.backup.automatic]
    assert told == list(range(3, archive.AUTOMATIC + 3))


def test_one_that_is_being_restored_does_not_make_room_for_another() -> None:
    oldest = archive.keep(automatic(0))
    for number in range(1, archive.AUTOMATIC + 2):
        archive.keep(automatic(number), spare=oldest.path)
    assert oldest.path.exists()


def test_one_that_was_just_made_stays_where_the_clock_was_set_back() -> None:
    for number in range(10, archive.AUTOMATIC + 10):
        archive.keep(automatic(number))
    assert archive.keep(automatic(1)).path.exists()


def test_an_automatic_one_that_says_nothing_new_is_not_written() -> None:
    first = archive.keep(automatic(1))
    assert archive.keep(replace(automatic(1), time=None)).path == first.path
    assert archive.keep(replace(LAMP, settings={"soctout": 1})).path != first.path


def automatic(number: int) -> Backup:
    time = LAMP.time and LAMP.time.replace(minute=number)
    return replace(LAMP, made="before --make", settings={"soctout": number}, time=time)


def test_garbage_among_the_backups_is_a_sentence_each_and_the_others_stay_listed() -> None:
    good = archive.keep(LAMP)
    (archive.folder() / f"lamp-{UID}-20261122-999999.zip").write_bytes(good.path.read_bytes()[:99])
    (archive.folder() / "x-node_config.json").write_text("[1]")
    (archive.folder() / "deep.json").write_text("[" * 100_000)
    (archive.folder() / "notes.txt").write_text("not ours")
    said: list[str] = []
    assert [it.path for it in archive.every(said.append)] == [good.path]
    assert len(said) == 3
    assert all("cannot be used: it " in sentence for sentence in said)
    assert archive.find("lamp").path == good.path
    latest = archive.latest(UID)
    assert latest
    assert latest.path == good.path


def test_a_backup_is_found_by_node_uid_file_and_the_beginning_of_its_name(tmp_path: Path) -> None:
    older = archive.keep(replace(LAMP, time=datetime(2025, 1, 1)))
    newer = archive.keep(LAMP)
    other = archive.keep(replace(LAMP, name="porch", uid="240ac4000002"))
    elsewhere = tmp_path / "elsewhere.zip"
    elsewhere.write_bytes(newer.path.read_bytes())
    for name, found in (
        *(("lamp", newer), (UID, newer), ("porch", other), (older.name, older)),
        *((f"lamp-{UID}-2025", older), (older.path.name, older), (str(older.path), older)),
    ):
        assert archive.find(name).path == found.path, name
    assert archive.find(str(elsewhere)).backup == LAMP
    for name, sentence in (
        ("lamp-", "2 begin so"),
        ("lump", "did you mean lamp"),
        ("", "-b list"),
    ):
        with pytest.raises(InputError, match=sentence):
            archive.find(name)
    archive.keep(replace(LAMP, uid="240ac4000003"))
    with pytest.raises(InputError, match="of several boards"):
        archive.find("lamp")


def test_restoring_a_node_once_more_takes_the_same_backup_and_not_what_it_replaced() -> None:
    replaced = archive.keep(replace(LAMP, made=archive.REPLACED, settings={"soctout": 11}))
    assert archive.find("lamp").path == replaced.path, "there is no other"
    wanted = archive.keep(replace(LAMP, time=datetime(2025, 1, 1)))
    assert archive.find("lamp").path == archive.find(UID).path == wanted.path
    assert archive.find(replaced.name).path == replaced.path


def test_archives_of_earlier_releases_are_read() -> None:
    name = f"lamp-{UID}-20250203-040506.json"
    found = old_backup.unpack(name, b'{"soctout": 77, "hwuid": "x"}')
    assert (found.name, found.uid, found.settings) == ("lamp", UID, {"soctout": 77})
    assert found.time == datetime(2025, 2, 3, 4, 5, 6)


def test_archives_of_micros_are_read_and_their_secrets_stay_apart() -> None:
    config = {"devfid": "slim-lamp", "hwuid": "0x500x20x910x680xc0xf7", "staessid": "home",
              "stapwd": "hidden here", "version": "0.4.0-0", "soctout": 100, "socport": 9008,
              "boothook": "light_cache_load_n_init"}  # fmt: skip
    found = old_backup.unpack("slim-lamp-node_config.json", json.dumps(config).encode())
    assert (found.name, found.uid, found.version) == ("slim-lamp", "500291680cf7", "0.4.0-0")
    assert found.secrets == {"stapwd": "hidden here"}
    assert "hidden" not in repr(found)
    assert set(found.settings) == {"devfid", "staessid"}
    assert restore.sound(found.settings) == (found.settings, [])
    (sentence,) = found.notes
    assert sentence.startswith("boothook: expected")
    with pytest.raises(Damaged):
        old_backup.unpack("x-node_config.json", b'{"devfid": "x"}')


def test_a_difference_tells_settings_files_and_state_and_no_secret() -> None:
    assert differences(LAMP, LAMP) == []
    changed = replace(
        LAMP,
        name="porch",
        settings={"soctout": 78, "boothook": "hook token=abcdef"},
        files={"/modules/LM_bell.mpy": bytes(2048), "/new.txt": b"x"},
        kept={"LM_bell": {"rung": 4}},
    )
    rows = differences(LAMP, changed)
    assert ("soctout", "77", "78") in rows
    assert ("devfid", "lamp", "porch") in rows
    assert ("boothook", "light on", HIDDEN) in rows
    assert ("/modules/LM_bell.mpy", "2048 B", "2048 B, other bytes") in rows
    assert ("/new.txt", "none", "1 B") in rows
    assert ("/notes with ä.txt", "0 B", "none") in rows
    assert ("state of LM_bell", "differs", "differs") in rows
    assert "abcdef" not in str(rows)


def test_files_alone_leave_a_board_the_pins_it_has() -> None:
    stored = archive.keep(replace(LAMP, board="tinypico"))
    wanted = restore.Wanted(stored, (restore.FILES,))
    now = replace(LAMP, board="esp32", files={})
    prepared = Prepared(Chip("esp32", "24:0a:c4:00:00:01", "4MB"), now.settings, {}, now, read=True)
    taken, left_out = restore.becomes(prepared, wanted)
    assert taken.found
    assert (taken.found.board, taken.found.settings, left_out) == ("esp32", LAMP.settings, [])
    assert taken.found.files == LAMP.files
