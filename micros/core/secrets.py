"""The secrets of the node: its password, its key, the passwords of its networks."""

from core.errors import CommandError
from core.once import once

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base 32: nothing looks like another


class Secrets:
    """Kept in a file of their own. Without the file the node makes itself a password."""

    def __init__(self, path, uid, entropy, log, console=print):
        self.path = path
        self.uid = uid
        self._kept, problem = once("core.store").load(path)
        if problem:
            log.error("secrets: " + problem)
        if not self._kept or not self._kept.get("appwd"):
            password = "".join(ALPHABET[byte & 31] for byte in entropy(16))
            self._kept = dict(self._kept or {}, appwd=password, claimed=False)
            console("micros: no secrets yet, this node's password is now " + password)
            try:
                once("core.store").save(path, self._kept)
            except OSError as error:
                log.error("secrets: not saved: %r" % error)

    def get(self, name):
        """Return a secret, or None."""
        return self._kept.get(name)

    def texts(self):
        """Return what must never be shown: the passwords, each of a list on its own."""
        passwords = (self._kept.get("stapwd") or "").split(";")
        passwords.append(self._kept["appwd"])
        return [password for password in passwords if len(password) >= 8]  # WPA2's least

    def set(self, name, value):
        """Keep one secret."""
        self.set_many({name: value})

    def set_many(self, changed):
        """Keep several; a new password leaves no key of the old one behind."""
        kept = dict(self._kept)
        kept.update(changed)
        if "appwd" in changed:
            kept["claimed"] = True
            if "k" not in changed:
                kept.pop("k", None)
                kept.pop("i", None)
        if kept == self._kept:
            return
        try:
            once("core.store").save(self.path, kept)
        except OSError as error:
            raise CommandError("not saved, the old secret stays: %r" % error)
        self._kept = kept
