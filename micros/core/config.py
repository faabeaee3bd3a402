"""The settings of the node."""

from core.once import once


class Config:
    """Values in memory; the table of settings and the file are read when they are needed.

    `values` holds every setting that is no secret; secrets are asked of their own keeper.
    What is done with settings now and then lies in core/settings.py, loaded for it.
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

    def __getattr__(self, name):
        """Do what else can be done: set, set_many, dump, known, reset of core/settings.py."""
        work = getattr(once("core.settings"), name)
        return lambda *arguments: work(self, *arguments)
