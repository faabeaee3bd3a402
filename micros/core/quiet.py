"""An executor for what has failed a moment ago. Loaded while that runs again."""

from core.executor import Executor


class Quiet:
    """Errors are known: they are not logged again."""

    guard = Executor.guard

    def __init__(self, real):
        self.real, self.log = real, self

    def __getattr__(self, name):
        return getattr(self.real, name)

    def error(self, _):
        """Log nothing."""
