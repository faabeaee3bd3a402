"""The login of a link: both ends prove that they know the key, and none sends it.

Pure: lines in, lines out. The node is asked first who it is; nothing is proved to another one, nor
to one that wants the proof made cheaper than before.
"""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.model.errors import Busy, HungUp, LoginError, NodeError, NoLink, WrongPassword
from toolkit.model.text import clean
from toolkit.model.vault import FEWEST, Secret, derive
from toolkit.transport.answers import MEMORY
from toolkit.transport.tags import Seal, b64, mac, same, transcript

VERSION = 1
MOST = 200_000  # rounds
_WHO = re.compile(r"[A-Za-z0-9_-]{1,16}")
_NONCE = re.compile(r"[A-Za-z0-9_-]{22}")
_BOOT = re.compile(r"[0-9a-f]{16}")

Fields = Mapping[str, object]


@dataclass(frozen=True)
class Admitted:
    """What a login leaves: which start of the node this is, and the keys of both directions."""

    boot: str
    leaf: bool  # it says that it has little memory: a hint, nothing proves it
    rounds: int
    out: Seal
    back: Seal


class Handshake:
    """One login at the node `uid`; `where` stands in the sentences."""

    def __init__(self, uid: str, secret: Secret, where: str, who: str = "desk") -> None:
        if not _WHO.fullmatch(who):
            raise ValueError(f"expected 1 to 16 letters, digits, _ or -, got {who!r}")
        self._uid = uid
        self._secret = secret
        self._where = where
        nonce = b64(secrets.token_bytes(16))
        self.first = _line({"id": 0, "op": "login", "v": VERSION, "who": who, "c": nonce})
        self._rounds = 0
        self._key = b""
        self._said = b""

    def prove(self, second: bytes, fields: Fields) -> bytes:
        """The proof, once the node has said who it is; `second` is its line as it came."""
        refusals(self._where, fields)
        if fields.get("v") != VERSION or not _fits(_NONCE, fields.get("s")):
            raise NodeError(f"{self._where} answers a login with what is none")
        if fields.get("uid") != self._uid:
            other = clean(str(fields.get("uid")))[:40]
            raise NodeError(
                f"at {self._where} answers {other}, not {self._uid}; "
                f"search the network (-s) to find where that one is now"
            )
        self._key = self._derived(fields.get("i"))
        self._said = transcript(self.first, second)
        return _line({"id": 0, "op": "proof", "p": b64(mac(self._key, b"C" + self._said))})

    def verify(self, fields: Fields) -> Admitted:
        """Believe the node, or raise: WrongPassword when it refused ours."""
        if fields.get("error") == "auth":
            raise WrongPassword(f"{self._where} ({self._uid}) refused the password", _wait(fields))
        refusals(self._where, fields)
        boot, proof = fields.get("boot"), fields.get("p")
        if fields.get("ok") is not True or not isinstance(boot, str) or not _fits(_BOOT, boot):
            raise NodeError(f"{self._where} answers a login with what is none")
        expected = b64(mac(self._key, b"S" + self._said + boot.encode()))
        if not isinstance(proof, str) or not same(proof, expected):
            raise LoginError(
                f"{self._where} says it is {self._uid} and does not know its password: it is "
                f"another one; nothing was sent to it"
            )
        out, back = (Seal(mac(self._key, way + self._said)) for way in (b"KC", b"KS"))
        return Admitted(boot, fields.get("leaf") is True, self._rounds, out, back)

    def _derived(self, rounds: object) -> bytes:
        if not isinstance(rounds, int) or isinstance(rounds, bool) or not FEWEST <= rounds <= MOST:
            raise LoginError(
                f"{self._where} wants a login of {clean(str(rounds))[:20]} rounds, expected "
                f"{FEWEST} to {MOST}; nothing was proved to it"
            )
        if rounds < self._secret.i:
            raise WrongPassword(
                f"{self._where} wants a login of {rounds} rounds where {self._secret.i} are known: "
                f"its password was changed elsewhere, or it is another one; nothing was proved to "
                f"it. Type its password once (-c) if you have changed it"
            )
        self._rounds = rounds
        if rounds == self._secret.i:
            return bytes.fromhex(self._secret.k)
        return derive(self._secret.appwd, self._uid, rounds)


def refusals(where: str, fields: Fields) -> None:
    """Raise what a node said instead of an answer, before its login."""
    kind = fields.get("error")
    if kind is None:
        return
    text = clean(str(fields.get("text", "")))[:200]
    if kind == "auth":
        wait = _wait(fields)
        raise LoginError(
            f"{where} takes no login for {wait:g} s, after wrong ones; try again after that", wait
        )
    if kind == "busy":
        raise Busy(f"{where} is busy: {text or 'try again later'}")
    if kind == "refused" and "no link" in text:
        raise NoLink(f"{where} is of a version that speaks text alone: update it")
    why = f"{where} refused the login: {text or 'without a reason'}"
    raise HungUp(why) if MEMORY in text else NodeError(why)


def _line(fields: Fields) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode()


def _fits(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _wait(fields: Fields) -> float:
    wait = fields.get("wait")
    return float(min(wait, 3600)) if isinstance(wait, int) and wait > 0 else 0.0
