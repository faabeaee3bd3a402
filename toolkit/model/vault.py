"""The passwords and keys of the nodes: `user_data/secrets.json`, for the owner's eyes only."""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import cast

from toolkit.model import files, paths
from toolkit.model.errors import InputError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
PASSWORD_LENGTH = 16  # 80 bits
ROUNDS = 20_000
FEWEST = 400  # of a password that was changed on the node
MODE = 0o600
_KEY = re.compile(r"[0-9a-f]{64}")
_NO_KEY = "0" * 64
_RARE = ("before", "stapwd")  # are written where there is one


@dataclass(frozen=True)
class Secret:
    """A node's password, the key made from it and the rounds that took; shown by no repr.

    `before` is the password it had, kept until the node has been seen to know the new one; `stapwd`
    the Wi-Fi passwords it was given, for the board that takes its place one day. An `appwd` of no
    letters is none: of that node only its Wi-Fi passwords are known.
    """

    appwd: str = field(repr=False)
    k: str = field(repr=False)
    i: int = ROUNDS
    before: str = field(default="", repr=False)
    stapwd: str = field(default="", repr=False)


def new_password() -> str:
    """A fresh password for one device."""
    return "".join(secrets.choice(ALPHABET) for _ in range(PASSWORD_LENGTH))


def derive(appwd: str, uid: str, i: int = ROUNDS) -> bytes:
    """The 32-byte key K that node and desk share."""
    salt = f"micros-link-1:{uid}".encode()
    return hashlib.pbkdf2_hmac("sha256", appwd.encode(), salt, i, 32)


def secret_of(uid: str, appwd: str, i: int = ROUNDS) -> Secret:
    """A node's password with the key made from it, by that many rounds at least."""
    return Secret(appwd, derive(appwd, uid, i).hex(), i)


def path() -> Path:
    """Where the file of secrets lies."""
    return paths.user_data() / "secrets.json"


def opened(report: files.Report = files.silent) -> "Vault":
    """The secrets of whoever uses this toolkit."""
    return Vault(path(), report)


class Vault:
    """The file of secrets; read anew each time, because several toolkits may write it."""

    def __init__(self, path: Path, report: files.Report = files.silent) -> None:
        self._path = path
        self._report = report

    def get(self, uid: str) -> Secret | None:
        """The secret of that node, if its password is known."""
        found = self._load().get(uid)
        return found if found and found.appwd else None

    def secrets(self, uid: str) -> list[Secret]:
        """What the node may know: its secret, and the one before when that is not yet certain."""
        kept = self.get(uid)
        if kept is None:
            return []
        older = [secret_of(uid, kept.before, FEWEST)] if kept.before else []
        return [replace(kept, before=""), *older]

    def put(self, uid: str, appwd: str, i: int = ROUNDS, stapwd: str = "") -> Secret:
        """Keep a node's password with the key made from it, by as many rounds as the node says.

        Without Wi-Fi passwords those that are known stay.
        """
        return self._keep(uid, replace(secret_of(uid, appwd, i), stapwd=stapwd))

    def wifi(self, uid: str, stapwd: str) -> None:
        """Keep the Wi-Fi passwords of a node, also where its own password is not known."""
        if stapwd and self.wifi_of(uid) != stapwd:
            self._keep(uid, Secret("", _NO_KEY, stapwd=stapwd))

    def wifi_of(self, uid: str) -> str:
        """The Wi-Fi passwords of a node; empty where none is known."""
        found = self._load().get(uid)
        return found.stapwd if found else ""

    def offer(self, uid: str, appwd: str) -> Secret:
        """Keep a password that the node is about to get, beside the one it has."""
        kept = self.get(uid)
        before = kept.appwd if kept and kept.appwd != appwd else ""
        return self._keep(uid, replace(secret_of(uid, appwd, FEWEST), before=before))

    def _keep(self, uid: str, secret: Secret) -> Secret:
        with files.only_writer(self._path):
            known = self._load()
            if not secret.stapwd and uid in known:
                secret = replace(secret, stapwd=known[uid].stapwd)
            if not secret.appwd and uid in known:
                secret = replace(known[uid], stapwd=secret.stapwd)
            plain = {
                name: {it: text for it, text in asdict(one).items() if it not in _RARE or text}
                for name, one in {**known, uid: secret}.items()
            }
            files.replace(self._path, json.dumps(plain, indent=1, sort_keys=True) + "\n", MODE)
        return secret

    def _load(self) -> dict[str, Secret]:
        try:
            self._tighten()
            return _parse(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            # Never moved aside by itself: these passwords exist nowhere else.
            cause = error.strerror if isinstance(error, OSError) else "it is not what was written"
            raise InputError(
                f"{self._path} cannot be read: {cause}; restore it, or move it away to begin anew"
            ) from None  # the cause of a JSON error carries the text of the file

    def _tighten(self) -> None:
        mode = self._path.stat().st_mode & 0o777
        if mode & 0o077:
            self._path.chmod(MODE)
            self._report(
                f"{self._path} could be read by others (mode {mode:o}); it is yours alone now"
            )


def _parse(text: str) -> dict[str, Secret]:
    plain: object = json.loads(text)
    if not isinstance(plain, dict):
        raise ValueError("not an object")
    return {uid: _secret(entry) for uid, entry in cast(dict[str, object], plain).items()}


def _secret(entry: object) -> Secret:
    if not isinstance(entry, Mapping):
        raise ValueError("not a secret")
    values = cast(Mapping[str, object], entry)
    appwd, key, rounds = values.get("appwd"), values.get("k"), values.get("i")
    if not isinstance(appwd, str) or not isinstance(key, str) or not isinstance(rounds, int):
        raise ValueError("not a secret")
    if not _KEY.fullmatch(key) or rounds < 1:
        raise ValueError("not a key")
    appwd.encode()  # half a character of two is none: a ValueError, too
    rare = [text if isinstance(text := values.get(name), str) else "" for name in _RARE]
    return Secret(appwd, key, rounds, *rare)
