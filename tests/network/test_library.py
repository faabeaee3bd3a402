"""Nodes as Python objects: what programs see, and the examples on a real node."""

import asyncio
import inspect
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.network.linked import linked
from tests.network.test_real_node import REPOSITORY, Installed, installed, real
from tests.support.reference import PASSWORD, UID, ReferenceNode, in_a_thread
from tests.support.toolkit import VERSION
from toolkit.library import known, signature
from toolkit.model.cache import Cache
from toolkit.model.errors import (
    FaultError,
    HungUp,
    InputError,
    LoginError,
    NodeError,
    RefusedError,
)
from toolkit.model.node import Node as Known
from toolkit.model.vault import Vault
from toolkit.node import AsyncNode, Node

__all__ = ["installed", "real"]  # fixtures


# --- what Python knows of a node before it is asked


def remembered(cache: Cache, vault: Vault, node: ReferenceNode) -> None:
    vault.put(UID, PASSWORD)
    cache.remember(Known(UID, node.name, node.address, node.port))


def test_the_modules_and_functions_of_the_manual_are_offered(cache: Cache) -> None:
    cache.remember(Known(UID, "hall", "10.0.0.7"))
    node = Node("hall")
    assert {"servo", "light", "run", "watch"} <= set(dir(node))
    assert not [name for name in dir(node) if name.startswith("_")]
    assert {"angle", "load"} <= set(dir(node.servo))
    assert str(inspect.signature(node.servo.angle)) == "(degrees: 'float', servo: 'int' = 1)"
    assert "Turn servo 1 or 2" in (inspect.getdoc(node.servo.angle) or "")
    assert (inspect.getdoc(node.servo) or "").startswith("Servo:")
    assert repr(node) == "<Node 10.0.0.7 at 10.0.0.7>"
    node.close()


def test_every_signature_of_the_manual_is_one_that_python_can_show() -> None:
    count = 0
    for module in known().values():
        for function in module.functions:
            assert str(signature(function)).startswith("(")
            count += 1
    assert count > 20


def test_an_unknown_node_is_one_sentence() -> None:
    with pytest.raises(InputError, match="no node 'hall' is known"):
        Node("hall")


def test_private_names_are_no_modules(cache: Cache) -> None:
    cache.remember(Known(UID, "hall", "10.0.0.7"))
    node = Node("hall")
    assert not hasattr(node, "_repr_html_")
    assert not hasattr(node.servo, "__wrapped__")
    node.close()


# --- asked


def test_a_call_is_what_is_written_and_its_value_comes_back(cache: Cache, vault: Vault) -> None:
    peer = linked({"version": "1"})
    peer.answers["call"] = lambda visit, request: request.given["args"]
    with in_a_thread(peer):
        remembered(cache, vault, peer)
        with Node("node01") as node:
            assert node.light.rgb(255, 0, 0) == [255, 0, 0]
            assert node.module("run").x("named", by="name") == ["named"]
            assert node.mine.function() == []
            assert node.run("version") == "1"
            assert (node.name, node.uid) == ("node01", UID)
    calls = [line for line in peer.asked if line["op"] == "call"]
    assert [(line["module"], line["function"]) for line in calls] == [
        *(("light", "rgb"), ("run", "x"), ("mine", "function"))
    ]
    assert calls[1]["named"] == {"by": "name"}
    assert all("rid" in line for line in calls)


def test_after_its_end_a_node_says_so(cache: Cache, vault: Vault) -> None:
    with in_a_thread(linked()) as peer:
        remembered(cache, vault, peer)
        with Node("node01") as node:
            pass
        with pytest.raises(HungUp, match="hung up on by this program"):
            node.run("version")


def test_without_a_password_it_is_said_where_to_type_it(cache: Cache) -> None:
    with in_a_thread(linked()) as peer:
        cache.remember(Known(UID, "node01", peer.address, peer.port))
        node = Node("node01")
        with pytest.raises(LoginError, match=r"open its shell \(-c\)"):
            node.light.toggle()
        node.close()


