"""Backups as files: whole or refused, found by name, never with a secret, the newest kept."""

import ast
import json
import os
import time
import zipfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.support.toolkit import REPOSITORY
from toolkit.cli import questions, ui
from toolkit.model import backup, backup_head, node_files, old_backup
from toolkit.model.backup import Backup, Damaged
from toolkit.model.cache import FILE, Cache
from toolkit.model.chip import Chip
from toolkit.model.difference import HIDDEN, differences
from toolkit.model.errors import InputError
from toolkit.model.node import Node
from toolkit.operations import archive, replacing, restore, told_backups
from toolkit.operations.answers import Wish
from toolkit.operations.archive import Listed
from toolkit.operations.order import Order
from toolkit.operations.prepare import Prepared

UID = "240ac4000001"
LAMP = Backup(
    "lamp",
    UID,
    {"soctout": 77, "boothook": "light on", "of_later": [1, 2]},
    "esp32",
    "0.5.0-0",
    datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC),
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
    told = [settings_of(it)["soctout"] for it in kept if it.head.automatic]
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
    lacks = archive.keep(replace(automatic(1), time=None, left_out=[("/new.bin", 900_000)]))
    assert lacks.path != first.path, "it lacks another file"
    assert archive.keep(replace(lacks.backup, time=None)).path == lacks.path
    assert archive.keep(replace(LAMP, settings={"soctout": 1})).path != first.path


def settings_of(listed: Listed) -> Mapping[str, Any]:
    return archive.read(listed.path).backup.settings


def automatic(number: int) -> Backup:
    time = LAMP.time and LAMP.time.replace(minute=number)
    return replace(LAMP, made="before --make", settings={"soctout": number}, time=time)


def test_garbage_among_the_backups_is_a_sentence_each_and_the_others_stay_listed() -> None:
    good = archive.keep(LAMP)
    (archive.folder() / f"lamp-{UID}-20261122-999999.zip").write_bytes(good.path.read_bytes()[:99])
    (archive.folder() / "x-node_config.json").write_text("[1]")
    (archive.folder() / "deep.json").write_text("[" * 100_000)
    (archive.folder() / "notes.txt").write_text("not ours")
    os.mkfifo(archive.folder() / "pipe.zip")
    said: list[str] = []
    assert [it.path for it in archive.every(said.append)] == [good.path]
    assert len(said) == 4
    assert all("cannot be used: it " in sentence for sentence in said)
    assert archive.find("lamp").path == good.path
    latest = archive.latest(UID)
    assert latest
    assert latest.path == good.path


def test_a_backup_is_found_by_node_uid_file_and_the_beginning_of_its_name(tmp_path: Path) -> None:
    older = archive.keep(replace(LAMP, time=datetime(2025, 1, 1, tzinfo=UTC)))
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
    Cache(tmp_path / FILE).remember(Node(UID, "lamp", "127.0.0.1"))
    assert archive.find("lamp").path == newer.path, "the other board is not known any more"
    Cache(tmp_path / FILE).remember(Node("240ac4000003", "lamp", "127.0.0.2"))
    with pytest.raises(InputError, match="of several boards"):
        archive.find("lamp")


def test_restoring_a_node_once_more_takes_the_same_backup_and_not_what_it_replaced() -> None:
    replaced = archive.keep(replace(LAMP, made=archive.REPLACED, settings={"soctout": 11}))
    assert archive.find("lamp").path == replaced.path, "there is no other"
    wanted = archive.keep(replace(LAMP, time=datetime(2025, 1, 1, tzinfo=UTC)))
    assert archive.find("lamp").path == archive.find(UID).path == wanted.path
    assert archive.find(replaced.name).path == replaced.path


def in_zone(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()


@pytest.fixture
def _here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    Clock.seconds = 0
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_here")
def test_the_newest_is_the_newest_in_whatever_zone_each_was_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archive, "datetime", Clock)
    in_zone(monkeypatch, "UTC-9")  # in Tokyo
    older = archive.keep(replace(LAMP, time=None))
    Clock.seconds += 600
    in_zone(monkeypatch, "UTC+8")  # and ten minutes later at the other side of the sea
    newer = archive.keep(replace(LAMP, time=None, settings={"soctout": 1}))
    assert older.path.stem[-15:] == "20261025-093000"
    assert newer.path.stem[-15:] == "20261024-164000"
    latest = archive.latest(UID)
    assert latest
    assert latest.path == newer.path
    assert [it.path for it in archive.every()] == [older.path, newer.path]
    assert told_backups.row(older.listed)[5] == "2026-10-24 16:30:00-08:00"


