"""The settings on the desk: checked by the table that the board reads too."""

import re

import jsonschema
import pytest

from toolkit.model import profile, settings
from toolkit.model.errors import InputError


def test_every_row_of_the_table_is_sound() -> None:
    for row in settings.table().values():
        assert set(row.flags) <= set("rsomfc"), row.name
        assert row.help, row.name
        assert row.secret or row.read_only or row.default in ("", "n/a") or _allowed(row), row.name


def _allowed(row: settings.Setting) -> bool:
    settings.check(row, row.default)
    return True


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("soctout", "60", 60),
        ("pled", "off", False),
        ("pled", "True", True),
        ("devfid", "lamp-1", "lamp-1"),
        ("auth", "off", "off"),
        ("devip", "192.168.1.20", "192.168.1.20"),
        ("poweron", "simple_0:last; 4 : safelast", "simple_0:last; 4 : safelast"),
        ("boothook", "light on; servo angle 20", "light on; servo angle 20"),
        ("crontasks", "0-4:7:0:0!light on; fan off", "0-4:7:0:0!light on; fan off"),
        ("crontasks", "n/a", "n/a"),
        ("irq1_cbf", "light on; light off & 60000", "light on; light off & 60000"),
        ("boothook", "light toggle && 500", "light toggle && 500"),
        ("irq1_cbf", "", ""),
        ("ntphost", "", ""),
    ],
)
def test_what_a_person_types_becomes_a_value(name: str, text: str, value: object) -> None:
    assert settings.parse(name, text) == value


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("soctout", "1", "expected a whole number from 5 to 86400, got 1"),
        ("pled", "maybe", "expected true or false, got 'maybe'"),
        ("auth", "maybe", "auth: expected a text: on, off, or link (no text shell), got 'maybe'"),
        ("poweron", "4:maybe", "poweron: expected pin:off, on, last or safelast, got '4:maybe'"),
        ("devip", "abc", "an address such as 192.168.1.20, or n/a for DHCP, got 'abc'"),
        (
            "tz",
            "",
            "of 3 to 64 characters: a POSIX rule such as CET-1CEST,M3.5.0,M10.5.0/3 (summer time",
        ),
        ("geo", "", "degrees north, degrees east such as 47.5,19.05, or n/a for none, got ''"),
        ("boothook", "keep now", "boothook: expected commands of modules, got 'keep', a word of"),
        (
            "timirqcbf",
            "light on &&",
            "expected && in boothook alone, which runs once, got 'light on",
        ),
        ("crontasks", "sunset!reboot -h", "expected commands of modules, got 'reboot', a word of"),
        (
            "crontasks",
            "*:7:0:0!light on; *:*:*/70:0!light off",
            "crontasks: entry 1: expected M 0-59 as *, */n, a, a-b or a-b/n, n 1-60, got '*/70' "
            "in '*:*:*/70:0!light off'",
        ),
        ("crontasks", "*:7:0:0!toggle", "expected <module> <function>, got 'toggle' in '*:7:0:0!"),
        ("boothook", "light on; toggle", "boothook: expected <module> <function>, got 'toggle'"),
        ("timirqcbf", "light on '", "timirqcbf: expected a closing ', got "),
        ("ntphost", "pool ntp", "names such as pool.ntp.org or addresses, got 'pool ntp'"),
        ("devfid", "ä", "letters, digits, _ and -, got 'ä'"),
        ("version", "1", "is shown by the node and cannot be set"),
    ],
)
def test_what_does_not_fit_is_told_with_what_was_expected(
    name: str, text: str, sentence: str
) -> None:
    with pytest.raises(InputError, match=re.escape(sentence)):
        settings.parse(name, text)


def test_a_refused_secret_is_not_quoted() -> None:
    with pytest.raises(InputError) as refusal:
        settings.parse("appwd", "geheimes Wört")
    assert "geheim" not in str(refusal.value)


def test_the_schema_is_a_schema() -> None:
    judge = jsonschema.Draft202012Validator(jsonschema.Draft202012Validator.META_SCHEMA)
    assert list(judge.iter_errors(settings.schema())) == []
    assert list(judge.iter_errors(settings.schema(ask=True))) == []


def test_every_profile_loads_and_says_what_it_is_for() -> None:
    assert {"default", "heartbeat"} <= set(profile.names())
    for name in profile.names():
        assert profile.load(name).about
