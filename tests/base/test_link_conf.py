"""Settings over the link: all of them told, some of them changed, all or none."""

import asyncio
import json
import sys
from hashlib import sha256

REPOSITORY = __file__.replace("\\", "/").rsplit("/tests/", 1)[0]
sys.path.append(REPOSITORY + "/tests/core")

from core.errors import CommandError  # noqa: E402
from core.key import derive  # noqa: E402
from core.linkconf import conf  # noqa: E402
from core.start import secrets  # noqa: E402, F401 - what is there at a start
from core.store import load  # noqa: E402
from fake_ops import FakeLink, FakeRequest  # noqa: E402
from test_settings import KNOWN, config  # noqa: E402

UID = "240ac4000001"
KEY = "0123456789abcdef" * 4


class Node:
    """As much of a node as settings over the link need; its own server."""

    uid = UID
    LEAF = False

    def __init__(self):
        self.config = config(None, {"appwd": KNOWN, "k": "0" * 64, "i": 20000})
        self.server = self.port = self
        self.closed = []

    def close_others(self, session):
        self.closed.append(session)


def hexed(data):
    return "".join(["%02x" % byte for byte in data])  # noqa: UP031


def sealed(text):
    return {"x": "".join(reversed(text))}


async def ask(node, parts=(), **given):
    """The answer, or the text of the refusal."""
    link = FakeLink(node, parts)
    try:
        value = await link.ask(conf, FakeRequest(**given))
    except CommandError as error:
        return str(error)
    return json.loads(link.data) if value is None else value


def kept(node):
    return load(node.config.secret_path)[0] or {}


async def test_all_settings_are_told_as_what_they_are_and_secrets_never():
    node = Node()
    node.config.thin()
    node.config.set_many(
        {"stapwd": "password of a network", "soctout": "50", "boothook": "light on"}
    )
    found = await ask(node)
    assert found["appwd"] == found["stapwd"] == "***"
    assert (found["soctout"], found["pled"], found["boothook"]) == (50, True, "light on")
    assert len(found) == 11
    assert "password of" not in json.dumps(found)


async def test_settings_are_changed_together_whatever_their_type():
    node = Node()
    given = {"soctout": 60, "pled": False, "devfid": "lamp", "stapwd": sealed("a new password")}
    assert await ask(node, set=given) is True
    assert [node.config.get(name) for name in given] == [60, False, "lamp", "a new password"]
    assert kept(node)["stapwd"] == "a new password"
    assert node.closed == []


async def test_one_wrong_value_changes_none_and_says_what_the_text_shell_says():
    for name, value, said in (
        ("soctout", 4, "soctout: expected a whole number from 5 to 86400, got '4'"),
        ("soctout", "x", "soctout: expected a whole number from 5 to 86400, got 'x'"),
        ("soctout", 5.5, "soctout: expected a text, a whole number, true or false"),
        ("soctout", None, "soctout: expected a text, a whole number, true or false"),
        ("soctout", [5], "soctout: expected a text, a whole number, true or false"),
        ("soctout", True, "soctout: expected a whole number from 5 to 86400, got 'true'"),
        ("pled", 1, "pled: expected True or False, got '1'"),
        ("version", "1", "version is shown by the node, it cannot be set"),
        ("nosuch", "1", "Invalid key: nosuch"),
        ("stapwd", "in clear", "stapwd: expected a sealed value"),
        ("stapwd", {"y": 1}, "stapwd: expected a sealed value"),
        ("appwd", KNOWN, "appwd: expected a sealed value"),
        ("k", KEY, "k: expected a sealed value"),
        ("k", sealed(KEY), "i: expected a whole number from 400 to 200000, and k with it"),
        ("i", 20000, "k: expected 64 hex digits in lower case, and i with it"),
    ):
        node = Node()
        answer = await ask(node, set={"devfid": "lamp", name: value})
        assert answer == said, answer
        assert node.config.get("devfid") == "node01"
        assert load(node.config.path)[0] is None
        assert kept(node) == {}
    for given in (None, {}, [], "x", 5):
        assert "expected set as" in await ask(Node(), set=given)


