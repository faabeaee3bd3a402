"""The table of options: whole, and what stands behind each action."""

import shlex

import pytest

from toolkit.cli import commands, options
from toolkit.cli.table import OPTIONS
from toolkit.cli.table.option import Option

ACTIONS = [option for option in OPTIONS if option.acts]


def test_every_action_has_a_command_and_every_command_its_action() -> None:
    derived = {"derive"}  # the action of `--profile new`, whose option says with what
    assert {name for name, _ in commands.COMMANDS} == {it.name for it in ACTIONS} | derived


@pytest.mark.parametrize(("name", "place"), commands.COMMANDS)
def test_every_command_is_there(name: str, place: str) -> None:
    assert callable(commands.command(place).run)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda it: it.name)
def test_every_option_has_an_example_that_is_understood_and_uses_it(
    option: Option,
) -> None:
    words = shlex.split(option.example)
    assert set(words) & set(option.flags), option.example
    options.parse(words)


def test_what_an_option_goes_with_is_in_the_table() -> None:
    known = {option.name for option in OPTIONS} | {"derive"}
    for option in OPTIONS:
        assert {*option.takes, *option.needs} <= known, option.name
