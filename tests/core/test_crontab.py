"""The words `cron list` and `cron check`, in a session of a node whose time a test tells."""

import json
import sys

from core import crontab, timing
from core.log import Clock
from core.scheduler import Scheduler
from core.session import Session

from fake_node import FakeNode, FakeStream, no_sleep, talk

MOMENT = 1_800_000_000  # Friday 2027-01-15 08:00:00 UTC


async def said(node, line):
    """The answer to a line."""
    found = await talk(node, [line.encode() + b"\n", b"noconf\n", b"exit\n"])
    mark = "node01 $ "
    return found[len(mark) :].split("\n" + mark)[0]


def fresh(crontasks="n/a", utc=MOMENT, **settings):
    """A node without a scheduler."""
    values = {"tz": "UTC0", "geo": "n/a", "gmttime": 0, "cron": False}
    values.update(settings)
    node = FakeNode(crontasks=crontasks, **values)
    node.clock = Clock(lambda: 5000)
    node.clock.zone = (values["tz"], values["gmttime"])
    if utc:
        node.clock.set(utc, "ntp")
    node.scheduler = None
    node.safe = False
    return node


class Planned:
    """What a scheduler knows of its entries: {index: second}, those that wait, and counts."""

    base = 1_700_000_000
    built = changes = 3

    def __init__(self, dues, waiting=(), counts=None):
        self.dues = [None if due is None else due - self.base for due in dues]
        self.waiting = [[due, index, due, True] for due, index in waiting]
        self.counts = counts or {}


async def test_check_says_in_words_what_it_means_and_when_it_runs():
    line = 'cron check "catchup=90 0-4:7:30:0!lamp state; lamp set 3"'
    lines = (await said(fresh(), line)).split("\n")
    assert len(lines) == 2
    assert lines[0].endswith(": lamp state; lamp set 3")
    for word in ("Mon", "hour 7", "minute 30", "90 min"):
        assert word in lines[0]
    assert lines[1] == "   next 2027-01-18 07:30:00, 2027-01-19 07:30:00, 2027-01-20 07:30:00"


async def test_check_tells_local_time_takes_quotes_or_none_and_several_entries():
    zone = "CET-1CEST,M3.5.0,M10.5.0/3"
    one = await said(fresh(tz=zone), "cron check *:10:0:0!lamp state; *:9:0:0!lamp wait")
    assert one.split("\n")[1].startswith("   next 2027-01-15 10:00:00, 2027-01-16 10")
    assert one.split("\n")[3].startswith("   next 2027-01-16 09:00:00")
    two = await said(fresh(tz=zone), 'cron check "*:10:0:0!lamp text \\"b;c\\""')
    assert two.split("\n")[0].endswith(': lamp text "b;c"')
    assert len(two.split("\n")) == 2


async def test_check_says_what_was_expected_and_what_came():
    for text, part in (
        ("*:24:0:0!a b", "'24' in"),
        ("hello", "'hello'"),
        ("*:1:0:0!", "'*:1:0:0'"),
    ):
        answer = await said(fresh(), 'cron check "%s"' % text)
        assert answer.startswith("refused: entry 0: expected")
        assert part in answer
        assert "next" not in answer
    for text in ('""', '" ; "', '"n/a"', ""):
        answer = await said(fresh(), "cron check " + text)
        assert answer.startswith("refused: expected cron list [>json] or cron check")
        assert answer.endswith("got '%s'" % ("cron check " + text).strip())


async def test_check_says_what_is_wrong_with_the_commands():
    wrong = (
        ("lammp state", "no module 'lammp', did you mean 'lamp'?"),
        ("lamp on", "lamp has no function 'on', it has: broken, "),
        ("lamp set", "expected lamp set <level: int>"),
        ("lamp set 1 2 3 4", "got 4 arguments"),
        ("lamp set 1 'red", "expected a closing '"),
        ("lamp", "expected <module> <function>, got 'lamp'"),
        ("lamp state; crane turn", "crane has no function 'turn'"),
        ("lamp state 5 >json", "expected lamp state, got 1 arguments"),
        ("keep now", "expected commands of modules, got 'keep', a word of the shell"),
        (
            "lamp state && 500",
            "expected && in boothook alone, which runs once, got 'lamp state &&'",
        ),
        ("# lamp state", "expected WD:H:M:S!<module> <function>"),
    )
    for command, part in wrong:
        answer = await said(fresh(), "cron check *:8:0:0!" + command)
        assert answer.startswith("refused: entry 0: "), command
        assert part in answer
        assert answer.endswith(" in '*:8:0:0!%s'" % ";".join(command.split("; ")))
    for command in ("lamp set 1 fade=3", "lamp set(1)", "lamp wait &"):
        assert "next" in await said(fresh(), "cron check *:8:0:0!" + command)


