"""What a board is asked comes whole, or it is known that it did not; strange answers are told."""

import contextlib
import io
import warnings
from collections.abc import Iterator

import pytest

from toolkit.operations import board as on_board
from toolkit.transport import asking
from toolkit.transport.repl import Garbled, RaisedError, Repl, ReplError

CODE = "for it in range(2): say(repr((it, 'lamp')) + chr(10))"
SAID = "(0, 'lamp')\n(1, 'lamp')\n"


def heard(question: str) -> str:
    """What is printed where that question arrives, whatever it has become."""
    into = io.StringIO()
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(into),
        contextlib.suppress(Exception),
    ):
        warnings.simplefilter("ignore")
        exec(question, {})
    return into.getvalue()


def changed(text: str) -> Iterator[str]:
    """The text with each of its characters lost, doubled, or another one."""
    for at, letter in enumerate(text):
        for instead in ("", letter * 2, chr(ord(letter) ^ 1), chr(ord(letter) ^ 4)):
            if instead != letter:
                yield text[:at] + instead + text[at + 1 :]


def test_what_was_said_is_what_comes_and_no_changed_byte_passes() -> None:
    question = asking.question(CODE)
    whole = heard(question)
    assert asking.answer(CODE, whole) == SAID
    told = [asking.answer(CODE, it) for it in changed(whole)]
    told += [asking.answer(CODE, heard(it)) for it in changed(question)]
    assert set(told) == {None, SAID}
    print(f"{told.count(None)} of {len(told)} are noticed, the others change nothing")


class Board(Repl):
    """A prompt that hears what it is told, without a port; each answer is one of `answers`."""

    def __init__(self, *answers: str | ReplError) -> None:
        self.device = "here"
        self._answers = iter(answers)
        self.waited: list[float] = []

    def run(self, code: str | bytes, *, timeout: float = 10) -> str:
        self.waited.append(timeout)
        found = next(self._answers)
        if isinstance(found, ReplError):
            raise found
        return found

    def _resumed(self) -> bool:
        return True


def test_a_byte_that_the_line_has_lost_is_asked_for_again() -> None:
    whole = heard(asking.question(CODE))
    assert Board(whole[:-30], ReplError("silent"), whole).ask(CODE) == SAID
    with pytest.raises(ReplError, match="does not come whole"):
        Board(*[whole[1:]] * 3).ask(CODE)


def test_what_it_raises_is_believed_where_it_is_the_same_each_time() -> None:
    errors = [RaisedError(f"ImportError: no module named {it!r}", "ImportError") for it in "abc"]
    with pytest.raises(RaisedError, match="named 'a'"):
        Board(*[errors[0]] * 3).ask(CODE)
    with pytest.raises(Garbled, match="does not come whole"):
        Board(*errors).ask(CODE)
    with pytest.raises(Garbled, match="does not come whole"):
        Board("?", "?", errors[0]).ask(CODE)


def said(code: str, text: str) -> str:
    """What comes of a board that says that text, whole."""
    return heard(asking.question(code).replace("exec(_c)", f"say({text!r})"))


@pytest.mark.parametrize(
    "text", ["Guru Meditation", "(1, 2)", "()", "((", "", "None", "(0,)\n" * 2]
)
def test_what_is_no_answer_is_a_sentence_and_no_traceback(text: str) -> None:
    for look in (on_board.look, on_board.chip):
        with pytest.raises(ReplError, match="does not come whole"):
            look(Board(*[text] * 3))
    if text:
        with pytest.raises(ReplError, match=r"answered .*: reset it and repeat"):
            Board(said(CODE, text)).rows(CODE, str, int)


def test_a_large_file_is_given_time_by_its_size() -> None:
    code = asking.sum_of("/web/film")
    board = Board(*[said(code, "ab")] * 2)
    assert board.sha256("/web/film") == "ab"
    assert board.sha256("/web/film", 3 << 20) == "ab"
    assert board.waited == [10, 10 + (3 << 20) / asking.SLOWEST]
