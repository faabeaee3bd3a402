"""An answer ends at the prompt, wherever the packets are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.model.errors import NodeError
from toolkit.transport.framing import Framing, Reply

NEW = b"node01 $ "
OLD = b"node01 $  "  # v0.4: two blanks


def greeted(prompt: bytes = NEW) -> Framing:
    framing = Framing()
    framing.feed(prompt)
    assert framing.reply() == Reply("", "node01", locked=False, configuring=False)
    return framing


@pytest.mark.parametrize(
    ("prompt", "locked", "configuring"),
    [
        (b"node01 $ ", False, False),
        (b"[password] node01 $ ", True, False),
        (b"[configure] node01 $ ", False, True),
        (b"[password] [configure] node01 $ ", True, True),
        (b"[configure] node01 $  ", False, True),
    ],
)
def test_a_prompt_tells_name_and_mode(prompt: bytes, locked: bool, configuring: bool) -> None:
    framing = Framing()
    framing.feed(prompt)
    assert framing.reply() == Reply("", "node01", locked, configuring)


@pytest.mark.parametrize("prompt", [NEW, OLD])
@pytest.mark.parametrize("text", ["", "Saved", "a\n\nb", " mem: 5\n free: 6", "node01 \\$ here"])
def test_an_answer_cut_anywhere_is_the_same_answer(prompt: bytes, text: str) -> None:
    stream = (text + "\n").encode() + prompt if text else prompt
    for cut in range(len(stream)):
        framing = greeted(prompt)
        framing.feed(stream[:cut])
        assert framing.reply() is None or (prompt == OLD and cut == len(stream) - 1 and not text)
        framing = greeted(prompt)
        framing.feed(stream[:cut])
        framing.feed(stream[cut:])
        reply = framing.reply()
        assert reply is not None
        assert reply.text == text.replace("\\$", "$")  # escaped, since it is no prompt


def test_the_second_blank_of_an_old_prompt_may_come_late() -> None:
    framing = Framing()
    framing.feed(b"node01 $ ")
    assert framing.reply() is not None
    framing.feed(b" ")
    assert framing.reply() is None
    framing.feed(b"hello:node01:0x500x20:dev\n")
    framing.feed(b"node01 $ ")
    assert framing.reply() is None  # both blanks are awaited from now on
    framing.feed(b" ")
    reply = framing.reply()
    assert reply is not None
    assert reply.text == "hello:node01:0x500x20:dev"


@pytest.mark.parametrize(
    "data",
    [
        b"it costs 5 $ ",  # no prompt of ours at the start of a line
        b"other $ ",  # another name
        b"a line without newline node01 $ ",
        b"node01 \\$ ",
        b"node01 $",
        b"node01 $ x",
    ],
)
def test_what_only_looks_like_a_prompt_does_not_end_an_answer_at_once(data: bytes) -> None:
    framing = greeted()
    framing.feed(data)
    assert framing.reply() is None
    framing.feed(b" more\nnode01 $ ")
    reply = framing.reply()
    assert reply is not None
    assert reply.text == data.decode().replace("\\$", "$") + " more"


def test_a_renamed_node_and_a_missing_newline_end_it_when_the_node_is_quiet() -> None:
    framing = greeted()
    framing.feed(b"Saved\nhall $ ")
    assert framing.reply() is None
    assert framing.plausible
    assert framing.reply(quiet=True) == Reply("Saved", "hall", locked=False, configuring=False)
    framing.feed(b"no newline here: 5[configure] hall $ ")
    assert framing.reply(quiet=True) == Reply("no newline here: 5", "hall", False, True)


def test_what_is_not_a_prompt_is_not_one_however_quiet_the_node() -> None:
    framing = greeted()
    framing.feed(b"half an answ")
    assert not framing.plausible
    assert framing.reply(quiet=True) is None
    assert framing.rest() == "half an answ"


def test_an_endless_answer_is_refused_and_not_kept() -> None:
    framing = Framing(limit=4096)
    for _ in range(4):
        framing.feed(b"x" * 1024)
    with pytest.raises(NodeError, match="more than 4 KB"):
        framing.feed(b"x")
    assert framing.rest() == ""


def test_no_escape_sequence_of_a_node_reaches_the_terminal() -> None:
    framing = greeted()
    framing.feed("\x1b[2J\x07ok\tyes\r\n\x9b31mred\x00\n".encode() + b"\xff\xfe\nnode01 $ ")
    reply = framing.reply()
    assert reply is not None
    assert not set(reply.text) & set(map(chr, [*range(9), *range(11, 32), *range(127, 160)]))
    assert "ok\tyes\n" in reply.text


@given(st.lists(st.binary(max_size=40), max_size=30))
def test_garbage_is_never_more_than_text(chunks: list[bytes]) -> None:
    framing = Framing()
    for chunk in chunks:
        framing.feed(chunk)
        reply = framing.reply(quiet=True)
        assert reply is None or "\x1b" not in reply.text + reply.name
