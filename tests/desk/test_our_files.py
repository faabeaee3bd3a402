"""The toolkit's own files on a full disk, without rights, or with something else in their place."""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.toolkit import REPOSITORY
from toolkit.cli import ui
from toolkit.cli.history import NodeHistory
from toolkit.cli.main import main
from toolkit.model import files, paths, vault
from toolkit.model.cache import FILE, Cache
from toolkit.model.errors import InputError
from toolkit.model.node import Node
from toolkit.virtual import addresses

UID = "240ac4000001"
LAMP = Node(UID, "lamp", "127.0.0.1", 1)
FEW = 10  # bytes


@contextmanager
def full_disk() -> Iterator[None]:
    """No file grows beyond a few bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FEW, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def contents(folder: Path) -> dict[str, bytes]:
    """All files there; the empty ones that are locks say nothing."""
    found = {it.name: it.read_bytes() for it in folder.rglob("*") if it.is_file()}
    return {name: content for name, content in found.items() if not name.endswith(".lock")}


def test_a_full_disk_is_one_sentence_and_what_was_known_stays(tmp_path: Path) -> None:
    secrets, known = vault.Vault(tmp_path / "secrets.json"), Cache(tmp_path / FILE)
    secrets.put(UID, "7K2M9QXT4WZ8B3HN")
    known.remember(LAMP)
    before = contents(tmp_path)
    assert len(before) == 2
    with full_disk():
        with pytest.raises(InputError, match=r"secrets\.json cannot be written: File too large"):
            secrets.put("240ac4000002", "another password")
        with pytest.raises(InputError, match=r"cache\.json cannot be written: File too large"):
            known.remember(Node("240ac4000002", "hall", "127.0.0.2", 1))
        with pytest.raises(InputError, match="cannot be written: File too large"):
            files.give(tmp_path / "profile.json", "x" * 100)
    assert contents(tmp_path) == before


def test_a_history_that_cannot_be_kept_ends_no_conversation(tmp_path: Path) -> None:
    path = tmp_path / "history" / UID
    history = NodeHistory(path)
    history.append_string("light on")
    with full_disk():
        history.append_string("light off")
    assert path.read_text(encoding="utf-8") == "light on\n"
    path.unlink()
    path.mkdir()
    other = NodeHistory(path)
    other.append_string("light on")
    assert list(other.load_history_strings()) == []
    assert other.get_strings() == ["light on"]


@pytest.mark.parametrize("name", [FILE, "secrets.json"])
@pytest.mark.parametrize("wrong", ["a folder", "a loop"])
def test_something_else_in_the_place_of_a_file_is_one_sentence_and_stays(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    wrong: str,
) -> None:
    monkeypatch.setenv("MICROS_USER_DATA", str(tmp_path))
    Cache(tmp_path / FILE).remember(LAMP)
    path = tmp_path / name
    path.unlink(missing_ok=True)
    path.mkdir(0o700) if wrong == "a folder" else path.symlink_to(name)
    assert main(["-stat"]) == InputError.exit_code
    said = capsys.readouterr().err
    assert said.startswith(f"devToolKit: {path} cannot be read: "), said
    assert said.count("\n") == 1
    assert path.is_dir() or path.is_symlink()


def test_user_data_may_be_named_as_in_a_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MICROS_USER_DATA", "~/nodes")
    assert paths.user_data() == tmp_path / "nodes"
    monkeypatch.setenv("MICROS_USER_DATA", "~nobody-of-that-name/nodes")
    assert paths.user_data() == Path.cwd() / "~nobody-of-that-name" / "nodes"


ACTIONS = (
    ["-stat"],
    ["--virtual", "--list"],
    ["-c", "-p", "--dev lamp hello"],
    ["-o", "-p", "--dev lamp"],
    ["-m", "--yes", "--port", "/dev/null"],
    ["--profile", "new:mine", "-p", "--dev lamp"],
)


def test_user_data_without_the_right_to_write_is_no_bug_of_any_action(tmp_path: Path) -> None:
    """By somebody who is not root, who may write everywhere."""
    data = Path(tempfile.mkdtemp(prefix="micros-"))  # where everybody may pass
    try:
        Cache(data / FILE).remember(LAMP)
        (data / "virtual").mkdir()
        data.chmod(0o555)
        (data / FILE).chmod(0o444)
        before = contents(data)
        done = subprocess.run(
            [sys.executable, "-c", _AS_SOMEBODY.format(repository=str(REPOSITORY), cases=ACTIONS)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "MICROS_USER_DATA": str(data)},
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        codes = json.loads(done.stdout.splitlines()[-1])
        assert 1 not in codes, (codes, done.stderr)
        assert done.stderr.count("devToolKit: ") == sum(map(bool, codes)), done.stderr
        assert contents(data) == before
    finally:
        data.chmod(0o755)
        shutil.rmtree(data)


_AS_SOMEBODY = """
import os, sys
sys.path.insert(0, {repository!r})
from toolkit.cli.main import main
import logging.handlers, tabulate  # here: a Python of root's own may be closed to others
from toolkit.cli import air, making, network, status, virtual
from toolkit.virtual import fleet
if os.geteuid() == 0:
    os.setuid(65534)
