"""What each action has to tell comes as one JSON document: the table's examples, on one board."""

import io
import json
import shlex
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from tests.support.boards import engine  # noqa: F401 - a fixture
from toolkit.cli.main import main
from toolkit.cli.table import OPTIONS
from toolkit.virtual import fleet
from toolkit.virtual.engine import Engine

LAST = "stop"  # the board serves all examples, wherever this one stands
# Of these, the example shows something else.
OTHERWISE = {
    "manual": "--manual",
    "applications": "-a list",
    "restore": "--restore node01 --virtual --yes",
}
TOLD = {  # of each action, what a program looks for first
    "make": {"uid", "name", "address", "version", "problems"},
    "erase": {"port", "chip", "mac", "flash"},
    "deploy": {"port", "chip", "mac", "flash", "firmware"},
    "install": {"uid", "name", "address", "version", "problems"},
    "search_devices": {"uid", "name", "address", "version"},
    "node_status": {"uid", "name", "address", "status", "version", "note"},
    "update": {"uid", "name", "version"},
    "backup_node_config": {"backup", "path", "uid", "node", "time", "settings", "files"},
    "restore": {"uid", "name", "address", "version", "problems"},
    "OTA": {"uid", "name", "verdict", "note"},
    "push": {"uid", "name", "verdict", "note"},
    "cross_compile_micros": {"board", "folder", "files", "bytes"},
    "node_ls": {"name", "size"},
    "version": {"repository", "board"},
    "list_devs_n_bins": {"boards", "firmware"},
    "new_module": {"module", "tests"},
    "lint": {"module", "findings"},
    "test_module": {"file", "interpreter", "passed", "failed"},
    "list": {"name", "chip", "running", "address", "port"},
    "power_cycle": {"name", "running"},
    "stop": {"stopped"},
}


# The same, asked in another way: of a board that has no node, of backups.
MORE = (
    "-e --virtual",
    "-d --virtual",
    "-v",
    "-v --virtual",
    "-l --virtual",
    "-l --firmware .",
    "-stat",
    "-b list",
    "-b show node01",
    "-b diff node01 node01",
    "--make --virtual --yes --set app=n2",
    "-b diff node01 --virtual",
    "-r --virtual",
)
VALUES = {"settings"}  # of which an empty text is one


def nothing_said(found: Any, place: str) -> Iterator[str]:
    """Where in a document a text says that something is not known, or is not there."""
    if isinstance(found, dict):
        for name, value in found.items():
            if name not in VALUES:
                yield from nothing_said(value, f"{place}.{name}")
    elif isinstance(found, list):
        for value in found:
            yield from nothing_said(value, f"{place}[]")
    elif found in ("", "none", "n/a", "unknown", "?", "-"):
        yield f"{place}: {found!r}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine) -> Iterator[Path]:
    monkeypatch.setenv("MICROS_USER_DATA", str(tmp_path))
    monkeypatch.setenv("MICROS_MICROPYTHON", shlex.join(engine.command))
    yield tmp_path
    fleet.stop(tmp_path / "virtual")


def document(example: str, home: Path) -> Any:
    out = io.StringIO()
    with redirect_stdout(out):
        words = shlex.split(example.replace("user_data/", f"{home}/"))
        assert main([*words, "--json"]) == 0, example
    return json.loads(out.getvalue())


def test_every_action_tells_its_facts_as_one_document(home: Path) -> None:
    telling = [it for it in OPTIONS if it.acts and not it.no_json]
    told: dict[str, Any] = {}
    for action in sorted(telling, key=lambda it: it.name == LAST):
        *before, example = action.example.splitlines()
        if action.name == "selfcheck":  # of the board that this one makes
            assert [main(shlex.split(line)) for line in before] == [0]
        example = OTHERWISE.get(action.name, example)
        told[action.name] = document(example, home)
    assert len(told) > 18
    for name, keys in TOLD.items():
        found = told[name][0] if isinstance(told[name], list) else told[name]
        assert keys <= set(found), name
    for name in MORE:
        told[name] = document(name, home)
    unknown = [place for name, it in told.items() for place in nothing_said(it, name)]
    assert unknown == []
    assert told["-v --virtual"]["board"] is None
    assert told["-l --virtual"]["chip"]["psram"] is None
    assert told["make"]["name"] == told["search_devices"][0]["name"] == "node01"
    assert told["stop"] == {"stopped": ["esp32-1", "esp8266-1"]}
