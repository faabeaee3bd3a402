"""A board that was a micrOS node becomes one of ours, with the settings it had."""

import json

from tests.desk.test_from_micros import OLD
from tests.support.boards import eventually
from tests.support.toolkit import REPOSITORY, Toolkit

_SECRET = "a password of its own"  # what the vault must get, and nobody sees
_HAD = {
    **OLD,
    "devfid": "slim01",
    "staessid": "virtual-wifi",
    "stapwd": "virtual-wifi",
    "appwd": _SECRET,
    "devip": "10.0.1.73",
    "cron": True,
    "timirq": True,
    "boothook": "light rgb_cache_load_n_init; light rgb(1,2,3)",
    "crontasks": "*:8:0:0!light toggle; 1:22:30:0!oldlamp lamp(0, 0, 0)",
}


def test_a_new_node_has_what_the_old_one_had(toolkit: Toolkit) -> None:
    toolkit.home.mkdir()
    path = toolkit.home / "slim01-node_config.json"
    path.write_text(json.dumps(_HAD))
    done = toolkit("--make", "--virtual", "--yes", "--profile", str(path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("hello:slim01:")
    for told in ("devip: 10.0.1.73", "timirq: it ran nothing but cron", "oldlamp is not in this"):
        assert told in done.stderr
    assert _SECRET not in done.stderr + done.stdout

    def say(line: str) -> str:
        return toolkit.ok("-c", "-p", f"--dev slim01 {line}")

    assert set(say("light status").splitlines()) >= {"r: 1", "g: 2", "b: 3"}
    kept = {key: say(f"conf <a> {key}").strip() for key in ("devip", "cron", "timirq", "crontasks")}
    assert kept == {
        "devip": "n/a",
        "cron": "True",
        "timirq": "False",
        "crontasks": _HAD["crontasks"],
    }
    assert _SECRET in (toolkit.home / "secrets.json").read_text()
    toolkit.ok("-o", str(REPOSITORY / "tests/base/old_modules/LM_oldlamp.py"), "-p", "--dev slim01")
    assert "LAMP [7, 8, 9]" in say("oldlamp lamp(7, 8, 9)")
    listed = eventually(lambda: say("cron list"), "cron")
    assert "light toggle" in listed