async def test_the_answer_to_a_wrong_secret_does_not_repeat_it():
    answer = await ask(Node(), set={"appwd": sealed("too short")})
    assert answer.startswith("appwd: expected a text from 12 to 63"), answer
    assert "too short" not in answer


async def test_a_key_for_the_same_password_is_kept_and_ends_all_other_sessions():
    node = Node()
    assert await ask(node, set={"k": sealed(KEY), "i": 20000}) is True
    assert (kept(node)["k"], kept(node)["i"], kept(node)["appwd"]) == (KEY, 20000, KNOWN)
    assert len(node.closed) == 1
    for i in (399, 200_001, True, "20000", None, 400.0):
        assert "from 400 to 200000" in await ask(node, set={"k": sealed(KEY), "i": i})
    for k in ("0" * 63, "0" * 65, "G" * 64, KEY.upper(), ""):
        assert "64 hex digits" in await ask(node, set={"k": sealed(k), "i": 20000})
    assert len(node.closed) == 1


async def test_a_new_password_brings_its_key_or_gets_one():
    node, password = Node(), "another password"
    given = {"appwd": sealed(password), "k": sealed(KEY), "i": 30000}
    assert await ask(node, set=given) is True
    found = kept(node)
    assert (found["appwd"], found["k"], found["i"]) == (password, KEY, 30000)
    assert (found["claimed"], len(node.closed)) == (True, 1)
    node = Node()
    assert await ask(node, set={"appwd": sealed(password), "soctout": 70}) is True
    found = kept(node)
    assert found["k"] == hexed(await derive(password, UID))
    assert (found["appwd"], found["i"], len(node.closed)) == (password, 400, 1)
    assert node.config.get("soctout") == 70


async def test_a_long_value_comes_in_chunks():
    node, text = Node(), "light on; " * 3 + "é"
    for value in (text, ""):
        data = value.encode()
        parts = [(at, data[at : at + 7]) for at in range(0, len(data), 7)]
        given = {"key": "boothook", "size": len(data), "sha256": hexed(sha256(data).digest())}
        assert await ask(node, parts, **given) is True
        assert node.config.get("boothook") == value


async def test_a_long_value_that_is_none_is_refused_and_nothing_changes():
    data = b"light on"
    good = {"key": "boothook", "size": 8, "sha256": hexed(sha256(data).digest())}
    node = Node()
    for name, value, said in (
        ("size", -1, "conf: expected the size from 0 to 8192"),
        ("size", 8193, "conf: expected the size from 0 to 8192"),
        ("size", True, "conf: expected the size from 0 to 8192"),
        ("size", None, "conf: expected the size from 0 to 8192"),
        ("key", "appwd", "appwd: expected it in set, sealed"),
        ("key", "k", "k: expected it in set, sealed"),
        ("key", "nosuch", "Invalid key: nosuch"),
        ("key", 5, "Invalid key: 5"),
        ("key", "soctout", "soctout: expected a whole number from 5 to 86400, got 'light on'"),
        ("sha256", "0" * 64, "conf boothook: expected another sha256"),
        ("sha256", None, "conf boothook: expected another sha256"),
    ):
        given = dict(good)
        given[name] = value
        answer = await ask(node, [(0, data)], **given)
        assert answer == said, answer
        assert node.config.get("boothook") == "n/a"
    bad = b"\xff\xfe light"
    given = dict(good, sha256=hexed(sha256(bad[:8]).digest()))
    assert "text of UTF-8" in await ask(node, [(0, bad[:8])], **given)
    try:
        await ask(node, [(0, data[:4])], **good)
        raise AssertionError("not cut off")
    except asyncio.CancelledError:
        assert node.config.get("boothook") == "n/a"