async def test_check_names_every_wrong_entry_and_loads_none_of_the_modules():
    sys.modules.pop("LM_lamp", None)
    text = "*:8:0:0!lamp on; *:9:0:0!lamp state; *:99:0:0!lamp state; *:10:0:0!nothere run"
    lines = (await said(fresh(), "cron check " + text)).split("\n")
    assert len(lines) == 3
    assert lines[0].startswith("refused: entry 0: lamp has no function 'on'")
    assert lines[1].startswith("entry 2: expected H 0-23")
    assert lines[2].startswith("entry 3: no module 'nothere'")
    await said(fresh(), "cron check *:8:0:0!lamp state")
    assert "LM_lamp" not in sys.modules


async def test_check_says_what_an_entry_waits_for():
    assert (await said(fresh(), "cron check sunset!lamp state")).endswith("next waits for geo")
    for text in ("*:8:0:0!lamp state", "sunset!lamp state"):
        answer = await said(fresh(utc=None), "cron check " + text)
        assert answer.endswith("next waits for the clock")
    answer = await said(fresh(utc=None), "cron check *:*:*:30!lamp state")
    assert answer.endswith("next 30 s, 90 s, 150 s")


async def test_the_next_date_after_the_polar_night_is_told():
    answer = await said(fresh(geo="78.2,15.6"), "cron check sunrise!lamp state")
    assert answer.split("next ")[1][:9] == "2027-02-1"


async def test_list_tells_next_run_runs_drops_and_last_error():
    node = fresh("*:*:*:*/20!light on; *:9:0:0!late; *:8:0:30!fail now; oops; *:99:1:1!x y")
    dues = [MOMENT + 20, None, MOMENT + 86_430, None]
    counts = {0: [3, 2, None, 0], 2: [1, 0, "no lamp", 1]}
    node.scheduler = Planned(dues, [(MOMENT - 5, 1)], counts)
    lines = (await said(node, "cron list")).split("\n")
    assert lines[:2] == ["0  *:*:*:*/20!light on", "   next 2027-01-15 08:00:20, 3 runs, 2 drops"]
    assert lines[2:4] == ["1  *:9:0:0!late", "   next 2027-01-15 07:59:55, 0 runs, 0 drops"]
    assert lines[4] == "2  *:8:0:30!fail now;oops"
    assert lines[5] == "   next 2027-01-16 08:00:30, 1 runs, 0 drops"
    assert lines[6] == "   last error: no lamp"
    assert "expected" in lines[8]
    assert len(lines) == 9


async def test_list_for_programs():
    node = fresh("*:*:*:*/20!light on; *:8:0:30!fail now")
    node.scheduler = Planned([MOMENT, MOMENT + 30], (), {1: [1, 0, "no lamp", 0]})
    found = json.loads(await said(node, "cron list >json"))
    assert [row["index"] for row in found] == [0, 1]
    assert found[1]["entry"] == "*:8:0:30!fail now"
    assert (found[1]["runs"], found[1]["drops"], found[1]["error"]) == (1, 0, "no lamp")
    assert found[1]["next"] == "2027-01-15 08:00:30"


