"""The executor: an answer, a refusal and a fault are three things, and only a fault is logged."""

import asyncio
import json
import sys

from core.executor import Executor

from fake_node import FakeNode, no_sleep


def fresh():
    sys.modules.pop("LM_lamp", None)
    return FakeNode()


async def test_a_value_is_answered_as_text():
    node = fresh()
    assert await node.executor.run("lamp text hello") == "hello"
    assert await node.executor.run("lamp text 5") == "5"
    assert await node.executor.run("lamp text None") == "None"
    assert await node.executor.run("lamp set 5 red") in (
        "level: 5\ncolour: red\nfade: 0",
        "colour: red\nlevel: 5\nfade: 0",
        "level: 5\nfade: 0\ncolour: red",
        "fade: 0\nlevel: 5\ncolour: red",
        "fade: 0\ncolour: red\nlevel: 5",
        "colour: red\nfade: 0\nlevel: 5",
    )


async def test_json_on_request():
    node = fresh()
    reply = await node.executor.run("lamp set 5 red fade=3 >json")
    assert json.loads(reply) == {"level": 5, "colour": "red", "fade": 3}
    reply = await node.executor.run("lamp everything 1 'a' [2] True >json")
    assert json.loads(reply) == [1, "a", [2], True]


async def test_what_json_does_not_have_leaves_as_its_text():
    from core.asjson import plain

    deep = [[[[[[[[[["x"]]]]]]]]]]
    assert plain(deep)[0][0][0][0][0][0][0][0] == str([["x"]])
    assert plain({5: (1, 2)}) == {"5": [1, 2]}
    assert plain(float("inf")) == "inf" and plain(b"x") == "b'x'"
    assert isinstance(plain({1, 2}), str)


async def test_a_function_that_waits_is_awaited():
    assert await fresh().executor.run("lamp wait 1") == "waited"


async def test_a_refusal_is_the_answer_and_is_not_logged():
    node = fresh()
    assert await node.executor.run("lamp set 13") == "refused: level: expected 0-12, got 13"
    assert (await node.executor.run("nonsense")).startswith("refused: expected <module>")
    assert (await node.executor.run("lamp set [")).startswith("refused: expected a closing")
    assert not list(node.log.lines("warn"))


async def test_a_fault_is_answered_with_its_type_and_logged_with_its_line():
    node = fresh()
    reply = await node.executor.run("lamp broken")
    assert reply.startswith("fault: ZeroDivisionError: ")
    line = node.log.lines("error")[0]
    assert "lamp broken" in line and "LM_lamp.py" in line and "ZeroDivision" in line


async def test_the_log_does_not_learn_arguments():
    node = fresh()
    await node.executor.run("plain double secret=sesame")
    assert "sesame" not in "".join(node.log.lines())
    assert list(node.log.lines("error"))


async def test_a_missing_driver_is_a_fault_of_the_module():
    reply = await fresh().executor.run("halfway run")
    assert reply.startswith("fault: ") and "a_driver_that_is_missing" in reply


async def test_no_memory_is_refused_and_logged():
    node = fresh()
    said = await node.executor.run("lamp greedy")
    assert said.startswith("refused: not enough memory, free now: ")
    assert " bytes, the largest piece " in said
    assert said.endswith("; 'reboot safe' has more")
    assert "out of memory" in node.log.lines("error")[0]


async def test_a_module_cannot_end_the_node():
    told = "fault: KeyboardInterrupt: no reason told"
    assert await fresh().executor.run("lamp leave") == "fault: SystemExit: 3"
    assert await fresh().executor.run("lamp interrupt") == told


async def test_the_shell_takes_one_command_a_line():
    assert await fresh().executor.run("lamp text; lamp text") == (
        "refused: expected one command, got 2"
    )


