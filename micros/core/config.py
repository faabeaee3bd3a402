"""The settings of the node."""

from core.once import Rare


class Config(Rare):
    """Values in memory; the table of settings and the file are read when they are needed.

    `values` holds what is read often. `secrets` are the passwords and the key; they lie in a file
    of their own. What else is done with settings, set and dump for example, is in the file below.
    """

    file = "core.settings"

    def __init__(self, path, table, secrets, secret_path, log):
        self.path = path
        self.table = table
        self.secrets = secrets
        self.secret_path = secret_path
        self.log = log
        self.values = {}
        self.problem = None
        self.fill()

    def get(self, name):
        """Return the value of a setting, None for a name that is none."""
        return self.values[name] if name in self.values else self.read(name)