print([main(words) for words in {cases!r}])
"""


@pytest.mark.parametrize("text", [b"", b"\xff\x00", b"10.0.0", b"127.1", b"127.1.2\n"])
def test_a_block_of_addresses_that_is_none_is_chosen_anew(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "block"
    assert addresses.remembered(path) is None
    path.write_bytes(text)
    assert addresses.remembered(path) is None
    path.write_bytes(b"127.70.12")
    assert addresses.remembered(path) == "127.70.12"


def test_no_cell_of_a_table_moves_the_cursor() -> None:
    shown = ui.tabulated([("la\x1b[2Jmp", 5, None, "half \ud800")], ("a", "b", "c", "d"))
    assert shown.splitlines()[2] == "la\ufffd[2Jmp  5         half ?"


def test_a_file_that_another_toolkit_writes_for_ever_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LOCK_PATIENCE", 0.05)
    known = Cache(tmp_path / FILE)
    known.remember(LAMP)
    before = contents(tmp_path)
    with files.only_writer(tmp_path / FILE):
        with pytest.raises(InputError, match=r"cache\.json is being written by another toolkit; "):
            known.remember(Node("240ac4000002", "hall", "127.0.0.2", 1))
        assert known.nodes() == [LAMP], "reading needs no lock"
    assert contents(tmp_path) == before


def test_what_a_person_names_is_read_whole_or_refused_in_one_sentence(tmp_path: Path) -> None:
    named = tmp_path / "settings.json"
    named.write_bytes(b"12345")
    assert files.content(named, 5) == b"12345"
    for path, most, sentence in (
        (named, 4, f"{named} is too large: expected at most 4 B"),
        (tmp_path, 4, f"cannot read {tmp_path}: Is a directory"),
        (named / "below", 4, f"cannot read {named}/below: Not a directory"),
        (Path("/dev/zero"), 4, "/dev/zero is too large: expected at most 4 B"),
    ):
        with pytest.raises(InputError) as refused:
            files.content(path, most)
        assert str(refused.value) == sentence
    with pytest.raises(FileNotFoundError):
        files.content(tmp_path / "nothing", 4)


def test_what_has_come_gets_its_name_or_stays_what_it_was(tmp_path: Path) -> None:
    part = tmp_path / "image.part"
    part.write_bytes(b"whole")
    with pytest.raises(
        InputError, match=r"image\.bin cannot be written: No such file or directory"
    ):
        files.settle(part, tmp_path / "nowhere" / "image.bin")
    assert part.read_bytes() == b"whole"
    files.settle(part, tmp_path / "image.bin")
    assert contents(tmp_path) == {"image.bin": b"whole"}
