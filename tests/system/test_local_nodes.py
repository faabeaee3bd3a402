"""A real node on a virtual board, called `<name>.local`: found by asking around, while it is on."""

import json

import pytest

from tests.support.boards import eventually
from tests.support.mdns import answers, fresh, gone
from tests.support.toolkit import VERSION, Toolkit
from toolkit.model.cache import Cache
from toolkit.model.errors import NodeError
from toolkit.model.node import Node
from toolkit.operations import names
from toolkit.virtual import fleet

LOST = "127.77.0.6"  # nobody is there
BELL = '"""A bell."""\n\n\ndef ring() -> str:\n    """Ring it"""\n    return "ding"\n'


def test_a_node_is_found_by_its_local_name_wherever_it_is(toolkit: Toolkit) -> None:
    name = fresh()
    toolkit.ok("--make", "--virtual", "--yes", "--set", f"devfid={name}")
    cache = Cache(toolkit.home / "device_conn_cache.json")
    (node,) = cache.nodes()
    eventually(lambda: answers(f"{name}.local"), "its name")

    def lose() -> None:
        cache.remember(Node(node.uid, name, LOST))

    lose()
    assert toolkit.ok("-c", "-p", f"--dev {name}.local version").strip() == VERSION
    assert cache.nodes() == [node]  # it has proved there that it is the node

    lose()
    bell = toolkit.home / "LM_bell.py"
    bell.write_text(BELL)
    toolkit.ok("-o", str(bell), "-p", f"--dev {name}.local")
    rows = toolkit.ok("--push", "--module", str(bell), "--select", f"name={name}.local", "--json")
    assert [row["address"] for row in json.loads(rows)] == [node.address]
    assert toolkit.ok("-c", "-p", f"--dev {name}.local bell ring").strip() == "ding"

    (board,) = fleet.boards(toolkit.home / "virtual")
    with fleet.control(board) as control:
        control.power_off()
    gone(f"{name}.local")
    with pytest.raises(NodeError, match=f"^nobody answers to {name}.local: "):
        names.place(f"{name}.local", cache.nodes(), lambda *what, **how: [])
