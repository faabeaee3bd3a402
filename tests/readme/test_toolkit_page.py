"""The page of the options tells the truth: it is that of the table, and its examples are run."""

import shlex
from pathlib import Path

import pytest
import toolkit_page
import transcripts

from tests.support.boards import engine  # noqa: F401 - a fixture
from toolkit.virtual.engine import Engine

ANEW = "make the page anew: python tests/readme/toolkit_page.py"


def page() -> str:
    return toolkit_page.PAGE.read_text(encoding="utf-8")


def test_the_page_is_that_of_the_table() -> None:
    assert toolkit_page.frame(page()) == toolkit_page.text({}), ANEW


@pytest.mark.timeout(600)  # a story of all options, with real trials of releases in it
def test_the_examples_are_what_really_happens(tmp_path: Path, engine: Engine) -> None:
    at_hand = {"MICROS_MICROPYTHON": shlex.join(engine.command)}  # a download needs a network
    told = toolkit_page.blocks(page())
    for name, shown in toolkit_page.record(tmp_path / "home", **at_hand).items():
        assert transcripts.alike(told.get(name, "")) == transcripts.alike(shown), ANEW