@pytest.mark.usefixtures("_here")
def test_the_hour_that_the_summer_ends_with_is_told_from_the_one_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archive, "datetime", Clock)
    in_zone(monkeypatch, "CET-1CEST,M3.5.0,M10.5.0/3")
    made: list[Path] = []
    for count in range(4):  # 2:30, 2:50, and once more 2:10, 2:30
        made.append(archive.keep(replace(LAMP, time=None, settings={"soctout": count})).path)
        Clock.seconds += 1200
    assert [it.path for it in archive.every()] == made
    latest = archive.latest(UID)
    assert latest
    assert latest.path == made[-1]


class Clock(datetime):
    """The time at which a summer ends in Europe, and what is counted from there."""

    seconds = 0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Clock":
        return cls(2026, 10, 25, 0, 30, tzinfo=UTC) + timedelta(seconds=cls.seconds)


def test_a_time_that_was_written_without_an_offset_is_local() -> None:
    packed = changed(time="2026-11-22T03:04:05")
    assert backup.unpack(packed).time == datetime(2026, 11, 22, 3, 4, 5).astimezone()
    later = changed(time="2026-11-22T03:04:05+14:00")
    assert backup.unpack(later).time == datetime(
        2026, 11, 22, 3, 4, 5, tzinfo=timezone(timedelta(hours=14))
    )
    for content, name in ((packed, "a"), (later, "b")):
        archive.folder().mkdir(exist_ok=True)
        (archive.folder() / f"{name}-{UID}-1.zip").write_bytes(content)
    archive.keep(LAMP)
    assert len(archive.every()) == 3


def changed(**manifest: object) -> bytes:
    """A backup whose manifest says something else."""
    into = BytesIO()
    with zipfile.ZipFile(BytesIO(backup.pack(LAMP))) as was, zipfile.ZipFile(into, "w") as now:
        for name in was.namelist():
            content = was.read(name)
            if name == "manifest.json":
                content = json.dumps({**json.loads(content), **manifest}).encode()
            now.writestr(name, content)
    return into.getvalue()


@pytest.mark.parametrize(
    "manifest",
    [
        {key: value}
        for key in ("time", "left_out", "pieces", "node", "uid", "made", "board")
        for value in (5, 5.5, True, ["x"], [[1, 2]], [["x"]], [["x", "y"]], {"x": 1}, "x" * 99)
    ]
    + [
        {"format": "x"},
        {"left_out": None},
        {"pieces": None},
        {"node": None},
        {"time": "0001-01-01T00:00:00"},
    ]
    + [{"time": "9999-12-31T23:59:59-14:00"}, {"pieces": {"settings.json": [True, "x"]}}],
)
def test_a_manifest_of_wrong_types_is_damage_and_nothing_worse(manifest: dict[str, Any]) -> None:
    content = changed(**manifest)
    for read in (backup.unpack, lambda it: backup_head.read(BytesIO(it))):
        with pytest.raises(Damaged):
            read(content)
    archive.folder().mkdir()
    (archive.folder() / f"lamp-{UID}-1.zip").write_bytes(content)
    said: list[str] = []
    assert archive.every(said.append) == []
    assert len(said) == 1
    assert archive.latest(UID) is None


def test_a_list_reads_no_files_and_what_is_wrong_in_them_is_told_where_they_are_used() -> None:
    good = archive.keep(LAMP)
    packed = backup.pack(replace(LAMP, files={"/x": bytes(range(256))}))
    at = packed.index(b"files/x") + 20
    torn = archive.folder() / f"lamp-{UID}-20261123-000000.zip"
    torn.write_bytes(packed[:at] + b"????" + packed[at + 4 :])
    said: list[str] = []
    assert {it.path for it in archive.every(said.append)} == {good.path, torn}
    assert not said
    assert archive.find("lamp", said.append).path == good.path
    assert said == [f"{torn} cannot be used: it is torn, or no backup"]
    latest = archive.latest(UID)
    assert latest
    assert latest.path == good.path
    assert archive.every()[0].head == LAMP.head


