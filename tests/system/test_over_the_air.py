"""Load modules and settings alone, over the air, on a real node: as a person types it."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

from tests.support.boards import eventually
from tests.support.toolkit import REPOSITORY, Toolkit

BELL = """\
def ring(times: int = 1) -> str:
    return "ding " * times
"""
WHERE = ("-p", "--dev node01")


def test_modules_and_settings_come_over_the_air_and_nothing_restarts(
    toolkit: Toolkit, tmp_path: Path
) -> None:
    bell = tmp_path / "LM_bell.py"
    bell.write_text(BELL, encoding="utf-8")
    toolkit.ok("--make", "--virtual", "--yes")
    assert toolkit.ok("-o", str(bell), *WHERE) == "node01: updated\n"
    assert toolkit.ok("-o", str(bell)) == "node01: unchanged\n", "the only node needs no name"
    assert toolkit.ok("-c", "-p", "--dev node01 bell ring 2") == "ding ding \n"
    toolkit.ok("-o", "--set", "cron=True", "--set", "stapwd=-", answers="virtual-wifi\n")
    assert toolkit.ok("-c", "-p", "--dev node01 conf <a> cron") == "True\n"
    assert "node01: unchanged, 0." in toolkit.ok("-o"), "it runs this very release"
    sentence = toolkit.refused(9, "-o", "--set", "poweron=no_such_pin:on")
    assert sentence.startswith("node01: refused: poweron: ")
    watched(toolkit, bell)


def watched(toolkit: Toolkit, bell: Path) -> None:
    """What is saved runs, what is wrong is told with its line, and Ctrl-C is a good end."""
    command = [sys.executable, "-m", "toolkit", "--watch", str(bell.parent)]
    with subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env=dict(toolkit.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),  # as behind a shell's &
    ) as process:
        told: list[str] = []
        assert process.stdout
        reading = threading.Thread(target=told.extend, args=(iter(process.stdout.readline, ""),))
        reading.start()
        try:
            eventually(lambda: "watching" in "".join(told), "its first word")
            saved(told, bell, BELL.replace("ding", "dong"), "LM_bell.py runs (")
            assert toolkit.ok("-c", "-p", "--dev node01 bell ring 1") == "dong \n"
            saved(told, bell, BELL.replace("def", "dfe"), "line 1")
            assert toolkit.ok("-c", "-p", "--dev node01 bell ring 1") == "dong \n"
            saved(told, bell, BELL.replace("ding", "gong"), "LM_bell.py runs (")
            assert toolkit.ok("-c", "-p", "--dev node01 bell ring 1") == "gong \n"
        finally:
            process.send_signal(signal.SIGINT)
            try:
                ended = process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
            finally:
                reading.join()
    assert ended == 0
    assert "Traceback" not in "".join(told)


def saved(told: list[str], bell: Path, text: str, word: str) -> None:
    """Save it as an editor does, again while the one who watches may only just have begun."""
    before = len(told)

    def seen() -> bool:
        return any(word in line for line in told[before:])

    bell.write_text(text, encoding="utf-8")
    eventually(seen, f"{word!r} in {told}")
