"""The table of options: whole, and what stands behind each action."""

import re
import shlex

import pytest

from toolkit.cli import commands, options
from toolkit.cli.main import main
from toolkit.cli.table import OPTIONS
from toolkit.cli.table.option import Option
from toolkit.model import errors
from toolkit.model.exit_codes import EXIT_CODES

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
    lines = [shlex.split(line) for line in option.example.splitlines()]
    assert set(lines[-1]) & set(option.flags), option.example
    for words in lines:
        options.parse(words)


def test_what_an_option_goes_with_is_in_the_table() -> None:
    known = {option.name for option in OPTIONS} | {"derive"}
    for option in OPTIONS:
        assert {*option.takes, *option.needs} <= known, option.name


def test_the_help_has_every_option_every_code_and_eighty_columns(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert [line for line in said.splitlines() if len(line) > 80] == []
    for option in OPTIONS:
        assert f"\n  {option.form}" in said
    for code in EXIT_CODES:
        assert f"\n  {code} " in said
    for example in re.findall(r"^  \./devToolKit\.py (.*?)(?:  .*)?$", said, re.M):
        options.parse(shlex.split(example))


@pytest.mark.parametrize("option", OPTIONS, ids=lambda it: it.name)
def test_there_is_more_to_say_of_each_option(
    option: Option, capsys: pytest.CaptureFixture[str]
) -> None:
    for flag in option.flags:
        assert main(["-h", flag.lstrip("-")]) == 0
        assert capsys.readouterr().out.startswith(f"{option.form}\n")


def test_help_is_given_whatever_stands_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-e", "-m", "--json", "--help"]) == 0
    assert capsys.readouterr().out.startswith("usage: ")
    assert main(["--help", "over the air"]) == 0
    assert capsys.readouterr().out.startswith("--push\n")
    assert main(["--help", "air"]) == 0
    assert capsys.readouterr().out.startswith("--push\n")
    assert main(["--help", "psuh"]) == 2
    assert "expected an option such as push or base, " in capsys.readouterr().err


def test_every_exit_code_of_an_error_is_in_the_table() -> None:
    kinds = [it for it in vars(errors).values() if isinstance(it, type)]
    codes = {it.exit_code for it in kinds if issubclass(it, errors.ToolkitError)}
    assert len(codes) > 10
    assert codes <= set(EXIT_CODES)
