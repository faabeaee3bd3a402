"""The settings of the node."""

from core.once import once


class Config:
    """Values in memory; the table of settings and the file are read when they are needed.

    `values` holds every setting that is no secret; secrets are asked of their own keeper.
    `unknown` holds what the file says and the table does not know, to be written back.
    """

    def __init__(self, path, table, secrets, log):
        self.path = path
        self.table = table
        self.secrets = secrets
        self.log = log
        self.values = {}
        self.unknown = {}
        self.problem = None
        once("core.settings").fill(self)

    def get(self, name):
        """Return the value of a setting, None for a name that is none."""
        return self.values[name] if name in self.values else self.secrets.get(name)

    def known(self, name):
        """Tell whether the table has such a setting."""
        return name in self.values or once("core.settings").row(self, name) is not None

    def set(self, name, text):
        """Check, save and use a new value; CommandError says what was expected."""
        once("core.settings").change(self, {name: text})

    def set_many(self, texts):
        """Set several at once, all or none of them."""
        once("core.settings").change(self, texts)

    def dump(self, part=""):
        """Yield name and shown value of each setting whose name holds the part."""
        return once("core.settings").shown(self, part)

    def reset(self):
        """Forget every setting but the secrets."""
        once("core.settings").forget(self)