async def test_list_for_programs_leaves_in_pieces_however_long_it_is():
    node = fresh("; ".join(["*:8:%d:%d!lamp set 1" % (n // 60, n % 60) for n in range(300)]))
    session, pieces = Session(FakeStream(), "10.0.0.9", node, no_sleep), []

    async def say(text):
        pieces.append(text)

    session.say = say
    pieces.append(await crontab.told(node, session, ">json"))
    assert [row["index"] for row in json.loads("\n".join(pieces))] == list(range(300))
    assert max([len(piece) for piece in pieces]) < 200


async def test_list_says_what_they_wait_for():
    node = fresh("*:8:0:0!a b; *:*:*:*/20!c d; sunset!e f", None)
    node.scheduler = Planned([None, 80, None])
    node.scheduler.dues[1], node.scheduler.base = 80, 0  # uptime
    lines = (await said(node, "cron list")).split("\n")
    waits = ["waits for the clock", "80 s", "waits for the clock"]
    assert [line.split(",")[0] for line in lines if line[0] == " "] == [
        "   next " + each for each in waits
    ]
    node = fresh("sunset!a b")
    node.scheduler = Planned([None])
    assert "next waits for geo" in await said(node, "cron list")


async def test_list_without_a_scheduler_or_without_entries():
    node = fresh("*:8:0:0!a b")
    assert "next never, cron is off, 0 runs" in await said(node, "cron list")
    node.config.values["cron"] = node.safe = True
    assert "next never, safe mode keeps it off, 0 runs" in await said(node, "cron list")
    node.safe = False
    node.port.LEAF = True
    told = "next never, cron is on, but this chip has not the memory for it, 0 runs"
    assert told in await said(node, "cron list")
    assert (await said(fresh(), "cron list")).strip() == "no entries, cron is off"
    assert await said(fresh(), "cron list >json") == "[]"


async def test_list_waits_for_the_agenda_of_the_latest_settings():
    node = fresh("*:8:0:0!a b")
    node.scheduler = Planned([MOMENT])
    node.scheduler.changes = 4
    looks = []

    async def sleep_ms(_milliseconds):
        looks.append(1)
        if len(looks) == 3:
            node.scheduler = Planned([MOMENT + 60])

    node.tasks.sleep_ms = sleep_ms
    assert "next 2027-01-15 08:01:00," in await said(node, "cron list")
    assert len(looks) == 3


async def test_list_waits_for_a_scheduler_that_will_be_there_soon_but_not_for_good():
    node = fresh("*:8:0:0!a b", cron=True)
    looks = []

    async def sleep_ms(_milliseconds):
        looks.append(1)
        if len(looks) == 2:
            node.scheduler = Planned([MOMENT])
            node.scheduler.built = None  # it never gets there

    node.tasks.sleep_ms = sleep_ms
    assert "next not known yet, ask again, 0 runs" in await said(node, "cron list")
    assert 100 < len(looks) < 1000


async def test_anything_else_is_refused_with_what_was_expected():
    form = "refused: expected cron list [>json] or cron check \"<text>\", got '%s'"
    for line in ("cron", "cron run", "cron list 3", "cron check", "cron list >json x"):
        assert await said(fresh(), line) == form % line


async def test_in_config_mode_it_is_a_setting_too():
    node = fresh("*:8:0:0!a b", cron=False)
    found = await talk(node, [b"conf\n", b"cron\n", b"cron list\n", b"cron True\n", b"exit\n"])
    lines = found.split("\n")
    assert lines[1].endswith("$ False") or "False" in found
    assert node.config.get("cron") == "True"
    assert "cron is off" in found


# --- started and stopped by settings


async def switched_on(node):
    """The setting is changed; the scheduler is there soon."""
    timing.changed(node, ["cron"])
    for _ in range(100):
        await node.tasks.sleep_ms(20)
        if node.scheduler:
            return


async def test_settings_start_and_stop_the_scheduler():
    node = fresh("*:*:*:*!lamp set 1", cron=True)
    node.clock = Clock()
    node.clock.zone = ("UTC0", 0)
    node.clock.set(MOMENT, "ntp")
    timing.changed(node, ["devfid", "soctout"])
    await node.tasks.sleep_ms(100)
    assert node.scheduler is None
    await switched_on(node)
    scheduler = node.scheduler
    assert type(scheduler) is Scheduler
    assert node.clock.watcher is scheduler
    for _ in range(300):
        await node.tasks.sleep_ms(20)
        if 0 in scheduler.counts:
            break
    assert scheduler.counts[0][0] >= 1
    assert scheduler.counts[0][1:3] == [0, None]
    node.config.values["cron"] = False
    timing.changed(node, {"cron": False})
    assert (node.scheduler, node.clock.watcher) == (None, None)
    await node.tasks.sleep_ms(50)
    assert scheduler.job.state == "cancelled"


async def test_a_scheduler_that_is_switched_on_later_counts_from_then():
    ticks = [0]
    node = fresh("*:*:*:*!lamp set 1", cron=True)
    node.clock = Clock(lambda: ticks[0])
    ticks[0] = 50_000
    await switched_on(node)
    assert (node.scheduler.done, node.scheduler.since) == ([50, 50], 50)
    node.clock.set(MOMENT, "ntp")
    node.config.values["cron"] = False
    timing.changed(node, ["cron"])
    await node.tasks.sleep_ms(20)


async def test_not_in_safe_mode():
    node = fresh("*:*:*:*!lamp set 1", cron=True)
    node.safe = True
    timing.changed(node, ["cron"])
    await node.tasks.sleep_ms(100)
    assert node.scheduler is None


async def test_a_fault_of_the_scheduler_itself_is_logged_and_it_goes_on():
    node = fresh("*:*:*:*!lamp set 1", cron=True)
    node.clock = Clock()
    node.clock.set(MOMENT, "ntp")
    node.clock.zone = ("no zone", 0)  # cannot be set; stands for a fault of ours
    node.config.values["tz"] = "no zone"
    await switched_on(node)
    for _ in range(100):
        await node.tasks.sleep_ms(20)
        if node.scheduler.job.failures:
            break
    assert node.scheduler.job.failures == 1
    node.clock.zone = ("UTC0", 0)
    for _ in range(300):
        await node.tasks.sleep_ms(20)
        if 0 in node.scheduler.counts:
            break
    assert node.scheduler.counts[0][0] >= 1
    node.config.values["cron"] = False
    timing.changed(node, {"cron": False})
    await node.tasks.sleep_ms(20)


def test_a_chip_without_the_memory_for_it_says_so_and_starts_no_scheduler():
    from core import agenda

    node = FakeNode(cron=True, crontasks="*:*:*:*!lamp on")
    node.port.LEAF = True
    for _ in range(2):
        agenda.begin(node)
    assert getattr(node, "scheduler", None) is None
    assert node.problems == ["cron is on, but this chip has not the memory for it"]
