"""The parts of the README and of pages that are made by running what they show.

`python tests/readme/transcripts.py [PAGE …]` writes them anew; the tests beside compare them.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
README = "README.md"
FIRST_STEPS = "docs/first_steps.md"
_TOOLKIT = "./devToolKit.py "
_SPIN = """cat >> user_data/LM_blinds.py <<END

def spin() -> str:
    \"\"\"Never come back.\"\"\"
    while True:
        pass
END"""
# Each page is one story: its commands run one after the other, in one home.
SCRIPTS: Mapping[str, Mapping[str, Sequence[str]]] = {
    README: {
        "make": ["./devToolKit.py --make --virtual --yes"],
        "use": [
            "./devToolKit.py --virtual --list",
            "./devToolKit.py -s",
            "./devToolKit.py -c -p '--dev node01 light rgb 1000 200 0'",
            "./devToolKit.py -c -p '--dev node01 light rgb 1000 200 2000'",
            "./devToolKit.py -c -p '--dev node01 servo angle 90 >json <a> servo status'",
            "./devToolKit.py --virtual --stop",
        ],
    },
    FIRST_STEPS: {
        "make": ["./devToolKit.py --make --virtual --yes --set devfid=office"],
        "talk": [
            "./devToolKit.py -c -p '--dev office light rgb 1000 200 0'",
            "./devToolKit.py -c -p '--dev office light rgb 1000 2000 0'",
            "./devToolKit.py -c -p '--dev office help light'",
        ],
        "settings": [
            "./devToolKit.py -c -p '--dev office conf <a> gmttime 27 <a> gmttime'",
            "./devToolKit.py -c -p '--dev office conf <a> gmttime 2 <a> gmttime'",
            "./devToolKit.py -o --set 'boothook=light rgb 0 0 300' -p '--dev office'",
        ],
        "module": [
            "./devToolKit.py --new-module user_data/blinds",
            "./devToolKit.py --test-module user_data/LM_blinds.py",
            "./devToolKit.py -o user_data/LM_blinds.py -p '--dev office'",
            "./devToolKit.py -c -p '--dev office blinds on'",
        ],
        "update": [
            "./devToolKit.py -o -p '--dev office'",
            "./devToolKit.py -o --force -p '--dev office'",
            "./devToolKit.py -c -p '--dev office version <a> light status'",
        ],
        "break": [
            _SPIN,
            "./devToolKit.py -o user_data/LM_blinds.py -p '--dev office'",
            "./devToolKit.py -o user_data/LM_blinds.py --force -p '--dev office'",
            "./devToolKit.py -c -p '--dev office blinds spin'",
        ],
        "recover": [
            "./devToolKit.py -c -p '--dev office log crash'",
            "sed -i '/^def spin/,$d' user_data/LM_blinds.py",
            "./devToolKit.py -o user_data/LM_blinds.py -p '--dev office'",
            "./devToolKit.py -c -p '--dev office blinds on'",
        ],
        "again": [
            "./devToolKit.py --make --virtual --yes",
            "./devToolKit.py -c -p '--dev office light status'",
            "./devToolKit.py --virtual --stop",
        ],
    },
}
_BLOCK = r"(<!-- transcript: {name} -->\n).*?(<!-- end -->)"
_ENGINE = r"^(asking \w+ for|downloading) MicroPython .*\n|^MicroPython .* is ready\n"
_SETTINGS = r"(<!-- settings -->\n).*?(<!-- end -->)"


def record(commands: Sequence[str], home: Path, **more: str) -> str:
    """Run the commands one after the other, as a person would; what the terminal shows."""
    shown: list[str] = []
    for command in commands:
        done = subprocess.run(
            _words(command.replace("user_data", str(home))),
            cwd=REPOSITORY,
            env=environment(home, more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        shown.append(f"$ {command}\n{done.stdout}".replace(str(home), "user_data"))
    return "\n".join(shown)


def environment(home: Path, more: Mapping[str, str]) -> dict[str, str]:
    """What a person's environment is, with this home."""
    own = {"MICROS_USER_DATA": str(home), "MICROS_NETWORKS": "127.0.0.0/32"}
    return {**os.environ, **own, **more}


def _words(command: str) -> list[str]:
    """The toolkit runs here, from these sources; all else is for the system's shell."""
    if command.startswith(_TOOLKIT):
        return [sys.executable, "-m", "toolkit", *shlex.split(command.removeprefix(_TOOLKIT))]
    return ["sh", "-c", command]


def alike(text: str) -> str:
    """A transcript without what differs from run to run: addresses, ids, sizes, times.

    And without where MicroPython came from, which is another place on every system.
    """
    text = re.sub(_ENGINE, "", text, flags=re.MULTILINE)
    text = re.sub(r"\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b", "<mac>", text)
    text = re.sub(r"\b[0-9a-f]{12}\b", "<uid>", text)
    text = re.sub(r"\b127\.\d+\.\d+\.\d+\b", "<address>", text)
    text = re.sub(r"-{3,}", "---", re.sub(r" {2,}", "  ", text))
    text = re.sub(r"(-\d{8}-\d{6})-\d+\.zip", r"\1.zip", text)  # two of one second
    return re.sub(r"\d+", "<n>", text)


def page(name: str) -> str:
    """The text of a page, by its path in the repository."""
    return (REPOSITORY / name).read_text(encoding="utf-8")


def recorded(text: str, name: str) -> str:
    """What a page shows under that name."""
    found = re.search(_BLOCK.format(name=name), text, re.DOTALL)
    assert found, f"the page has no transcript {name}"
    return found[0].split("```console\n")[1].split("```")[0]


def settings_table() -> str:
    """The settings as a Markdown table, from the one table of settings."""
    from toolkit.model.settings import table

    rows = ["| key | default | meaning | takes effect |", "|---|---|---|---|"]
    for one in table().values():
        default = "secret" if one.secret else f"`{one.default}`" if one.default != "" else "empty"
        when = "shown only" if one.read_only else "at the next start" if one.reboot else "at once"
        limits = "" if one.read_only or one.limits is None else f" ({one.range})"
        about = one.help.replace("|", "\\|")  # a bar would begin the next cell
        rows.append(f"| `{one.name}` | {default} | {about}{limits} | {when} |")
    return "\n".join(rows) + "\n"


def write(name: str) -> None:
    """Run everything that a page shows, and put it in."""
    text = page(name)
    with tempfile.TemporaryDirectory() as folder:
        for part, commands in SCRIPTS[name].items():
            block = f"```console\n{record(commands, Path(folder))}```\n"
            pattern = _BLOCK.format(name=part)
            text = re.sub(pattern, lambda m, b=block: m[1] + b + m[2], text, flags=re.DOTALL)
    text = re.sub(_SETTINGS, lambda m: m[1] + settings_table() + m[2], text, flags=re.DOTALL)
    (REPOSITORY / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(REPOSITORY))
    for chosen in sys.argv[1:] or SCRIPTS:
        write(chosen)
