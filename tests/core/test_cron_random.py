"""The text of crontasks against what nobody thought of: it never crashes, and it round-trips."""

import core.grammar
import core.manual
import core.sun  # noqa: F401  (kept, else they would be imported anew for each question)
import pytest
from core.cron import Entry, each, entry
from core.due import latest_due, next_due
from core.errors import CommandError
from core.executor import parse
from core.explain import words
from core.zone import zone
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.support import oracle

INTERPRETERS = ("cpython",)

UTC = zone("n/a", 0)
SIGNS = st.text(alphabet="0157*/-,:!;\n \t#\"'[{(=)}]\\+catchupsunrise²é", max_size=60)
BLANK = st.sampled_from(("", "", " ", "\t"))
COMMANDS = (
    "light toggle",
    "rgb color #ff8000",
    'oled text \'a;b # c\' "d\\";e"',
    "m f('x;y', a=\"!\", b=3)",
    'm f [1, "a;b"] {"k": ["]", ";"]} >json',
    "m f x=';' y='# '",
    "oled text don't stop!",
)


def entries(text: str) -> list[Entry]:
    return list(each(text))


def item(size: int) -> st.SearchStrategy[str]:
    number = st.builds("{}{:0{}}".format, BLANK, st.integers(0, size - 1), st.integers(1, 3))
    span = st.builds("{}{}-{}".format, number, BLANK, number)
    step = st.builds("{}/{}{}".format, st.just("*") | span, BLANK, st.integers(1, size))
    return st.just("*") | number | span | step


def field(size: int) -> st.SearchStrategy[str]:
    return st.lists(item(size), min_size=1, max_size=3).map(",".join)


CLOCK = st.builds("{}:{}:{}:{}".format, field(7), field(24), field(60), field(60))
SUN = st.builds(
    "{}{}{}{}".format,
    st.just("") | field(7).map("{}:".format),
    BLANK,
    st.sampled_from(("sunrise", "sunset")),
    st.just("") | st.builds("{}{}".format, st.sampled_from("+-"), st.integers(0, 1440)),
)
TIMES = st.builds("{}{}!".format, CLOCK | SUN, BLANK)
ENTRY = st.tuples(TIMES, st.lists(st.sampled_from(COMMANDS), min_size=1, max_size=3))
GLUE = st.sampled_from(
    (";", ";;", "\n", " ;\n", "\n# a remark; *:1:1:1!not me\n", " # '\n", "\r\n")
)


@settings(max_examples=600, deadline=None)
@given(st.lists(ENTRY, max_size=5), GLUE, GLUE)
def test_what_is_written_is_what_is_read(
    wanted: list[tuple[str, list[str]]], outer: str, inner: str
) -> None:
    text = outer.join(time + inner.join(commands) for time, commands in wanted)
    found = entries(text)
    assert [one.error for one in found] == [None] * len(wanted)
    assert [one.commands for one in found] == [commands for _, commands in wanted]
    for one, (time, _) in zip(found, wanted, strict=True):
        spec = oracle.read(time.strip() + "x y")
        days, *times = (frozenset(values) for values in one.fields)
        assert {(day + 3) % 7 for day in days} == spec.days
        assert times == [frozenset(values) for values in spec.times]
        assert (one.sun, one.offset, one.fixed) == (spec.sun, spec.shift, spec.fixed)
        assert one.daily == spec.daily
        again = entry(one.text)
        assert (again.text, again.key, again.commands) == (one.text, one.key, one.commands)
        assert list(again.fields) == list(one.fields)
        for command in one.commands:
            assert len(parse(command)) == 1


@pytest.mark.parametrize(("place", "size"), [(0, 7), (1, 24), (2, 60), (3, 60)])
def test_a_step_larger_than_its_field_is_refused_as_the_oracle_does(place: int, size: int) -> None:
    for step in (*range(80), 99, 100, 1440):
        for form in ("*/%d", "1-3/%d", "0,5-2/%d"):
            fields = ["*"] * 4
            fields[place] = form % step
            text = ":".join(fields) + "!a b"
            assert (entry(text).error is None) == (0 < step <= size) == oracle_reads(text), text


def oracle_reads(text: str) -> bool:
    try:
        oracle.read(text)
    except ValueError:
        return False
    return True


@settings(max_examples=3000, deadline=None)
@given(SIGNS | st.text(max_size=30))
@example("*:" + "9" * 5000 + ":0:0!a b")
@example("catchup=" + "9" * 5000 + " *:1:0:0!a b")
@example("catchup=" + "0" * 5000 + " *:1:0:0!a b")
@example("sunset+" + "0" * 5000 + "1!a b")
@example("sunset" + " " * 5000 + "!a b")
@example("*:1:0:0!a '\n'*:1:0:0!a b")
def test_garbage_is_read_or_refused_in_one_sentence(text: str) -> None:
    for one in entries(text) + entries("*:1:0:0!" + text):
        # a lone # before a semicolon is none, but begins a remark where the text ends with it
        again = entry(one.text) if not one.error and one.text[-1] != "#" else one
        assert (again.text, again.error) == (one.text, one.error)
        if one.error:
            assert one.error.startswith("expected "), one.error
            assert len(one.error) < 250
            continue
        assert words(one)
        assert one.commands
        assert all(command == command.strip(" \t\r\v\f") for command in one.commands)
        due = next_due(one, 1770000000, UTC, (47.5, 19.05))
        assert due is not None
        assert latest_due(one, 1770000000, due, UTC, (47.5, 19.05)) == (due, 1)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from("ab c;\n'\"[]{}(),=#\\ "), max_size=40).map("".join))
def test_pieces_end_where_the_commands_of_a_line_do(text: str) -> None:
    """The same tokenizer: what the grammar reads as one command is one piece."""
    try:
        commands = parse("m f " + text)
    except CommandError:
        return
    found = entries("*:1:0:0!m f " + text)
    remark = any(command[0] == "#" for command in found[0].commands)  # once it stands alone
    if not found[0].error and "," not in text and "(" not in text and not remark:
        assert sum(len(parse(command)) for command in found[0].commands) == len(commands)
