"""The sums of login and link, reckoned apart from the product, give the protocol's vector."""

from tests.support.reference_sums import (
    derive,
    desks_proof,
    directions,
    nodes_proof,
    transcript,
    unb64url,
)

_PASSWORD, _UID, _BOOT = "7K2M9QXT4WZ8B3HN", "240ac4000001", "9f86d081884c7d65"
_LINE1 = b'{"id":0,"op":"login","v":1,"who":"desk","c":"AAECAwQFBgcICQoLDA0ODw"}'
_LINE2 = b'{"id":0,"v":1,"uid":"240ac4000001","i":50,"s":"EBESExQVFhcYGRobHB0eHw"}'
_KEY = derive(_PASSWORD, _UID, 50)
_SEEN = transcript(_LINE1, _LINE2)


def test_the_key_of_a_password_is_that_of_the_vector() -> None:
    assert _KEY.hex() == "33a0a156c56ef0e427eba91767bc11cfe12934f48f12595b10256db7d5331fa9"


def test_both_proofs_are_those_of_the_vector() -> None:
    assert desks_proof(_KEY, _SEEN) == "HMfacnggXjOn__MQi6GBC4ZV1_1Lln9kHuaIyTznx2Y"
    assert nodes_proof(_KEY, _SEEN, _BOOT) == "F5WPsc1b49snM0i5A6_cSpFdjclmcyBvrmCx-nGnnLs"


def test_tags_and_sealed_secrets_are_those_of_the_vector() -> None:
    desk, node = directions(_KEY, _SEEN)
    line = b'{"id":1,"op":"run","line":"rgb toggle"}'
    assert desk.tag(line, seq=0) == "rC-WbW85sTlYcUopS4kxGA"
    sealed = desk.sealed("stapwd", "correct horse battery", seq=1)
    assert sealed == "c2LyoP8bSwN1HilWlR3z27sjO7Rk"
    assert desk.opened("stapwd", sealed, 1) == "correct horse battery"
    assert node.tag(b'{"id":5,"at":0,"size":5}', b"hello", 3) == "hc4xVUJeFgJVvJOxx3hBeg"


def test_a_secret_of_512_bytes_needs_sixteen_different_blocks() -> None:
    desk, _ = directions(_KEY, _SEEN)
    sealed = desk.sealed("stapwd", "\0" * 512, seq=1)
    blocks = unb64url(sealed)
    assert len(blocks) == 512
    assert len({blocks[at : at + 32] for at in range(0, 512, 32)}) == 16
    assert desk.opened("stapwd", sealed, 1) == "\0" * 512
