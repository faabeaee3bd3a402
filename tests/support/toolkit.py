"""The real toolkit, as a person starts it, with user data of its own."""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.terminal import COLUMNS, ROWS, Terminal
from toolkit.model import release
from toolkit.virtual.engine import Engine

REPOSITORY = Path(__file__).resolve().parents[2]
VERSION = "{}.{}.{}-{}".format(*release.identity().release)


class Toolkit:
    """`devToolKit.py` with a user data folder of its own."""

    def __init__(self, home: Path, engine: Engine) -> None:
        self.home = home
        self.environment: Mapping[str, str] = {
            **os.environ,
            "MICROS_USER_DATA": str(home),
            "MICROS_NETWORKS": "127.0.0.0/32",
            "MICROS_MICROPYTHON": shlex.join(engine.command),
        }

    def __call__(
        self, *arguments: str, answers: str = "", timeout: float = 180
    ) -> subprocess.CompletedProcess[str]:
        """Run it without a terminal; `answers` is its standard input."""
        return subprocess.run(
            [sys.executable, "-m", "toolkit", *arguments],
            cwd=REPOSITORY,
            env=dict(self.environment),
            input=answers,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def terminal(
        self, *arguments: str, size: tuple[int, int] = (COLUMNS, ROWS), **environment: str
    ) -> Terminal:
        """Run it on a terminal of its own."""
        command = [sys.executable, "-m", "toolkit", *arguments]
        return Terminal(command, {**self.environment, **environment}, size)

    def ok(self, *arguments: str, answers: str = "", timeout: float = 180) -> str:
        """Run it, expect success, return what it printed."""
        done = self(*arguments, answers=answers, timeout=timeout)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def refused(self, code: int, *arguments: str) -> str:
        """Run it, expect this exit code and one sentence, return the sentence."""
        done = self(*arguments)
        assert done.returncode == code, f"{done.returncode}: {done.stderr}{done.stdout}"
        sentence = done.stderr.strip().splitlines()[-1]
        assert sentence.startswith("devToolKit: "), done.stderr
        assert "Traceback" not in done.stderr
        return sentence.removeprefix("devToolKit: ")