def test_no_thread_stays_behind(cache: Cache, vault: Vault) -> None:
    before = set(threading.enumerate())
    with in_a_thread(linked()) as peer:
        remembered(cache, vault, peer)
        for _ in range(3):
            with Node("node01") as node:
                node.run("version")
    assert set(threading.enumerate()) <= before


def test_several_threads_may_use_one_node(cache: Cache, vault: Vault) -> None:
    peer = linked()
    peer.answers["call"] = lambda visit, request: request.given["args"][0]
    got: list[int] = []
    with in_a_thread(peer):
        remembered(cache, vault, peer)
        with Node("node01") as node:
            threads = [
                threading.Thread(target=lambda n=n: got.append(node.light.level(n)))
                for n in range(20)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    assert sorted(got) == list(range(20))


# --- on a real node


def test_a_real_node_is_an_object(real: Installed) -> None:
    with Node("node01") as node:
        assert "45" in str(node.servo.angle(45))
        assert node.run("version") == VERSION
        with pytest.raises(RefusedError, match="expected"):
            node.servo.angle(999)
        with pytest.raises(RefusedError, match="node01: refused: "):
            node.servo.angle()
        node.put("/hello.txt", b"hello")
        assert node.get("/hello.txt") == b"hello"
        node.request("remove", name="/hello.txt")


def test_a_program_waits_as_long_as_it_says(real: Installed) -> None:
    slow = b"import asyncio\n\nasync def wait(seconds):\n    await asyncio.sleep(seconds)\n"
    with Node("node01", timeout=1) as node:
        node.put("/modules/LM_slow.py", slow)
        with pytest.raises(NodeError, match="has not answered within 1 s"):
            node.slow.wait(30)
        node.request("remove", name="/modules/LM_slow.py")


def test_a_real_node_is_an_object_for_asyncio_too(real: Installed) -> None:
    async def run() -> list[object]:
        async with AsyncNode(real.node.uid) as node:
            return await asyncio.gather(*(node.servo.angle(n) for n in (10, 20, 30)))

    assert len(asyncio.run(run())) == 3


def example(real: Installed, folder: Path, *words: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "MICROS_USER_DATA": str(real.home)}
    return subprocess.Popen(
        [sys.executable, "-u", "-m", *words],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_the_example_that_turns_a_servo(real: Installed, tmp_path: Path) -> None:
    said, _ = example(real, tmp_path, "examples.sweep", "node01").communicate(timeout=60)
    assert [angle for angle in range(0, 181, 30) if str(angle) in said] == [*range(0, 181, 30)]
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("words", "sentence", "code"),
    [
        (["examples.sweep"], "expected WANTED, got nothing", 2),
        (["examples.sweep", "a", "b"], "expected WANTED, got a b", 2),
        (["examples.sweep", "nobody"], "no node 'nobody' is known", 3),
    ],
)
def test_an_example_that_is_called_wrongly_says_so(
    real: Installed, tmp_path: Path, words: list[str], sentence: str, code: int
) -> None:
    process = example(real, tmp_path, *words)
    said, _ = process.communicate(timeout=60)
    assert sentence in said
    assert (process.returncode, said.count("\n")) == (code, 1)


def test_the_example_that_asks_all_nodes(real: Installed, tmp_path: Path) -> None:
    said, _ = example(real, tmp_path, "examples.all_at_once").communicate(timeout=60)
    assert said.startswith("node01: ")
    assert said.rstrip().endswith("bytes free")


def test_the_example_that_keeps_a_log(real: Installed, tmp_path: Path) -> None:
    following = example(real, tmp_path, "examples.log_to_file", "node01", "1")
    deadline = time.monotonic() + 60
    with Node("node01") as node:
        node.put("/modules/LM_oops.py", b"def oops():\n    return 1 // 0\n")
        while following.poll() is None and time.monotonic() < deadline:
            with pytest.raises(FaultError, match="fault: ZeroDivisionError") as caught:
                node.oops.oops()
            assert caught.value.kind == "ZeroDivisionError"
            time.sleep(0.2)
        node.request("remove", name="/modules/LM_oops.py")
    assert following.wait(60) == 0
    (line,) = (tmp_path / "node01.log").read_text().splitlines()
    assert "ZeroDivisionError" in line
