"""Board and desk read commands, and the entries of crontasks, alike: same refusals, same words."""

from collections.abc import Callable, Sized
from functools import partial

import core.grammar
import core.manual  # noqa: F401  (kept, else they would be imported anew for each question)
from core.chains import read
from core.cron import each
from core.errors import CommandError
from core.executor import parse
from core.sense import commands as standing
from core.sensecron import crontasks
from core.session import TABLE
from hypothesis import example, given, settings
from hypothesis import strategies as st

from toolkit.model import chains, commands, crontab

INTERPRETERS = ("cpython",)

PIECES = (
    *("light on", "m f", " ", "  ", "\t", ";", "\n", "#", "# ", '"', "'", "\\", "[1, 2]", "[", "]"),
    *('{"a": 1}', "{", "}", "(", ")", ",", "=", "a=1", "b='x y'", "&", "&&", "&& 500", "&5", "19"),
    *(">json", " >json", "-1", "0", "007", "1e3", "é", "x", "don't", "#ff8000", '"a;b"', "'c # d'"),
)
TIMES = (
    *("*:7:30:0!", "0-4:*/5:0,30:*!", "*:*:*/70:0!", "sunset!", "5-6:sunrise-30!", "sunset+1441!"),
    *("catchup=30 *:7:0:0!", "catchup=30 *:*:0:0!", "catchup=0 *:7:0:0!", "*:25:0:0!", "7:1:1:1!"),
    *("*:22-5/2:0:0!", "1:2:3!", "*:1:0:0", "sunset 30!", "catchup=5 *:0-11:0,30:0!", "*:5/2:1:1!"),
)
LINES = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
ENTRIES = st.lists(st.sampled_from((*TIMES, *PIECES, "light on;", "m f;")), max_size=12)


def refusal(work: Callable[..., object], *args: object) -> str:
    """Why it is refused; empty: it is not."""
    try:
        work(*args)
    except (CommandError, commands.Refusal) as refused:
        return str(refused)
    return ""


def counted(work: Callable[..., Sized], *args: object) -> int | str:
    """How many commands a line holds, or why it is refused."""
    return refusal(work, *args) or len(work(*args))


@settings(max_examples=4000, deadline=None)
@given(LINES | LINES.map("light on ".__add__) | st.text("mf \t\n;#\"'[]{}(),=&>json0159-\\."))
@example("light >json")
@example("\n >json")
@example("light on " + "[" * 9)
@example("light rgb(1, 2, b=3) >json &&20")
@example("light rgb a=1 a=2")
@example("light on &&19")
@example("light on &86400001")
@example("light on b='x y' b=1 c='x y'light")
def test_a_line_is_read_alike(line: str) -> None:
    assert counted(commands.read, line) == counted(parse, line)


WORDS = st.sampled_from((*TABLE, "hello", "light", "dump", "reset"))


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(WORDS, st.sampled_from(("on", "5 &", "on &&", "a && 500"))), max_size=3))
@example([("log", "crash")])
@example([("light", "on &&"), ("conf", "dump")])
def test_what_may_stand_in_a_setting_is_told_alike(pairs: list[tuple[str, str]]) -> None:
    line = "; ".join(map(" ".join, pairs))
    for often in (True, False):
        desk = partial(commands.checked, often=often)
        assert counted(desk, line) == counted(standing, line, None, not often)


@settings(max_examples=4000, deadline=None)
@given(ENTRIES.map("".join) | st.text("*01579-/:!;,\n \t#\"'[mf] catchupsnre=", max_size=40))
@example("catchup=5 *:7:0:0!a b\n" * 13)
@example("*:7:0:0!# light on")
@example("*:" + "0" * 30 + "1:0:0!a b")
def test_entries_are_read_alike(text: str) -> None:
    assert refusal(crontab.check, text) == refusal(crontasks, each(text), standing)


def test_what_is_generated_is_good_and_bad() -> None:
    assert [bool(entry.error) for entry in each("*:7:0:0!a b;*:25:0:0!a b")] == [False, True]
    assert refusal(crontasks, each("*:7:0:0!light on; off"), standing) == (
        "entry 0: expected <module> <function>, got 'off' in '*:7:0:0!light on;off'"
    )
    assert counted(parse, "light on; switch toggle &&20") == 2


STAGES = st.lists(st.sampled_from((*PIECES, "a b", "m f 1", " | ", "|", "c d &", "log x")))


@settings(max_examples=2000, deadline=None)
@given(
    st.sampled_from(("1000 ", "20 a b|", "86400000 a b | ", "19 ", "86400001 ", "a ", "1 0 ", "")),
    STAGES.map("".join) | st.text("mf |\t\n;#\"'[]{}(),=&>json01", max_size=40),
)
@example("1000 ", "a b | c d")
@example("1000 ", 'a b \'|\' | c d(x="|",y=["|"]) | e f # | g')
@example("1000 ", "|".join(["a b"] * 8))
@example("1000 ", "|".join(["a b"] * 9))
@example("1000 ", "a b | | c d")
@example("1000 ", "a b | c d |\n")
@example("1000 ", "a b # x\n| c d")
@example("1000 ", "a b | # x\n c d")
@example("1000 ", "a b | c d >json")
@example("1000 ", "a b | c d; e f")
@example("1000 ", "a b | c d &5")
def test_chains_are_read_alike(begins: str, stages: str) -> None:
    text = begins + stages
    assert refusal(chains.check, text) == refusal(read, text, standing)


def test_an_empty_link_of_a_chain_is_refused_and_a_new_line_is_none() -> None:
    empty = "expected a command on both sides of each |"
    for text in ("a b | | c d", "| a b | c d", "a b | c d |", "a b | c d |\n", "a b ||c d", ""):
        assert refusal(read, "1000 " + text, standing) == empty, text
        assert refusal(chains.check, "1000 " + text) == empty, text
    for text in ("a b | c d", "a b\n| c d", "a b |\n c d # |", "a b # x\n| c d\n"):
        assert counted(read, "1000 " + text, standing) == 2, text
        chains.check("1000 " + text)
