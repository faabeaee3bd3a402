"""A load module for which there is no memory left: it is refused, and all else goes on.

What a node does beside its answers needs memory, too, and on a busy computer at any moment of a
test. So this node asks for no time, and is filled when nobody else talks to it any more.
"""

import json

import pytest
from test_on_a_board import Node

from tests.support.boards import eventually
from toolkit.transport.textshell import TextShell
from toolkit.virtual import fleet

INTERPRETERS = ("cpython",)


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    found = Node(tmp_path_factory.mktemp("node"), "--set", "ntphost=")
    yield found
    found.control.close()
    fleet.stop(found.home / "virtual")


def say_alone(node, *lines):
    """Say these lines in the one session that there is; return all answers."""

    def alone(shell):
        status = json.loads(shell.command("status >json"))
        return (status["sessions"], status["links"]) == (1, 0)

    with TextShell(node.board.address, uid=node.board.mac, password=node.password) as shell:
        eventually(lambda: alone(shell), "the ends of those before")
        return [shell.command(line) for line in lines]


_HOG = '''"""Hog: takes memory as a module does, in small pieces, so that no gap stays."""
import gc
_taken = [None]

def leave(rest: int) -> int:
    """Take all but so many bytes."""
    gc.collect()
    while gc.mem_free() > rest:
        for _ in range(10):
            _taken[0] = (bytearray(16), _taken[0])
    return gc.mem_free()
'''


_BIG = '''"""Big: takes a lot."""
_table = [bytearray(100) for number in range(%d)]

def tell() -> int:
    """Tell how much."""
    return len(_table)
'''


_LOOKS = ("status", "task list", "log warn", "hog leave 8000", "help light", "modules")


def test_the_one_too_many_is_refused_and_the_node_can_still_be_looked_at(node, tmp_path):
    (tmp_path / "LM_hog.py").write_text(_HOG, encoding="utf-8")
    node.toolkit("-o", str(tmp_path / "LM_hog.py"))
    # Less than 20000 when the next one comes, of which it is let in with 13000.
    filled = ("hog leave 19800", "switch status", "hog leave 8000", "bme280 status")
    unloads = ("system module hog", "bme280 status")
    answers = say_alone(node, *filled, *_LOOKS, *unloads)
    _, switch, _, refused, *looks, unloaded, loaded = answers
    assert refused.startswith("refused: expected 13000 bytes free to load one more module, got ")
    assert refused.endswith("'system module <name>' unloads one")
    for line, said in zip(("switch", *_LOOKS), (switch, *looks), strict=True):
        assert not said.startswith(("refused", "fault")), (line, said)
    assert "hog" in unloaded
    assert not loaded.startswith(("refused", "fault")), (unloaded, loaded)


def test_one_that_would_leave_no_room_to_unload_it_is_let_go_at_once(node, tmp_path):
    (tmp_path / "LM_hog.py").write_text(_HOG, encoding="utf-8")
    (tmp_path / "LM_big.py").write_text(_BIG % 95, encoding="utf-8")
    node.toolkit("-o", str(tmp_path / "LM_hog.py"), str(tmp_path / "LM_big.py"))
    lines = ("system module", "hog leave 18500", "big tell", "system module", "help light")
    answers = say_alone(node, *lines, "system module hog", "big tell")
    _, _, refused, loaded, helped, _, told = answers
    assert refused.startswith("refused: big: expected 6000 bytes free once it is loaded, got ")
    assert "big" not in loaded.split()
    assert helped.startswith("light - ")
    assert told == "95"
