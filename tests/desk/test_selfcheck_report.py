"""The report of a self-check: both forms tell the same, and nothing that is private."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest

from benchmarks.nodes import run_to_end
from toolkit.model.errors import FaultError, ToolkitError
from toolkit.model.node import Node
from toolkit.model.selfcheck_report import Figure, Report, Result, Step, scrubbed
from toolkit.model.vault import Vault
from toolkit.operations import board, selfcheck_node
from toolkit.operations.selfcheck_bench import Bench
from toolkit.transport.repl import Repl, ReplError
from toolkit.transport.steady import Steady

STEPS = (
    Step("chip", Result.PASSED, figures={"chip": "esp32c3", "flash": "4MB"}),
    Step("shell", Result.FAILED, "no answer | none"),
    Step("pins", Result.LEFT_OUT, "no pin is touched"),
)


def test_both_forms_have_every_step_and_say_what_has_changed() -> None:
    report = Report("0.5.0-0", "Linux", True, STEPS, ("slot b has another release",))
    page, facts = report.as_page(), json.loads(report.as_json())
    assert "# Self-check of esp32c3: 1 passed, 1 failed, 1 left out" in page
    assert "| chip | passed | chip esp32c3, flash 4MB |" in page
    assert "| shell | failed | no answer / none |" in page
    assert "a virtual board: only its silicon is imitated" in page
    assert "* slot b has another release" in page
    assert [step["result"] for step in facts["steps"]] == ["passed", "failed", "left out"]
    assert (facts["virtual"], facts["summary"]) == (True, "1 passed, 1 failed, 1 left out")
    assert report.failed == 1


def test_a_board_that_is_as_it_was_is_said_to_be() -> None:
    page = Report("0.5.0-0", "Linux", False, STEPS[:1]).as_page()
    assert "Nothing: the board is as it was." in page
    assert "a real board" in page


def test_private_words_leave_a_sentence_and_nothing_else_does() -> None:
    private = {"node01", "node", "home", "home net", "a.b*c", ""}
    said = "node01 in home net (a.b*c), not homeless or a.bxc"
    assert scrubbed(said, private) == "<private> in <private> (<private>), not homeless or a.bxc"


@pytest.mark.parametrize(
    ("name", "value", "cell"),
    [
        ("memory B", 112_000, "memory 112000 B"),
        ("install B/s", 30_000, "install 30000 B/s"),
        ("took s", 3.1, "took 3.1 s"),
        ("signal dBm", None, "signal not told"),
        ("file system", None, "file system not told"),
        ("PSRAM", "yes", "PSRAM yes"),
    ],
)
def test_units_stand_behind_their_numbers(name: str, value: Figure, cell: str) -> None:
    assert Step("x", Result.PASSED, figures={name: value}).cell == cell


_Thing = TypeVar("_Thing")
_ASKED = [name for name, _ in selfcheck_node.STEPS if name not in ("pins", "update")]


class _Garbage:
    """A node that answers everything with the same words."""

    boot, name = "00", "node01"

    def __init__(self, said: Any) -> None:
        self._said = said

    async def open(self) -> "_Garbage":
        return self

    async def tell(self, _line: str) -> str:
        return str(self._said)

    run = tell

    async def request(self, _op: str, /, **_given: Any) -> Any:
        return self._said


class _Bench(Bench):
    """A bench whose node is such a one."""

    def __init__(self, home: Path, said: Any) -> None:
        super().__init__("/dev/ttyX", None, Vault(home / "secrets.json"))
        self.node, self.mode, self.served = Node("240ac4000001", "node01", "127.0.0.1"), "sta", True
        self.settings = {"app": "n/a"}
        self._said = said

    def ask(self, work: Callable[[Steady], Awaitable[_Thing]]) -> _Thing:
        async def run() -> _Thing:
            return await work(cast("Steady", _Garbage(self._said)))

        return asyncio.run(run())


@pytest.mark.parametrize("said", ["", "free: much", "nan", "[]", {"soctout": "soon"}, {}, None])
@pytest.mark.parametrize("name", [name for name in _ASKED if name != "restart"])
def test_what_a_node_answers_is_never_a_fault_of_ours(tmp_path: Path, name: str, said: Any) -> None:
    work = dict(selfcheck_node.STEPS)[name](_Bench(tmp_path, said))
    with suppress(ToolkitError):
        for _ in work:
            pass


def test_what_a_node_tells_of_itself_is_no_setting_that_was_changed(tmp_path: Path) -> None:
    bench = _Bench(tmp_path, {"app": "n/a", "nwmd": "n/a"})
    bench.settings = {"app": "n/a", "nwmd": "STA"}
    found = run_to_end(dict(selfcheck_node.STEPS)["as found"](bench))
    assert found.note == "1 settings are as they were"
    bench.settings = {"app": "x", "nwmd": "STA"}
    with pytest.raises(FaultError, match="settings are not as they were: app"):
        run_to_end(dict(selfcheck_node.STEPS)["as found"](bench))


class _Prompt(Repl):
    """A prompt on a line that has lost some bytes."""

    def __init__(self, printed: str) -> None:
        self.device, self._printed = "/dev/ttyX", printed

    def ask(self, code: str, *, timeout: float = 10) -> str:
        return self._printed


@pytest.mark.parametrize("printed", ["", "('esp32', '1.2", "('esp32',)", "{}", "7", "(" * 99])
def test_what_a_board_prints_in_pieces_is_told_as_that(printed: str) -> None:
    for work in (board.look, board.chip):
        with pytest.raises(ReplError, match=r"the board on /dev/ttyX (answered|did not say) "):
            work(_Prompt(printed))
    with pytest.raises(ReplError, match="answered"):
        _Prompt(printed).value("gc.mem_free()", int, int)
