"""The settings of the node."""

from core.once import Rare
from micropython import const

_CHANGES = const(" set set_many reset keep_secrets ")


class Config(Rare):
    """Values in memory; the table of settings and the file are read when they are needed.

    `values` holds what is read often. `secrets` are the passwords and the key; they lie in a file
    of their own. What else is done is loaded for it: changes from core/change.py, fill, thin,
    read and dump from core/settings.py.
    """

    def __init__(self, path, table, secrets, secret_path, log):
        self.path = path
        self.table = table
        self.secrets = secrets
        self.secret_path = secret_path
        self.log = log
        self.values = {}
        self.problem = None
        self.trial = None  # settings in use that are not written, see core/trial.py
        self.node = None  # which follows new values, and knows what they may be
        self.fill()

    def get(self, name):
        """Return the value of a setting, None for a name that is none."""
        return self.values[name] if name in self.values else self.read(name)

    def __getattr__(self, name):
        file = "settings"
        if " %s " % name in _CHANGES:
            file = "change"
        self.file = file
        return Rare.__getattr__(self, name)
