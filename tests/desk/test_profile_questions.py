"""What a profile leaves open is asked for on a terminal, with its type, its range and its help."""

import json
import sys
from pathlib import Path

from tests.support.terminal import ENTER, Terminal

_PROGRAM = """
import json, sys
from toolkit.cli import questions
from toolkit.model import profile
from toolkit.model.chip import Chip
from toolkit.operations.answers import Wish, answers
from toolkit.operations.prepare import Prepared

found = Prepared(Chip("esp32", "24:0a:c4:00:00:01", "4MB"), {}, {})
wanted = Wish({}, profile.load(sys.argv[1]), ask=True, known=True)
answers = answers(wanted, found, "esp32", questions.asking(), virtual=False)
with open(sys.argv[2], "w") as file:
    json.dump({"plain": dict(answers.settings), "secret": dict(answers.secrets)}, file)
"""
OPEN = ("soctout", "cron", "tz", "crontasks", "appwd")


def test_each_null_is_asked_for_until_the_answer_can_be_used(tmp_path: Path) -> None:
    path, written = tmp_path / "open.json", tmp_path / "answers.json"
    path.write_text(json.dumps({"about": "x", "config": dict.fromkeys(OPEN)}))
    command = [sys.executable, "-c", _PROGRAM, str(path), str(written)]
    with Terminal(command, {"MICROS_USER_DATA": str(tmp_path / "user data")}) as screen:
        screen.expect("soctout: seconds an idle shell is kept when another waits")
        screen.expect("(a whole number from 5 to 86400) [100]:")
        for typed, refusal in (("many", "got 'many'"), ("1", "from 5 to 86400, got 1")):
            screen.type(typed + ENTER)
            screen.expect(refusal)
        screen.type("60" + ENTER)
        screen.answer("(true or false) [False]:", "maybe")
        screen.answer("cron: expected true or false, got 'maybe'", "yes")
        screen.expect("tz: time zone: a POSIX rule such as CET-1CEST,M3.5.0,M10.5.0/3")
        screen.answer("haracters) [n/a]:")
        screen.answer("crontasks: ", "noon!light on")
        screen.answer("got ", "*:12:0:0!light on")
        screen.answer("appwd: password of the shell", "short")
        screen.answer("appwd: expected a text of 12 to 63 characters", "a long enough one")
        assert screen.end() == 0
    assert "Traceback" not in screen.text
    assert "a long enough one" not in screen.text
    answers = json.loads(written.read_text())
    assert answers["plain"] == {
        "devfid": "node01",
        "soctout": 60,
        "cron": True,
        "tz": "n/a",
        "crontasks": "*:12:0:0!light on",
    }
    assert answers["secret"] == {"appwd": "a long enough one"}
