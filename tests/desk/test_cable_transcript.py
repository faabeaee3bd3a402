"""What is said at a board's own prompt stands in a file: as it was shown, without secrets."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from toolkit.model.shown_lines import LONGEST, ShownLines
from toolkit.operations.cable_transcript import CableTranscript
from toolkit.operations.transcript import LEFT_OUT, Transcript

NOON = "2026-11-22 12:00:00+00:00"


def kept(path: Path, *heard: bytes) -> str:
    record = Transcript(path, lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))
    talk = CableTranscript(record)
    for data in heard:
        talk.heard(data)
    talk.end()
    return path.read_text() if path.exists() else ""


def test_what_is_typed_has_its_time_and_answers_stand_below(tmp_path: Path) -> None:
    said = b"MicroPython v1.25\r\n>>> print(6 * 7)\r\n42\r\n"
    more = b">>> for i in x:\r\n...     i\r\n... \r\n>>> "
    assert kept(tmp_path / "said.txt", said, more) == (
        f"  MicroPython v1.25\n{NOON} >>> print(6 * 7)\n  42\n"
        f"{NOON} >>> for i in x:\n{NOON} ...     i\n"
    )


@pytest.mark.parametrize(
    ("sent", "line"),
    [
        ([b">>> pritn\b\b\x1b[Knt(1)"], ">>> print(1)"),
        ([b">>> abc\x1b[3DX\x1b[CY"], ">>> XbY"),
        ([b">>> ab", b"c\x1b", b"[", b"2", b"DX"], ">>> aXc"),
        ([b">>> one\x1b[2K\r>>> two"], ">>> two"),
        ([b"a\tb"], "a       b"),
        (["größer €".encode()[:3], "größer €".encode()[3:]], "größer €"),
        ([b"\x1b[31mred\x1b[0m \x1b]0\x07\xff\x00"], "red 0\ufffd"),
        ([b"x" * 5000], "x" * LONGEST + " …"),
    ],
)
def test_a_line_is_what_a_terminal_would_show(sent: list[bytes], line: str) -> None:
    lines = ShownLines()
    assert [it for data in sent for it in lines.feed(data)] == []
    assert lines.rest == line
    assert lines.feed(b"\r\n") == [line]
    assert lines.rest == ""


@pytest.mark.parametrize(
    "said",
    [
        ">>> appwd = 'hidden'\r\n",
        ">>> conf('appwd', 'hidden')\r\n'hidden'\r\n",
        ">>> d['stapwd'] = 'hidden'\r\n",
        ">>> {'appwd':\r\n... 'hidden'}\r\n{'a': 'hidden'}\r\n",
        ">>> print(open('/secret.json').read())\r\nhidden\r\n",
        ">>> wlan.connect('home', 'hidden')\r\n",
        ">>> ap.config(essid='x', key='hidden')\r\n",
        ">>> do_connect('home', 'hidden')\r\n",
        ">>> wifi_connect ('home', 'hidden')\r\n",
        ">>> connect_to(\r\n... 'home', 'hidden')\r\n",
        ">>> ap.config(wpa_key='hidden')\r\n",
        ">>> pw='hidden'\r\n",
        ">>> wifi_pw, name = 'hidden', 'home'\r\n",
        ">>> pw\r\n'hidden'\r\n",
        '>>> s = \'{\\"appwd\\": \\"hidden\\"}\'\r\n',
        ">>> input('password: ')\r\npassword: hidden\r\n'hidden'\r\n",
        ">>> import webrepl_setup\r\nNew password (4-9 chars): hidden\r\nConfirm: hidden\r\n",
        ">>> set_password('hidden')\r\n",
        "paste mode\r\n=== token = (\r\n=== 'hidden')\r\n=== print('hidden')\r\nhidden\r\n",
    ],
)
def test_a_secret_is_never_written_nor_what_follows_it(said: str, tmp_path: Path) -> None:
    text = kept(tmp_path / "said.txt", said.encode(), b">>> 1 + 1\r\n2\r\n>>> ")
    assert "hidden" not in text
    assert LEFT_OUT in text
    assert text.endswith(f"{NOON} >>> 1 + 1\n  2\n")


@pytest.mark.parametrize(
    "line", ["wlan.isconnected()", "wlan.disconnect( )", "key == 3", "pwm = 3", "connected = 1"]
)
def test_what_names_no_secret_is_kept_with_its_answer(line: str, tmp_path: Path) -> None:
    said = f">>> {line}\r\nTrue\r\n"
    assert kept(tmp_path / "said.txt", said.encode()) == f"{NOON} >>> {line}\n  True\n"
