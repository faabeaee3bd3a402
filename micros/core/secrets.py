"""The secrets of the node: its password, its key, the passwords of its networks."""

from core.once import once


class Secrets:
    """Kept in a file of their own, which core/start.py reads or makes."""

    def __init__(self, path, kept):
        self.path = path
        self._kept = kept

    def get(self, name):
        """Return a secret, or None."""
        return self._kept.get(name)

    def texts(self):
        """Return what must never be shown: the passwords, each of a list on its own."""
        passwords = (self._kept.get("stapwd") or "").split(";") + [self._kept["appwd"]]
        return [password for password in passwords if len(password) >= 8]  # WPA2's least

    def set(self, name, value):
        """Keep one secret."""
        self.set_many({name: value})

    def set_many(self, changed):
        """Keep several."""
        self._kept = once("core.settings").keep_secrets(self.path, self._kept, changed)
