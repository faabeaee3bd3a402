"""The toolkit in somebody's foreground, with no terminal: all that it prints, as it comes."""

import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from tests.support.boards import eventually

_ROOT = Path(__file__).parents[2]


def started(environment: Mapping[str, str], *words: str, **how: Any) -> subprocess.Popen[bytes]:
    """The toolkit, which hears signals also where the tests run aside, as with nohup."""
    return subprocess.Popen(
        [sys.executable, "-m", "toolkit", *words],
        cwd=_ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        preexec_fn=_hears_signals,
        **how,
    )


def _hears_signals() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Foreground:
    """`with Foreground(environment, "--simulate") as it:`, which is killed in the end."""

    def __init__(self, environment: Mapping[str, str], *words: str) -> None:
        self.process = started(
            environment, *words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.text = ""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()

    def expect(self, text: str, count: int = 1) -> None:
        """Wait until that has been printed so often; fail when it ends before."""

        def there() -> bool:
            over = self.process.poll() is not None and not self._reader.is_alive()
            assert not over or self.text.count(text) >= count, self.text
            return self.text.count(text) >= count

        eventually(there, f"{text!r} in:\n{self.text}", 120)

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal; the exit code."""
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        """The exit code, once it has ended."""
        code = self.process.wait(60)
        self._reader.join()
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.text += line.decode().replace("\r", "")