async def test_a_hook_runs_several_and_logs_what_goes_wrong():
    node = fresh()
    await node.executor.call_line("lamp set 1; lamp set 13; lamp broken; lamp set 2", "boothook")
    assert [level for level, _, _ in sys.modules["LM_lamp"].told] == [1, 2]
    lines = list(node.log.lines("error"))
    assert "boothook: level: expected 0-12, got 13" in lines[0]
    assert "boothook" in lines[1] and "ZeroDivision" in lines[1]


async def test_a_command_that_cannot_be_read_is_logged_and_the_rest_of_its_line_runs():
    for line, told, wrong in (
        ("lamp set 1; lamp set [", [1], "boothook: expected a closing bracket, got '['"),
        ("toggle; lamp set 2", [2], "boothook: expected <module> <function>, got 'toggle'"),
        ("lamp set 1; lamp set(3; lamp set 2", [1, 2], "boothook: expected values, commas"),
        ('lamp text "open; lamp set 3\nlamp set 2', [2], 'boothook: expected a closing "'),
        ("toggle", [], "boothook: expected <module> <function>, got 'toggle'"),
    ):
        node = fresh()
        error = await node.executor.call_line(line, "boothook")
        lamp = sys.modules.get("LM_lamp")
        assert [level for level, _, _ in (lamp.told if lamp else ())] == told, line
        lines = list(node.log.lines("error"))
        assert len(lines) == 1, line
        assert wrong in lines[0], lines
        assert "boothook: " + error in lines[0]


async def test_of_several_that_fail_each_is_told_up_to_four():
    for line, error in (
        ("lamp set 13; lamp set 1", "level: expected 0-12, got 13"),
        ("lamp set 13; lamp set 1; lamp broken", "level: expected 0-12, got 13; ZeroDivisionErr"),
        ("x; lamp set 1; y; lamp set 13", "%s'x'; %s'y'; level: expected 0-12, got 13"),
        (";".join(["lamp set 13"] * 9), "; ".join(["level: expected 0-12, got 13"] * 4)),
        ("lamp set 1; lamp set 2", None),
    ):
        came = await fresh().executor.call_line(line, "boothook")
        form = ("expected <module> <function>, got ",) * 2 if error and "%" in error else ()
        assert came is error or came.startswith(error % form), came
        assert not came or len(came) < 150


async def test_who_has_failed_a_moment_ago_is_not_logged_again():
    node = fresh()
    for line in ("lamp set 13", "lamp broken", "toggle", "lamp greedy", "toggle; lamp set 13"):
        assert await node.executor.call_line(line, "cron 0", False)
    assert node.log.lines("error") == []
    assert node.log.errors == 0
    assert await node.executor.call_line("lamp set 4", "cron 0", False) is None
    assert sys.modules["LM_lamp"].told[-1][0] == 4


async def test_a_background_command_answers_at_once():
    node = fresh()
    assert await node.executor.run("lamp set 5 &") == "lamp.set: started"
    await asyncio.sleep_ms(5)
    assert sys.modules["LM_lamp"].told == [(5, "white", 0)]


async def test_a_background_command_waits_its_delay_and_is_checked_first():
    waits = []

    async def sleep_ms(milliseconds):
        waits.append(milliseconds)

    sys.modules.pop("LM_lamp", None)
    node = FakeNode(sleep_ms)
    assert (await node.executor.run("lamp set & 700")).startswith("refused: expected lamp set")
    await node.executor.run("lamp set 5 & 700")
    await asyncio.sleep_ms(1)
    assert waits == [700]


async def test_cancelling_is_not_swallowed():
    node = fresh()
    task = asyncio.create_task(node.executor.run("lamp wait"))
    await asyncio.sleep_ms(5)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        assert sys.modules["LM_lamp"].told == ["cancelled", "finally"]
        return
    raise AssertionError("the cancel was lost")


async def test_the_executor_lends_its_guard_to_the_tasks():
    node = FakeNode(no_sleep)
    assert isinstance(node.executor, Executor)
    assert await node.tasks.guard("x", lambda: 1 // 1) == (None, 1)
