"""What is known of nodes survives old files, torn files and several toolkits."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from toolkit.model.cache import Cache
from toolkit.model.errors import InputError
from toolkit.model.files import only_writer
from toolkit.model.node import Hello, Node, parse_hello

HALL = Node("240ac4000001", "hall", "10.0.0.7", 9008)
LAMP = Node("240ac4000002", "lamp", "10.0.0.8", 9010)


def path_of(tmp_path: Path) -> Path:
    return tmp_path / "user_data" / "device_conn_cache.json"


def write(tmp_path: Path, text: str) -> Path:
    path_of(tmp_path).parent.mkdir(exist_ok=True)
    path_of(tmp_path).write_text(text)
    return path_of(tmp_path)


def test_nodes_are_kept_as_address_port_name_under_their_uid(cache: Cache, tmp_path: Path) -> None:
    cache.remember(HALL, LAMP)
    assert json.loads(path_of(tmp_path).read_text()) == {
        "240ac4000001": ["10.0.0.7", 9008, "hall"],
        "240ac4000002": ["10.0.0.8", 9010, "lamp"],
    }
    assert cache.nodes() == [HALL, LAMP]


def test_the_older_form_with_a_mac_is_read_too(cache: Cache, tmp_path: Path) -> None:
    old = {
        "__devuid__": ["192.168.4.1", "n/a", "__device__"],
        "0x500x20x910x680xc0xf7": ["10.0.1.73", "50:02:91:68:0c:f7", "slim01"],
        "micr240ac4000001OS": ["10.0.1.74", 9008, "hall"],
    }
    write(tmp_path, json.dumps(old))
    assert cache.nodes() == [
        Node("0x500x20x910x680xc0xf7", "slim01", "10.0.1.73", 9008),
        Node("micr240ac4000001OS", "hall", "10.0.1.74", 9008),
    ]


def test_a_node_that_moved_replaces_its_old_place_and_comes_last(cache: Cache) -> None:
    cache.remember(HALL, LAMP)
    moved = Node(HALL.uid, "hallway", "10.0.0.99")
    cache.remember(moved)
    assert cache.nodes() == [LAMP, moved]


@pytest.mark.parametrize("text", ["", "{", "[1]", "[" * 100_000, '{"a": "\udcff"}'])
def test_a_corrupt_file_is_moved_aside_and_that_is_said(
    cache: Cache, tmp_path: Path, reports: list[str], text: str
) -> None:
    path = write(tmp_path, "")
    path.write_bytes(text.encode(errors="surrogateescape"))
    assert cache.nodes() == []
    assert path.with_name("device_conn_cache.json.bad").read_bytes() == text.encode(
        errors="surrogateescape"
    )
    assert ".bad" in reports[0]
    cache.remember(HALL)
    assert cache.nodes() == [HALL]


def test_an_earlier_file_put_aside_is_not_lost_by_the_next(cache: Cache, tmp_path: Path) -> None:
    for text in ("{first", "{second"):
        write(tmp_path, text)
        cache.remember(HALL)
    aside = {path.read_text() for path in path_of(tmp_path).parent.glob("*.bad*")}
    assert aside == {"{first", "{second"}


@pytest.mark.parametrize(
    "entry",
    [
        *(3, [], ["10.0.0.1"], [1, 2, 3], ["10.0.0.1", 0, "x"], ["10.0.0.1", True, "x"]),
        *(
            ["10.0.0.1\0", 9008, "x"],
            ["10.0.0.1", 9008, "x\x1b[31m"],
            ["10.0.0.1", 9008, "x\ud800"],
        ),
    ],
)
def test_one_bad_entry_is_named_and_costs_only_itself(
    cache: Cache, tmp_path: Path, reports: list[str], entry: object
) -> None:
    write(tmp_path, json.dumps({"odd": entry, HALL.uid: ["10.0.0.7", 9008, "hall"]}))
    assert cache.nodes() == [HALL]
    assert len(reports) == 1
    assert "'odd'" in reports[0]


@pytest.mark.parametrize("uid", ["", "../../x", "a\x1b[31m", "a\ud800", "x" * 65])
def test_what_cannot_be_a_uid_names_no_node(
    cache: Cache, tmp_path: Path, reports: list[str], uid: str
) -> None:
    odd, hall = ["10.0.0.1", 9008, "lamp"], ["10.0.0.7", 9008, "hall"]
    write(tmp_path, json.dumps({uid: odd, HALL.uid: hall}))
    assert cache.nodes() == [HALL]
    assert len(reports) == 1
    assert reports[0].isprintable()


def test_toolkits_that_write_at_once_lose_nothing(cache: Cache, tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from toolkit.model.cache import Cache
from toolkit.model.node import Node
cache, who = Cache(Path(sys.argv[1])), sys.argv[2]
for number in range(40):
    cache.remember(Node(f"{who}{number}", f"node-{who}", "10.0.0.7"))
"""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", program, str(path_of(tmp_path))]
    writers = [subprocess.Popen([*command, who], cwd=root) for who in "abc"]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert len(cache.nodes()) == 120
    assert [path.name for path in path_of(tmp_path).parent.glob(".*.json.?*")] == [
        ".device_conn_cache.json.lock"
    ]


def test_a_toolkit_that_cannot_write_says_where(cache: Cache, tmp_path: Path) -> None:
    (tmp_path / "user_data").write_text("in the way")
    with pytest.raises(InputError, match=r"device_conn_cache\.json cannot be written"):
        cache.remember(HALL)


def test_the_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), only_writer(tmp_path / "x"):
        _ = 1 // 0
    with only_writer(tmp_path / "x"):
        pass


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hello:hall:240ac4000001:rel", Hello("hall", "240ac4000001", "rel")),
        (" hello:slim01:0x500x20x910x68\n", Hello("slim01", "0x500x20x910x68", "dev")),
        ("hello:a b:240ac4000001:dev", None),
        ("hello:a\x1b[2Jb:240ac4000001:dev", None),
        ("hello:a\u202eb:240ac4000001:dev", None),
        ("hello:hall:../../etc:dev", None),
        ("hello:hall:240ac4000001:dev:more", None),
        ("hello:" + "x" * 65 + ":240ac4000001:dev", None),
        ("SSH-2.0-OpenSSH", None),
    ],
)
def test_only_a_hello_is_taken_for_one(text: str, expected: Hello | None) -> None:
    assert parse_hello(text) == expected
