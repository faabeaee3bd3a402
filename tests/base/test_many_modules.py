"""A load module for which there is no memory left: it is refused, and all else goes on."""

import pytest
from test_on_a_board import Node

from toolkit.virtual import fleet

INTERPRETERS = ("cpython",)


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    found = Node(tmp_path_factory.mktemp("node"))
    yield found
    found.control.close()
    fleet.stop(found.home / "virtual")


_HOG = '''"""Hog: takes memory."""
import gc
_taken = []

def leave(rest: int) -> int:
    """Take all but so many bytes."""
    gc.collect()
    while gc.mem_free() > rest:
        _taken.append(bytearray(500))
    return gc.mem_free()
'''


def test_the_one_too_many_is_refused_and_the_node_can_still_be_looked_at(node, tmp_path):
    (tmp_path / "LM_hog.py").write_text(_HOG, encoding="utf-8")
    node.toolkit("-o", str(tmp_path / "LM_hog.py"))
    node.say("system memfree")  # what unloads is in memory before there is none for it
    node.say("hog leave 9000", "switch status")
    said = node.say("bme280 status")
    assert said.startswith("refused: expected 10000 bytes free to load one more module, got ")
    assert said.endswith("'system module <name>' unloads one")
    for line in ("status", "task list", "log warn", "hog leave 9000", "help light", "modules"):
        assert not node.say(line).startswith(("refused", "fault")), line
    node.say("system module hog", "switch status")
    assert not node.say("bme280 status").startswith("refused")
