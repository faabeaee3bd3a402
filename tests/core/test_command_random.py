"""The grammar against what nobody thought of: it round-trips, and it never crashes."""

import json
import math

from core.errors import CommandError
from core.executor import Command, parse
from core.grammar import value
from hypothesis import given, settings
from hypothesis import strategies as st

INTERPRETERS = ("cpython",)

SIGNS = st.text(alphabet="ab5 \t\"'\\[]{}();#&=>,.-\n\0é", max_size=60)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
DEEP = st.recursive(
    PLAIN | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


def depth(thing):
    if isinstance(thing, dict):
        return 1 + max(map(depth, thing.values()), default=0)
    return 1 + max(map(depth, thing), default=0) if isinstance(thing, list) else 0


def written(thing, quote):
    """An argument as a person would write it."""
    if isinstance(thing, str):
        escaped = thing.replace("\\", "\\\\").replace(quote, "\\" + quote)
        return quote + escaped + quote
    if isinstance(thing, float) and "." not in repr(thing):
        return repr(thing).replace("e", ".0e").replace("e+", "e")
    return json.dumps(thing) if isinstance(thing, (list, dict)) else repr(thing)


@settings(max_examples=300)
@given(st.lists(st.tuples(PLAIN | st.text(max_size=12) | DEEP, st.sampled_from("\"'")), max_size=5))
def test_what_is_written_is_what_is_called_with(pairs):
    pairs = [(thing, quote) for thing, quote in pairs if depth(thing) <= 8]
    things = [thing for thing, _ in pairs]
    words = [written(thing, quote) for thing, quote in pairs]
    assert parse("m f " + " ".join(words))[0].args == things
    assert parse("m f(" + ", ".join(words) + ")")[0].args == things
    named = " ".join(f"a{index}={word}" for index, word in enumerate(words))
    found = parse("m f " + named)[0].named
    assert [found[f"a{index}"][1] for index in range(len(words))] == things


@settings(max_examples=1500)
@given(SIGNS | st.text(max_size=40))
def test_garbage_is_parsed_or_refused(text):
    for line in (text, "m f " + text, "m f(" + text):
        try:
            commands = parse(line)
        except CommandError as error:
            assert str(error)
        else:
            assert all(isinstance(command, Command) for command in commands)


@settings(max_examples=800)
@given(st.text(alphabet="0123456789.eE+-_naif", min_size=1, max_size=12))
def test_a_number_is_never_infinite_and_never_something_else(word):
    found = value(word)
    assert found == word or (type(found) in (int, float) and math.isfinite(found))


@settings(max_examples=200)
@given(st.lists(st.sampled_from(["a b", "c d 'x;y'", "e f(1)", "", "# c"]), max_size=6))
def test_commands_of_a_line_are_those_of_its_parts(parts):
    lines = "\n".join(parts)
    assert len(parse(lines)) == sum(len(parse(part)) for part in parts)
