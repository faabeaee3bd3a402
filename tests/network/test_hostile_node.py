"""A hostile node: the desk writes its own files alone, runs nothing, stays small, tells nothing."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.network.peers import Peer
from tests.network.peers import node as text_node
from tests.support import reference_faults as faults
from tests.support.reference import PASSWORD, UID, ReferenceNode, in_a_thread
from toolkit.model.cache import Cache
from toolkit.model.errors import LoginError, NodeError
from toolkit.model.node import Node
from toolkit.model.vault import Vault, derive
from toolkit.operations import connect
from toolkit.operations.connect import Target

_REPOSITORY = Path(__file__).parents[2]
_MEMORY = 300_000_000  # bytes of address space more than the toolkit has when it has started
_LIMITED = (
    "import resource, runpy, sys; sys.path.insert(0, '.'); import toolkit.cli.main; "
    "used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize(); "
    f"resource.setrlimit(resource.RLIMIT_AS, (used + {_MEMORY},) * 2); "
    "sys.argv[0] = 'devToolKit.py'; runpy.run_module('toolkit', run_name='__main__')"
)
_CODE = "__import__('os').system('touch ran')"
_NAMES = ("../../../ran", "/etc/ran", "ran\0", "C:\\ran", "$(touch ran)", "`touch ran`", "-rf")


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _toolkit(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The toolkit as a process with little memory, in a folder of its own."""
    return subprocess.run(
        [sys.executable, "-c", _LIMITED, *words],
        cwd=_REPOSITORY,
        env={**os.environ, "MICROS_USER_DATA": str(tmp_path / "user_data"), "HOME": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _met(tmp_path: Path, node: ReferenceNode, *words: str) -> str:
    """What the toolkit prints when it meets this node; no trace of it is anywhere else."""
    vault, cache = (
        Vault(tmp_path / "user_data" / "secrets.json"),
        Cache(tmp_path / "user_data" / "device_conn_cache.json"),
    )
    vault.put(UID, PASSWORD)
    beside = _files(_REPOSITORY / "toolkit") | set(os.listdir(_REPOSITORY))
    with in_a_thread(node):
        cache.remember(Node(UID, "node01", node.address, node.port))
        done = _toolkit(tmp_path, *words)
    said = done.stdout + done.stderr
    secrets = (PASSWORD, derive(PASSWORD, UID).hex())
    heard = "".join(str(line) for line in node.asked)
    for visit in node.visits:
        heard += visit.wire.heard.decode(errors="replace")
    assert "Traceback" not in said, said
    assert "MemoryError" not in said
    assert not any(secret in text for secret in secrets for text in (said, heard))
    assert not any(sign in said for sign in "\x1b\x07\x9b"), said
    assert all(name.startswith("user_data/") for name in _files(tmp_path)), _files(tmp_path)
    new = (_files(_REPOSITORY / "toolkit") | set(os.listdir(_REPOSITORY))) - beside
    assert {name for name in new if not name.endswith(".pyc")} == set()
    return said


def test_code_names_and_signs_in_an_answer_are_text(tmp_path: Path) -> None:
    hostile = "\n".join((_CODE, *_NAMES, "\x1b]0;owned\x07\x1b[2J\x9b31m", "{{7*7}}", "%s%n"))
    node = ReferenceNode(answers={"run": hostile})
    said = _met(tmp_path, node, "-c", "-p", "--dev node01 version")
    assert _CODE in said
    assert node.logins == 1


@pytest.mark.parametrize("name", _NAMES)
def test_an_id_that_is_a_path_is_none_and_a_name_that_is_one_names_no_file(
    tmp_path: Path, name: str, cache: Cache, vault: Vault
) -> None:
    node = ReferenceNode(answers={"hello": f"hello:node01:{name}:dev", "run": "x", "cancel": False})
    node.auth = False
    with in_a_thread(node), pytest.raises(NodeError, match="no node of ours"):
        list(connect.run(Target(node.address, node.port), ["version"], cache, vault, 3))
    assert cache.nodes() == []
    called = name.replace(" ", "_").replace(":", "")
    hello = f"hello:{called}:{UID}:dev"
    node = ReferenceNode(answers={"hello": hello, "run": "x", "cancel": False})
    node.auth = False
    with in_a_thread(node):
        list(connect.run(Target(node.address, node.port), ["version"], cache, vault, 3))
    assert [one.uid for one in cache.nodes()] == [UID]
    assert {file.removesuffix(".lock").strip("/.") for file in _files(tmp_path)} <= {
        "user_data/device_conn_cache.json",
        "user_data/.device_conn_cache.json",
    }


@pytest.mark.parametrize(
    "fault",
    [faults.giant_line, faults.giant_chunk, faults.endless_chunks, faults.deep_json],
    ids=lambda fault: fault.__name__,
)
def test_an_answer_without_an_end_is_left_in_a_sentence(tmp_path: Path, fault: Any) -> None:
    said = _met(tmp_path, ReferenceNode(answers={"run": fault}), "-c", "-p", "--dev node01 help")
    assert "devToolKit: " in said


def test_a_status_that_lies_is_one_row_of_the_table(tmp_path: Path) -> None:
    lie = '{"version": {"a": [1]}, "mem_free": "../../x", "name": "\\u001b[2J", "uptime": 1e999}'
    said = _met(tmp_path, ReferenceNode(answers={"run": lie}), "-stat")
    assert "node01" in said


def test_who_needs_no_login_where_one_is_owed_is_told_nothing(cache: Cache, vault: Vault) -> None:
    vault.put(UID, PASSWORD)
    heard: list[str] = []
    with Peer(text_node(heard=heard, answers={"appwd correct horse": "Saved\n"})) as peer:
        target = Target(peer.address, peer.port, UID)
        with pytest.raises(LoginError, match="where one is owed"):
            list(connect.run(target, ["conf", "appwd correct horse"], cache, vault, 3))
    assert [line for line in heard if not line.startswith('{"id":')] == ["hello"]
    assert cache.nodes() == []
