"""The link on fake streams: its dialect, its ids, what it refuses."""

from core.key import derive

from fake_link import Peer
from fake_node import PASSWORD

HELLO = "hello:node01:240ac4000001:dev"


async def test_the_first_byte_makes_it_a_link_that_begins_with_a_line_break():
    async with Peer() as peer:
        assert await peer.ask(id=1, op="hello") == {"id": 1, "ok": HELLO}
        assert b"".join(peer.stream.writes).startswith(b'node01 $ \n{"id":1,')


async def test_a_login_proves_both_sides_and_then_every_line_has_a_tag():
    async with Peer(auth="on") as peer:
        key = await derive(PASSWORD, peer.node.uid)
        answer = await peer.login(key)
        assert len(answer["boot"]) == 16
        assert await peer.ask(id=1, op="run", line="version") == {"id": 1, "ok": "0.1.0-0"}
        assert (await peer.ask(id=2, op="run", line="help lamp"))["ok"].startswith("lamp")
        assert (await peer.ask(id=3, op="call", module="lamp", function="text", args=["a"])) == {
            "id": 3,
            "ok": "a",
        }
