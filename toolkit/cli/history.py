"""What was typed to one node before: a file of lines, without those that carry a secret."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from prompt_toolkit.history import History

from toolkit.model import files
from toolkit.model.errors import InputError
from toolkit.model.secrecy import may_carry_a_secret

KEPT = 1000
_MODE = 0o600


class NodeHistory(History):
    """A history whose file holds the last lines, readable for its owner alone."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def load_history_strings(self) -> Iterable[str]:
        """The lines of the file, the newest first."""
        return reversed(self._lines())

    def append_string(self, string: str) -> None:
        """Remember a line, unless it is one to forget: then even the arrow keys do not find it."""
        line = string.strip()
        if line and not may_carry_a_secret(line):
            super().append_string(line)

    def store_string(self, string: str) -> None:
        """Write a line to the file, if it can be: a full disk ends no conversation with a node."""
        with suppress(InputError), files.only_writer(self._path):
            lines = [*self._lines(), string][-KEPT:]
            files.replace(self._path, "\n".join(lines) + "\n", _MODE)

    def _lines(self) -> list[str]:
        try:
            return self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:  # none yet, or none that can be read
            return []
