"""The options that change nodes over the air: which go together, and what is refused before."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from tests.support.quick_loop import quickly
from tests.support.scripted_node import ScriptedNode
from toolkit.cli import options
from toolkit.cli.main import main
from toolkit.model.cache import Cache
from toolkit.model.errors import HungUp, InputError, RefusedError, UsageError
from toolkit.model.node import Node
from toolkit.model.outcome import Verdict
from toolkit.model.progress import Progress
from toolkit.model.rollout import Candidate
from toolkit.operations.air import Link
from toolkit.operations.alone import Alone, give
from toolkit.operations.configure import LINE, check, configure, split
from toolkit.operations.modules import compiled_for, load
from toolkit.transport.tags import Hidden


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("MICROS_USER_DATA", str(tmp_path))
    monkeypatch.setenv("MICROS_NETWORKS", "127.77.0.0/29")
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], code: int, *arguments: str) -> str:
    assert main(arguments) == code
    out = capsys.readouterr()
    return (out.err if code else out.out).strip().removeprefix("devToolKit: ")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-o", "--push"], "-o is for one node"),
        (["--select", "board=esp32", "-o"], "--select goes with --push"),
        (["--canary", "0", "-o"], "--canary goes with --push"),
        (["--push", "--canary", "many"], "expected a number from 0 on, got 'many'"),
        (["--push", "--stop-after", "0"], "expected a number from 1 on, got '0'"),
        (["--force", "-c"], "-f goes with -m, -o, -r, "),
        (["-f", "-o", "--set", "cron=True"], "--force is about releases and modules"),
        (["--unattended", "-o", "LM_x.py"], "--unattended is about releases"),
        (["--back", "--push", "--set", "cron=True"], "--back is about releases"),
        (["--back", "-o", "--unattended"], "--back goes alone"),
        (["-p", "--dev node01", "--push"], "-p goes with -c, -u, -o, "),
        (["--make", "--profile", "new"], "reads a node that runs: leave -m out"),
        (["-s", "--transcript", "x.txt"], "--transcript goes with -c"),
        (["-o", "-p", "--dev node01 status"], "a command goes with -c"),
        (["--module", "LM_x.py"], "--module goes with -o or --push"),
        (["-o", "--firmware", "x.bin", "--force"], "--firmware over the air goes without"),
        (["--push", "--firmware", "x.bin", "--set", "cron=True"], "--firmware over the air goes"),
        (["--push", "--force", "LM_x.py"], "unrecognized arguments: LM_x.py"),
        (["-o", "--force", "LM_x.py", "--forse"], "unrecognized arguments: LM_x.py --forse"),
        (["-c", "-p", "--dev node01 status", "--json"], "a command that ends with ' >json'"),
    ],
)
def test_what_makes_no_sense_together_is_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sentence in said(capsys, UsageError.exit_code, *arguments)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-o", "--firmware", "/no/such.bin"], "cannot read the firmware /no/such.bin"),
        (["-o", "--firmware", "latest"], "--firmware latest is for the cable: over the air goes"),
        (["-o"], "which node?"),
        (["-o", "-p", "--dev node07"], "no node 'node07' is known"),
        (["--push"], "no known node is meant"),
        (["--push", "--select", "kitchen"], "expected a term"),
        (["-o", "LM_none.py"], "no such file"),
        (["-o", "--set", "stapwd=1234567890"], "does not belong in a command line"),
        (["-o", "--set", "cron=perhaps"], "cron"),
        (["--watch", "nowhere"], "which node?"),
    ],
)
def test_what_cannot_be_used_is_refused_before_any_node_is_asked(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sentence in said(capsys, InputError.exit_code, *arguments)


GRAVE = "def ring(times: int) -> int:\n    while True:\n        times += 1\n"


def test_files_may_stand_behind_other_options_too() -> None:
    assert options.parse(["-o", "--force", "LM_x.py", "LM_y.py"]).OTA == ["LM_x.py", "LM_y.py"]


@pytest.mark.parametrize("way", [["-o"], ["-o", "--module"], ["--push", "--module"]])
def test_a_module_that_would_stop_a_node_is_not_sent_and_what_else_there_is_to_say_is_told(
    way: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    module = tmp_path / "LM_bell.py"
    module.write_text(GRAVE, encoding="utf-8")
    refused = said(capsys, InputError.exit_code, *way, str(module), "--dummy")
    loop = f"{module}:2: this loop never ends and never waits: the watchdog would reset the node"
    assert refused == f"{loop}; --force sends it all the same"
    assert main([*way, str(module), "--dummy", "--force"]) == 0
    out = capsys.readouterr()
    assert out.err.count("warning: ") == 3  # two sentences of its docstrings, and the loop
    assert f"warning: {loop}\n" in out.err
    assert ". over the air, " in out.out
    module.write_text("".join(f"def ring{at}(it): pass\n" for at in range(9)), encoding="utf-8")
    assert main([*way, str(module), "--dummy"]) == 0
    warnings = capsys.readouterr().err.splitlines()
    assert len(warnings) == 6
    assert warnings[-1] == f"warning: {module}: 23 more; see --lint"


def test_dummy_tells_what_would_be_done_and_to_whom(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    nodes = [Node("a1", "kitchen", "127.77.0.1"), Node("b1", "garden", "127.77.0.2")]
    Cache(home / "device_conn_cache.json").remember(*nodes)
    told = said(capsys, 0, "--push", "--dummy", "--select", "name=k*")
    assert told.splitlines()[0] == "would 1. ask who they are: kitchen"
    assert "would 4. over the air, each of them: send the release" in told
    assert "would 7. over the air, each of them: confirm it" in told
    told = said(capsys, 0, "--push", "--dummy", "--select", "name=k*", "--unattended")
    assert "would 7. over the air, each of them: it confirms itself" in told
    told = said(capsys, 0, "-o", "--set", "cron=True", "--dummy", "-p", "--dev garden")
    assert told == "would 1. over the air, garden: set cron"
    assert said(capsys, 0, "-o", "--back", "--dummy").endswith(": take the release back")


def test_dummy_tells_nodes_of_one_name_apart_and_what_becomes_of_who_is_off(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    twins = [Node("a1", "hall", "127.77.0.1"), Node("b1", "hall", "127.77.0.2", 9010)]
    Cache(home / "device_conn_cache.json").remember(*twins, Node("c1", "lamp", "127.77.0.3"))
    told = said(capsys, 0, "--push", "--dummy", "--select", "version<0.5.0", "app=x").splitlines()
    assert told[:3] == [
        "would 1. ask who they are: hall (a1 at 127.77.0.1), hall (b1 at 127.77.0.2:9010), lamp",
        "would 2. leave out who does not meet: version<0.5.0, app=x",
        "would 3. list who is off as unreachable, and go on with the others "
        "(-stat tells who is on now)",
    ]


def test_a_node_without_a_key_here_gets_nothing(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    Cache(home / "device_conn_cache.json").remember(Node("240ac4f34402", "kitchen", "127.77.0.1"))
    assert "no password is kept for kitchen" in said(capsys, 7, "-o")
    told = said(capsys, 12, "--push", "--json")
    assert told.endswith("1 of 1 nodes need a look: 1 refused")


def test_secrets_that_cannot_be_read_are_no_fault_of_a_node(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    Cache(home / "device_conn_cache.json").remember(Node("a1", "kitchen", "127.77.0.1"))
    (home / "secrets.json").write_text("torn {", encoding="utf-8")
    assert "secrets.json" in said(capsys, 3, "--push")


# -- settings alone -------------------------------------------------------------------------------


def test_settings_leave_in_one_request_secrets_sealed_and_long_texts_by_themselves() -> None:
    node = ScriptedNode("n1")
    values = {"cron": True, "stapwd": "not for others", "crontasks": "*:1:2:3!light on; " * 60}
    outcome = quickly(configure(lambda _: node.connect(), node.node, values, lambda _: None))
    assert outcome.verdict is Verdict.UPDATED
    short, long = node.configured
    assert short["set"]["cron"] is True
    assert isinstance(short["set"]["stapwd"], Hidden)
    assert repr(short["set"]["stapwd"]) == "***"
    assert (long["key"], long["payload"].decode()) == ("crontasks", values["crontasks"])


def test_a_pin_that_the_board_does_not_have_is_refused_before_anything_is_set() -> None:
    node = ScriptedNode("n1")
    values = {"poweron": "no_such_pin:on"}
    outcome = quickly(configure(lambda _: node.connect(), node.node, values, lambda _: None))
    assert outcome.verdict is Verdict.REFUSED
    assert node.configured == []


def test_a_line_is_never_overfilled() -> None:
    values = {f"irq{n}_cbf": "light toggle; " * 20 for n in range(1, 5)}
    short, long = split(values)
    assert len(str(short)) <= LINE
    assert {**short, **long} == values
    with pytest.raises(InputError, match="shell"):
        check({"appwd": "whatever"})


def test_modules_and_settings_go_together_until_something_goes_wrong(tmp_path: Path) -> None:
    bell = tmp_path / "LM_bell.py"
    bell.write_text("def ring() -> str:\n    return 'ding'\n", encoding="utf-8")
    wanted = Alone((bell,), {"cron": True})
    contents = compiled_for({"esp32"}, [bell])["esp32"]
    node, full = ScriptedNode("n1"), ScriptedNode("n2", hang_up=set(range(1, 99)))

    def given(one: ScriptedNode) -> Verdict:
        candidate = Candidate(one.node, "esp32")
        dial = one.connect
        return quickly(give(lambda _: dial(), candidate, wanted, contents, lambda _: None)).verdict

    assert given(node) is Verdict.UPDATED
    assert (list(node.modules), len(node.configured)) == (["/modules/LM_bell.mpy"], 1)
    assert given(full) is Verdict.UNREACHABLE
    assert full.configured == []
    assert wanted.steps == ["load LM_bell.py", "set cron"]


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        ({"hang_up": {3}}, Verdict.UNKNOWN),
        ({"lose": {3}}, Verdict.UNKNOWN),
        ({"refuse": {"conf": RefusedError("no")}}, Verdict.REFUSED),
        ({"hang_up": {4}}, Verdict.UNKNOWN),
    ],
)
def test_settings_of_which_some_may_have_come_are_not_called_unchanged(
    fault: dict[str, Any], verdict: Verdict
) -> None:
    values = {"cron": True, "crontasks": "*:1:2:3!light on; " * 60}
    node = ScriptedNode("n1", **fault)
    outcome = quickly(configure(lambda _: node.connect(), node.node, values, lambda _: None))
    assert outcome.verdict is verdict


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        ({"hang_up": {1}}, Verdict.UNREACHABLE),
        ({"lose": {2}}, Verdict.UNKNOWN),
        ({"refuse": {"put": RefusedError("no room")}}, Verdict.REFUSED),
        ({"hang_up": {3}}, Verdict.UNKNOWN),
    ],
)
def test_modules_of_which_some_may_have_come_are_not_called_unchanged(
    fault: dict[str, Any], verdict: Verdict
) -> None:
    contents = {"/modules/LM_a.mpy": b"a", "/modules/LM_b.mpy": b"b"}
    node = ScriptedNode("n1", **fault)
    assert quickly(load(lambda _: node.connect(), node.node, contents, _quiet)).verdict is verdict


def test_a_refusal_after_a_part_was_done_is_a_failure() -> None:
    wanted = Alone((Path("LM_a.py"),), {"cron": True})
    node = ScriptedNode("n1", refuse={"conf": RefusedError("no")})
    candidate = Candidate(node.node, "esp32")
    contents = {"/modules/LM_a.mpy": b"a"}
    outcome = quickly(give(lambda _: node.connect(), candidate, wanted, contents, _quiet))
    assert outcome.verdict is Verdict.FAILED
    assert outcome.note.endswith("and then: no")


class Short:
    """A node that ends the link for want of memory so many times; `late`: when it has the file."""

    def __init__(self, times: int, *, late: bool) -> None:
        self.inside = ScriptedNode("n1")
        self.left, self.late = times, late

    @asynccontextmanager
    async def dial(self, _: Node) -> AsyncIterator[Link]:
        async with self.inside.connect() as link:
            self.link = link
            yield cast(Link, self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.link, name)

    async def put(self, name: str, source: bytes) -> None:
        self.left -= 1
        if self.left < 0 or self.late:
            await self.link.put(name, source)
        if self.left >= 0:
            raise HungUp("n1 ended the link: not enough memory")


@pytest.mark.parametrize(
    ("times", "late", "verdict"),
    [
        (0, False, Verdict.UPDATED),
        (1, False, Verdict.UPDATED),
        (4, False, Verdict.UPDATED),
        (9, False, Verdict.UNKNOWN),
        (1, True, Verdict.UPDATED),
    ],
)
def test_a_node_that_lacks_memory_is_asked_again(times: int, late: bool, verdict: Verdict) -> None:
    node, wanted = Short(times, late=late), Alone((Path("LM_a.py"),))
    contents = {"/modules/LM_a.mpy": b"a"}
    candidate = Candidate(node.inside.node, "esp32")
    outcome = quickly(give(node.dial, candidate, wanted, contents, _quiet))
    assert outcome.verdict is verdict
    assert (node.inside.modules == contents) is (verdict is Verdict.UPDATED)


def _quiet(_: Progress) -> None:
    pass


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-c", "-p", "--dev node01 light toggle"], "whether the node has acted"),
        (["-o", "-p", "--dev node01"], "repeating the command is safe, and what is on trial goes"),
        (["-o", "--back", "-p", "--dev node01"], "may take it forward again"),
        (["-d", "--yes"], "is safe; where the flash is erased, --make makes the board what it was"),
        (["-ls"], "interrupted; repeating the command is safe"),
    ],
)
def test_who_interrupts_is_told_what_is_known(
    arguments: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("toolkit.cli.commands.chosen", interrupt)
    assert sentence in said(capsys, 130, *arguments)


@pytest.mark.parametrize(("geo", "told"), [("n/a", True), ("47.5,19.05", False)])
def test_tasks_at_sunset_on_a_node_that_has_no_place_are_told(geo: str, told: bool) -> None:
    node = ScriptedNode("node1")
    node.settings |= {"geo": geo, "crontasks": "n/a"}
    values = {"crontasks": "sunset!light on"}
    outcome = quickly(configure(lambda _: node.connect(), node.node, values, lambda _: None))
    assert outcome.verdict is Verdict.UPDATED
    assert ("crontasks has sunset, and geo does not say where" in outcome.note) is told
