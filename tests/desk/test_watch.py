"""Load modules alone: put once, and put whenever they are saved."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.quick_loop import quickly
from tests.support.scripted_node import ScriptedNode
from toolkit.model.errors import InputError, NodeError, RefusedError
from toolkit.model.outcome import Outcome, Verdict
from toolkit.operations.modules import check, compiled, compiled_for, load
from toolkit.operations.watch import AGAIN, Folder, Seen, follow, watch

GOOD = "import lm\n\n\ndef ring(times: int = 1) -> str:\n    return 'ding ' * times\n"
BAD = "import lm\n\n\ndef ring(:\n    pass\n"


def write(path: Path, text: str, second: int) -> Path:
    """As an editor saves: a time of its own, so that a save is one even within a clock's tick."""
    path.write_text(text, encoding="utf-8")
    os.utime(path, (second, second))
    return path


@pytest.fixture
def bell(tmp_path: Path) -> Path:
    return write(tmp_path / "LM_bell.py", GOOD, 1)


# -- once -----------------------------------------------------------------------------------------


def loaded(node: ScriptedNode, source: Path) -> Outcome:
    contents = compiled_for({"esp32"}, [source])["esp32"]
    return quickly(load(lambda _: node.connect(), node.node, contents, lambda _: None))


def test_a_module_is_compiled_and_put_and_not_sent_twice(bell: Path) -> None:
    node = ScriptedNode("n1")
    assert loaded(node, bell).verdict is Verdict.UPDATED
    assert node.modules == {"/modules/LM_bell.mpy": compiled(bell, "esp32")}
    assert node.modules["/modules/LM_bell.mpy"][:2] == b"M\x06"
    again = loaded(node, bell)
    assert (again.verdict, again.sent) == (Verdict.UNCHANGED, 0)


def test_the_node_may_refuse_a_module(bell: Path) -> None:
    node = ScriptedNode("n1", refuse={"put": RefusedError("no space left")})
    assert loaded(node, bell).verdict is Verdict.REFUSED
    assert loaded(ScriptedNode("n2", dead=True), bell).verdict is Verdict.UNREACHABLE


def test_what_is_no_load_module_is_refused_with_its_line(tmp_path: Path, bell: Path) -> None:
    with pytest.raises(InputError, match=r"no such file"):
        check([tmp_path / "LM_none.py"])
    with pytest.raises(InputError, match=r"bell\.py"):
        check([write(tmp_path / "bell.py", GOOD, 1)])
    with pytest.raises(InputError, match=r"LM_bad\.py.*line 4"):
        check([write(tmp_path / "LM_bad.py", BAD, 1)])
    with pytest.raises(InputError, match=r"LM_bell\.py twice"):
        check([bell, bell])
    check([bell])


# -- the folder -----------------------------------------------------------------------------------


def test_a_file_is_taken_once_it_is_calm(tmp_path: Path, bell: Path) -> None:
    folder = Folder(tmp_path)
    assert folder.saved() == [], "what lay there before is not new"
    write(bell, GOOD + "\n", 2)
    assert folder.saved() == [], "it may still be written"
    assert folder.saved() == [bell]
    assert folder.saved() == []


def test_a_file_that_is_replaced_or_new_is_taken_and_others_are_not(
    tmp_path: Path, bell: Path
) -> None:
    folder = Folder(tmp_path)
    new = write(tmp_path / "new", GOOD, 1)
    new.replace(bell)  # as careful editors save; time and size are as before
    write(tmp_path / "notes.py", GOOD, 2)
    write(tmp_path / "LM_notes.txt", GOOD, 2)
    horn = write(tmp_path / "LM_horn.py", GOOD, 2)
    (tmp_path / "LM_attic.py").mkdir()
    folder.saved()
    assert folder.saved() == [bell, horn]


def test_a_file_that_vanishes_and_comes_back_is_taken(tmp_path: Path, bell: Path) -> None:
    folder = Folder(tmp_path)
    bell.unlink()
    assert folder.saved() == []
    write(bell, GOOD, 1)
    folder.saved()
    assert folder.saved() == [bell]


# -- to the node ----------------------------------------------------------------------------------


def followed(
    node: ScriptedNode, folder: Path, script: Callable[[int], None], events: int
) -> list[Seen]:
    """What is told, until there are so many events; the script is called between them."""
    told: list[Seen] = []

    async def work() -> None:
        task = asyncio.ensure_future(
            follow(lambda _: node.connect(), node.node, Folder(folder), told.append)
        )
        await asyncio.sleep(0.5)
        count = -1
        while len(told) < events and not task.done():
            if len(told) > count:
                count = len(told)
                script(count)
            await asyncio.sleep(0.05)
        await asyncio.sleep(3 * AGAIN)
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()

    quickly(work())
    return told


def test_what_is_saved_runs_and_what_is_wrong_is_not_sent(tmp_path: Path, bell: Path) -> None:
    node = ScriptedNode("n1")

    def script(event: int) -> None:
        write(bell, [BAD, GOOD + "\n"][event], 2 + event)

    bad, good = followed(node, tmp_path, script, 2)
    assert "line 4" in bad.trouble
    assert (good.trouble, good.size) == ("", len(compiled(bell, "esp32")))
    assert node.modules == {"/modules/LM_bell.mpy": compiled(bell, "esp32")}
    assert node.requests == 2, "it was asked for its board, and then sent one file"


def test_what_would_stop_the_node_is_not_sent_and_what_else_is_found_is_told(
    tmp_path: Path, bell: Path
) -> None:
    node = ScriptedNode("n1")
    loops = GOOD.replace("return", "while True:\n        pass\n    return")

    def script(event: int) -> None:
        write(bell, [loops, GOOD + "\n"][event], 2 + event)

    bad, good = followed(node, tmp_path, script, 2)
    assert "this loop never ends" in bad.trouble
    assert "--force" in bad.trouble
    assert [it.split(": ", 1)[1] for it in good.warnings] == [
        "the module has no docstring: its first line is the help and the manual",
        "ring() has no docstring: its first line is the help and the manual",
    ]
    assert node.modules == {"/modules/LM_bell.mpy": compiled(bell, "esp32")}


def test_a_connection_that_has_ended_is_made_anew_and_a_lost_node_tried_again(
    tmp_path: Path, bell: Path
) -> None:
    node = ScriptedNode("n1", hang_up={2, 4, 5, 6})

    def script(event: int) -> None:
        if event < 2:
            write(bell, GOOD + "\n" * (event + 1), 2 + event)

    first, lost, back = followed(node, tmp_path, script, 3)
    assert first.trouble == ""
    assert lost.lost
    assert back.trouble == ""
    assert node.modules == {"/modules/LM_bell.mpy": compiled(bell, "esp32")}


def test_a_node_that_is_not_there_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NodeError, match="n1 does not answer"):
        followed(ScriptedNode("n1", dead=True), tmp_path, lambda _: None, 1)
    with pytest.raises(InputError, match="expected a folder"):
        watch(lambda _: ScriptedNode("n1").connect(), ScriptedNode("n1").node, tmp_path / "x")
