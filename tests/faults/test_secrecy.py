"""What other users of this computer can see of the toolkit at work."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.toolkit import Toolkit
from toolkit.model.vault import Vault

INTERPRETERS = ("cpython",)

_WIFI = "a network's own password"


@contextmanager
def _command_lines() -> Iterator[set[str]]:
    """The command lines of all processes that are there meanwhile."""
    seen: set[str] = set()
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.05):
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    words = (process / "cmdline").read_bytes()
                except OSError:
                    continue
                seen.add(words.replace(b"\0", b" ").decode(errors="replace"))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def test_no_secret_is_in_the_command_line_of_any_process(toolkit: Toolkit) -> None:
    with _command_lines() as seen:
        said = toolkit.ok("--make", "--virtual", "--yes", "--set", "stapwd=-", answers=f"{_WIFI}\n")
        said += toolkit.ok("-c", "-p", "version")
        said += toolkit.ok("-stat")
    vault = Vault(toolkit.home / "secrets.json")
    (uid,) = json.loads((toolkit.home / "secrets.json").read_text())
    secret = vault.get(uid)
    assert secret is not None
    lines = "\n".join(seen)
    print(f"command lines looked at: {len(seen)}")
    assert "esptool" in lines
    for one in (secret.appwd, secret.k, _WIFI):
        assert one not in lines
        assert one not in said
