"""A node that has no key just now, or no password at all, lets nobody in over the link."""

from hashlib import sha256

from fake_link import Peer, base64, mac

LINE = b'{"id":0,"op":"login","v":1,"who":"desk","c":"AAECAwQFBgcICQoLDA0ODw"}'


async def test_while_a_new_password_becomes_a_key_no_key_is_none():
    for key in (b"", b"\0", bytes(32)):
        async with Peer(auth="on") as peer:
            peer.raw(LINE + b"\n")
            await peer.line()
            told = b"".join(peer.stream.writes)[: peer.at - 1].split(b"\n")[-1]
            seen = sha256(LINE + b"\n" + told + b"\n").digest()
            peer.node.secrets["k"] = None
            peer.say(id=0, op="proof", p=base64(mac(key, b"C" + seen)))
            answer, _ = await peer.line()
            assert answer == {"id": 0, "error": "auth", "wait": 1}


async def test_a_node_without_a_password_answers_no_login():
    async with Peer(auth="on") as peer:
        peer.node.secrets["k"] = peer.node.secrets["appwd"] = None
        peer.raw(LINE + b"\n")
        answer, _ = await peer.line()
        assert answer["error"] == "refused"
