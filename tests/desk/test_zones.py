"""A time zone that is named as the world does is refused with the rule that a node wants."""

import zoneinfo
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolkit.model import settings, zones
from toolkit.model.errors import InputError

RULE = "XYZ-1XYZS,M3.5.0,M10.5.0/3"


@pytest.fixture(autouse=True)
def listed(tmp_path: Path) -> Iterator[None]:
    """A computer whose list of zones has two."""
    for name, rule in (("Europe/Atlantis", RULE), ("Plato", "PLT7")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"TZif2\0\0\n" + rule.encode() + b"\n")
    (tmp_path / "Noise").write_bytes(b"nothing\nof that\n")
    zoneinfo.reset_tzpath([str(tmp_path)])
    zones.names.cache_clear()
    yield
    zoneinfo.reset_tzpath()
    zones.names.cache_clear()


@pytest.mark.parametrize(
    "text", ["Europe/Atlantis", "europe/atlantis", "Atlantis", "Europe/Atlantic", "Atlantiss"]
)
def test_the_rule_of_a_zone_is_told(text: str) -> None:
    with pytest.raises(InputError) as refusal:
        settings.parse("tz", text)
    said = str(refusal.value)
    assert said.startswith("tz: expected a text of 3 to 64 characters: a POSIX rule such as CET")
    assert said.endswith(f", got {text!r}; Europe/Atlantis is {RULE}")


@pytest.mark.parametrize("text", ["x", "", "../Plato", "/etc/passwd", "Noise", "\0", "CET-1CEST,"])
def test_of_what_is_no_zone_nothing_is_guessed(text: str) -> None:
    assert zones.meant(text) == ""


def test_a_rule_without_its_changes_is_told_what_it_lacks() -> None:
    told = "it lacks the two days on which summer time begins and ends"
    for text, whole in (("XYZ-1XYZS", RULE), ("CET-1CEST", "CET-1CEST,M3.5.0,M10.5.0/3")):
        with pytest.raises(InputError) as refusal:
            settings.parse("tz", text)
        assert str(refusal.value).endswith(f", got {text!r}; {told}: {whole}")
        assert settings.parse("tz", whole) == whole


def test_where_there_is_no_list_the_example_alone_is_told(tmp_path: Path) -> None:
    zoneinfo.reset_tzpath([str(tmp_path / "nowhere")])
    assert zones.rule_of("Europe/Atlantis") == ""
    with pytest.raises(InputError, match=r"CET-1CEST.* got 'Europe/Atlantis'$"):
        settings.parse("tz", "Europe/Atlantis")


# Each shape that is in the world's list: names in brackets, quarters of hours, changes that come
# the day before or after the day's end.
ODD = (
    "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
    "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45",
    "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
    "<+0545>-5:45",
    "<-0930>9:30",
    "<+14>-14",
    "IST-1GMT0,M10.5.0,M3.5.0/1",
    "EET-2EEST,M3.4.4/50,M10.4.4/50",
    "IST-2IDT,M3.4.4/26,M10.5.0",
    "EST5EDT,M3.2.0,M11.1.0",
    "UTC0",
)


@pytest.mark.parametrize("rule", ODD)
def test_each_shape_of_a_rule_is_one_that_a_node_takes(rule: str) -> None:
    assert settings.setting("tz").allows(rule)


def test_every_rule_of_this_computer_is_one_that_a_node_takes() -> None:
    zoneinfo.reset_tzpath()
    rules = {zones.rule_of(name) for name in zoneinfo.available_timezones()} - {""}
    print(f"{len(rules)} rules")
    assert [rule for rule in rules if not settings.setting("tz").allows(rule)] == []