def test_what_was_left_out_comes_from_the_backup_nearest_in_time_and_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    film, song = ("/film.bin", 5), ("/song.bin", 900_000)
    for year, content in ((2024, b"old"), (2025, b"newer")):
        when = datetime(year, 1, 1, tzinfo=UTC)
        archive.keep(replace(LAMP, time=when, files={"/film.bin": content}, left_out=()))
    whole = archive.every()[-1]
    partial = archive.keep(replace(LAMP, left_out=(film, song), made="before --OTA"))
    archive.keep(replace(LAMP, uid="240ac4000009", files={"/song.bin": b"of another"}, left_out=()))
    found = archive.latest(UID)
    assert found
    assert found.path == partial.path
    assert found.backup.files == {**LAMP.files, "/film.bin": b"newer"}
    why = "is not in this backup, too large or not readable then"
    assert found.backup.gaps() == [
        f"/film.bin {why}: it is taken from {whole.name}",
        f"/song.bin (900000 B) {why}: no other one of that board has it",
    ]
    assert archive.read(partial.path).backup == partial.backup, "the file is as it was"
    prepared = Prepared(Chip("esp32", "24:0a:c4:00:00:01", "4MB"), {}, {}, found.backup)
    order = Order(Wish({}, None, ask=False), None)
    replacing.of(order, prepared, questions.asking(), erased=False)
    assert f"warning: /film.bin {why}" in capsys.readouterr().err


def test_a_backup_that_is_restored_onto_its_own_board_leaves_alone_what_it_lacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    when = datetime(2025, 1, 1, tzinfo=UTC)
    archive.keep(replace(LAMP, time=when, files={"/film.bin": b"old"}, left_out=()))
    archive.keep(LAMP)
    for uid, erased, told in (
        (UID, False, "/film.bin (900000 B) is not in this backup, too large or not readable then: "
         "on the board it stays as it is"),
        (UID, True, "/film.bin is not in this backup, too large or not readable then: it is taken"),
        ("240ac4000009", False, "it is taken from lamp-"),
    ):  # fmt: skip
        wanted = restore.wanted([UID], ui.warn)
        assert wanted
        found = replacing.lent(wanted, uid, ui, erased=erased).backup.files
        assert ("/film.bin" in found) == ("taken" in told)
        assert told in capsys.readouterr().err
    wanted = restore.wanted([UID, "settings"], ui.warn)
    assert wanted
    replacing.lent(wanted, "240ac4000009", ui, erased=True)
    assert not capsys.readouterr().err, "no files are restored"
    rows = differences(LAMP, replace(LAMP, files={**LAMP.files, "/film.bin": b"x"}, left_out=()))
    assert rows == [("/film.bin", "not in it, 900000 B then", "1 B")]


def test_a_board_with_nothing_but_firmware_on_it_is_lent_the_files_that_its_backup_lacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    when = datetime(2025, 1, 1, tzinfo=UTC)
    archive.keep(replace(LAMP, time=when, files={"/film.bin": b"old"}, left_out=()))
    archive.keep(LAMP)
    order = Order(
        Wish({}, None, ask=False), None, restore.wanted([UID], ui.warn), force=True, virtual=True
    )
    chip = Chip("esp32", "24:0a:c4:00:00:01", "4MB")
    for prepared, has in (
        (Prepared(chip, {}, {}), True),
        (Prepared(chip, LAMP.settings, {}, LAMP, read=True), False),
    ):
        _, taken = replacing.of(order, prepared, questions.asking(), erased=False)
        assert taken.found
        assert ("/film.bin" in taken.found.files) == has
        assert ("on the board it stays as it is" in capsys.readouterr().err) == (not has)


def test_of_automatic_ones_the_newest_that_has_all_files_stays() -> None:
    whole = archive.keep(replace(automatic(0), left_out=()))
    for number in range(1, archive.AUTOMATIC + 4):
        archive.keep(automatic(number))
    assert whole.path.exists()
    assert len(archive.every()) == archive.AUTOMATIC + 1


def test_passwords_in_clear_text_are_told_by_name_and_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "slim-node_config.json"
    config = {"devfid": "slim", "hwuid": "0x500x20x910x680xc0xf7", "socport": 9008,
              "staessid": "home", "stapwd": "hidden here"}  # fmt: skip
    path.write_text(json.dumps(config))
    stored = archive.read(path)
    assert "  stapwd in clear text (not shown)" in told_backups.lines(stored)
    assert "holds stapwd in clear text" in told_backups.passwords(stored)
    assert told_backups.all_facts(stored)["passwords"] == ["stapwd"]
    told = f"{told_backups.lines(stored)}{told_backups.all_facts(stored)}"
    assert "hidden" not in told
    assert "in no backup of ours" in told_backups.passwords(archive.keep(LAMP))


def test_archives_of_earlier_releases_are_read() -> None:
    name = f"lamp-{UID}-20250203-040506.json"
    found = old_backup.unpack(name, b'{"soctout": 77, "hwuid": "x"}')
    assert (found.name, found.uid, found.settings) == ("lamp", UID, {"soctout": 77})
    assert found.time == datetime(2025, 2, 3, 4, 5, 6).astimezone()  # local, as it does not say


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
    assert ("/new.txt", None, "1 B") in rows
    assert ("/notes with ä.txt", "0 B", None) in rows
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
