"""`--selfcheck`: what it finds of a virtual board, what it leaves, and what it tells nobody."""

import json
from typing import Any

import pytest

from tests.support.boards import engine, eventually  # noqa: F401 - a fixture
from tests.support.toolkit import VERSION, Toolkit
from toolkit.transport.repl import Repl
from toolkit.virtual import fleet
from toolkit.virtual.engine import Engine

NETWORK = {"ssid": "Mum's net", "password": "a secret of hers", "rssi": -61}
PASSED = ["chip", "firmware", "files", "start", "shell", "restart", "memory", "settings"]
PASSED += ["network", "modules", "update", "as found"]
SPEED = 6  # of the board's clock: a release is on trial for a minute


def report(toolkit: Toolkit) -> tuple[dict[str, Any], str]:
    """The newest report, as a program and as a person reads it."""
    page = max((toolkit.home / "selfcheck").glob("*.md"))
    return json.loads(page.with_suffix(".json").read_text("utf-8")), page.read_text("utf-8")


def results(facts: dict[str, Any]) -> dict[str, str]:
    return {step["name"]: step["result"] for step in facts["steps"]}


@pytest.fixture(scope="module")
def toolkit(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Any:
    kit = Toolkit(tmp_path_factory.mktemp("person"), engine)
    yield kit
    kit("--virtual", "--stop")


@pytest.fixture(scope="module")
def node(toolkit: Toolkit) -> Any:
    """A node whose Wi-Fi has a name and a password of somebody's own."""
    secret = toolkit.home / "wifi"
    secret.write_text(NETWORK["password"], encoding="utf-8")
    toolkit.ok("--virtual")
    (board,) = fleet.boards(toolkit.home / "virtual")
    with fleet.control(board) as control:
        control.networks([NETWORK])
        given = ("--set", f"staessid={NETWORK['ssid']}", "--set", f"stapwd=@{secret}")
        toolkit.ok("--make", "--virtual", "--yes", "--set", "devfid=attic", *given)
        control.clock("speed", SPEED)
        yield board


def settings(toolkit: Toolkit) -> list[str]:
    """All but which network is in use: a node that has just started may have none yet."""
    dump = toolkit.ok("-c", "-p", "--dev attic conf <a> dump").splitlines()
    return [line for line in dump if not line.strip().startswith("nwmd")]


def test_a_board_passes_and_is_left_as_it_was(toolkit: Toolkit, node: Any) -> None:
    before = settings(toolkit)
    assert any("devfid" in line and "attic" in line for line in before)
    with Repl(str(node.port)) as repl:
        repl.run("open('/selfcheck.part', 'w').close()")  # as one whose cable was pulled
    said = toolkit.ok("--selfcheck", "--port", str(node.port), "--yes")
    assert f"{len(PASSED)} passed, 1 left out; a virtual board" in said
    facts, page = report(toolkit)
    assert results(facts) == {**dict.fromkeys(PASSED, "passed"), "pins": "left out"}
    assert facts["virtual"] is True
    assert facts["changed"] == ["slot b, which does not run, has the release of this toolkit now"]
    assert "virtual board" in page
    assert settings(toolkit) == before
    assert toolkit.ok("-c", "-p", "--dev attic version").strip() == VERSION
    assert ".part" not in toolkit.ok("-ls", "--virtual")


def test_nothing_private_is_in_a_report_or_on_the_screen(toolkit: Toolkit, node: Any) -> None:
    """Also where steps fail: here the key that is kept is a wrong one."""
    keys = toolkit.home / "secrets.json"
    kept = keys.read_text("utf-8")
    (known,) = json.loads(kept).values()
    wrong = kept.replace(known["k"], "0" * 64)
    keys.write_text(wrong, encoding="utf-8")
    try:
        done = toolkit("--selfcheck", "--virtual", "--yes", "--json")
    finally:
        keys.write_text(kept, encoding="utf-8")
    assert done.returncode == 13, done.stderr
    facts, page = report(toolkit)
    assert json.loads(done.stdout) == facts
    ended = results(facts)
    assert (ended["shell"], ended["memory"], ended["update"]) == ("failed", "left out", "left out")
    private = [NETWORK["ssid"], NETWORK["password"], "attic", known["appwd"], known["k"]]
    private += [node.address, node.mac, node.mac.replace(":", ""), str(toolkit.home)]
    told = page + json.dumps(facts)
    assert [word for word in private if word in told] == []
    assert NETWORK["password"] not in done.stderr
    assert known["appwd"] not in done.stderr


def test_where_nobody_can_be_asked_yes_must_be_said(toolkit: Toolkit) -> None:
    assert "say --yes" in toolkit.refused(2, "--selfcheck", "--virtual")
    assert "say --yes" in toolkit.refused(2, "--selfcheck", "--virtual", "--json")


def test_a_board_without_a_node_is_told_how_far_it_came(toolkit: Toolkit, node: Any) -> None:
    toolkit.ok("--deploy", "--virtual")
    toolkit.ok("--selfcheck", "--virtual", "--yes")
    facts, _ = report(toolkit)
    ended = results(facts)
    assert [name for name, how in ended.items() if how == "passed"] == PASSED[:3]
    assert "failed" not in ended.values()
    assert facts["changed"] == []
    (start,) = [step for step in facts["steps"] if step["name"] == "start"]
    assert start["note"] == "no node is on it: --make or --install puts one there"
