"""Names of files over the link: what is none, what is the node's own, what would lose the board."""

import os
import sys

from core import names, shadow
from core.errors import CommandError


class Node:
    """Its server and that one's only session, too."""

    sessions = ()
    link = None

    def __init__(self):
        self.server = self


def refusal(judge, *arguments):
    try:
        judge(*arguments)
    except CommandError as error:
        return str(error)
    return None


def readable(name):
    return refusal(names.readable, {"name": name})


def changeable(name, node=None):
    return refusal(names.changeable, node or Node(), {"name": name})


def creatable(name, node=None):
    return changeable(name, node) or refusal(shadow.check, name)


GOOD = (
    "/x",
    "/modules/LM_rgb.py",
    "/data/a b/.hidden",
    "/a.txt",
    "/about/time.txt",
    "/é/日本.txt",
    "/" + "x" * 48 + "/" + "y" * 46,
    "/data/time.py",
    "/data/json/x",
    "/www/secret.json",
)
BAD = (
    None,
    7,
    True,
    [],
    {"x": 1},
    "",
    "x",
    "x/y",
    "//",
    "//x",
    "/x/",
    "/./x",
    "/../x",
    "/x/..",
    "/a/..",
    "/data/../secret.json",
    "/x.",
    "/x ",
    "/ x",
    "/secret.json ",
    "/secret.json.",
    "/x\\y",
    "/\\secret.json",
    "/SECRET~1.JSO",
    "/x:y",
    "/x*",
    "/x?",
    "/x\0y",
    "/x\ny",
    "/x\x7f",
    "/x\x9f",
    "/" + "x" * 49,
    "/" + "é" * 25,
    "/" + "x" * 48 + "/" + "y" * 47,
    "/x/" * 20,
)
SECRET = ("/secret.json", "/SECRET.json", "/Secret.Json.try", "/secret.json/x", "/secret.json.new")
OWN = (
    "/main.py",
    "/MAIN.PY",
    "/main.new",
    "/main.py/x",
    "/boot",
    "/boot/x",
    "/boot.py",
    "/Boot.0",
    "/boot.1",
    "/slots",
    "/slots/__init__.py",
    "/slots.py",
    "/slots.mpy",
    "/SLOTS.PY",
    "/a",
    "/b",
    "/a/core/x.mpy",
    "/B/manifest.json",
    "/node_config.json",
    "/node_config.1.json.prev",
    "/poweron",
    "/cycles",
    "/held",
    "/crash",
    "/crashes",
    "/kept.json",
    "/caught",
    "/w/module.mpy",
)
HIDING = (
    "/time.py",
    "/TIME.MPY",
    "/json",
    "/machine/__init__.py",
    "/os.py",
    "/lib/asyncio",
    "/lib/struct.mpy",
    "/modules/socket.py",
    "/modules/re/x.py",
)


def test_what_is_a_name_and_what_is_none():
    for name in GOOD:
        assert readable(name) is None, name
        assert creatable(name) is None, name
    for name in BAD:
        assert "expected /piece" in readable(name), name
        assert "expected /piece" in creatable(name), name
    print(len(GOOD), "good,", len(BAD), "bad")


def test_the_secrets_are_for_nobody():
    for name in SECRET:
        assert "nobody" in readable(name), name
        assert "nobody" in changeable(name), name


def test_what_belongs_to_the_node_is_read_and_never_changed():
    for name in OWN:
        assert readable(name) is None, name
        assert "belongs to the node" in changeable(name), name
        assert "belongs to the node" in creatable(name), name


def test_the_root_is_listed_and_never_changed():
    assert readable("/") is None
    assert "expected something in it" in changeable("/")


def test_nothing_comes_to_be_that_hides_the_firmware_but_such_a_thing_can_go():
    for name in HIDING:
        assert "would hide the firmware's own" in creatable(name), name
        assert changeable(name) is None, name


def test_every_module_that_the_core_takes_from_the_firmware_is_known():
    where = next(path for path in sys.path if path.endswith("/micros"))
    found = set()
    for folder in ("", "/core", "/port"):
        for name in [name for name in os.listdir(where + folder) if name[-3:] == ".py"]:
            with open(where + folder + "/" + name) as file:
                words = [line.split() for line in file]
            found.update([each[1].split(".")[0] for each in words if imports(each)])
    found -= {"core", "port", "lm", "node"}  # ours, which the slot has first
    found -= {"webrepl", "slots"}  # on request alone; refused anyway
    print(sorted(found))
    assert len(found) > 15
    for name in found:
        assert "would hide" in creatable("/%s.py" % name), name


def imports(words):
    """Is this line of code an import?"""
    if words[:1] == ["import"]:
        return len(words) == 2
    return words[:1] == ["from"] and words[2:3] == ["import"]


def test_a_file_on_its_way_is_in_nobody_elses_way():
    node = Node()
    node.sessions = (Node(), node)
    node.link = node
    node.requests = (Node(), node)
    node.name, node.over = "/x", False
    assert "just being put" in changeable("/x", node)
    assert "just being put" in changeable("/x.part", node)
    assert changeable("/y", node) is None
    assert ".part" in creatable("/x.part")
    assert ".part" in creatable("/X.PART")
    assert changeable("/x.part") is None
    node.over = True
    assert changeable("/x", node) is None


def test_the_other_name_is_judged_as_the_first():
    given = {"name": "/x", "to": "/main.py"}
    assert "belongs to the node" in refusal(names.changeable, Node(), given, "to")
    assert "to: expected /piece" in refusal(names.changeable, Node(), {"name": "/x"}, "to")
