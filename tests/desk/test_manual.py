"""The manual: read from the sources of load modules, without running them."""

import ast
import json
from pathlib import Path

import pytest

from toolkit.cli.main import main
from toolkit.model import manual_page, paths, release
from toolkit.model.errors import InputError
from toolkit.model.manual import Module, compact, extract
from toolkit.operations import manual

SOURCE = '''
"""Lamp: two colours.

More, which is not for the manual.
"""
import lm
_hidden = 1

def tone(warm: int, cold: int = 0, *, fade: float = 0.5) -> dict:
    """Mix the colours."""

async def watch(*pins, **names):
    """Watch pins."""

def _helper(): yield

def inside():
    """Use what yields."""
    def steps():
        yield 1
    return list(steps()) + list(n for n in _helper()) + [lambda: (yield)]

class Thing:
    def method(self): pass
'''


def test_signatures_and_first_lines_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "LM_lamp.py"
    path.write_text(SOURCE, encoding="utf-8")
    (module,) = extract([path])
    assert (module.name, module.summary) == ("lamp", "Lamp: two colours.")
    assert [function.signature for function in module.functions] == [
        "inside()",
        "tone(warm:int, cold:int=0, *, fade:float=0.5)",
        "watch(*pins, **names)",
    ]
    assert compact([module]).splitlines() == [
        "lamp\t\t\tLamp: two colours.",
        "lamp\tinside\t[]\tUse what yields.",
        'lamp\ttone\t[["warm","int"],["cold","int","0"],["*",""],["fade","float","0.5"]]'
        "\tMix the colours.",
        'lamp\twatch\t[["*pins",""],["**names",""]]\tWatch pins.',
    ]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("lamp.py", "", "expected a load module named LM_<name>.py"),
        ("LM_a-b.py", "", "expected a load module named LM_<name>.py"),
        ("LM_lamp.py", "def (:", "is not valid Python"),
        (
            "LM_lamp.py",
            "\ndef walk():\n    for step in range(3):\n        yield step",
            r"LM_lamp.py: expected .*'async def', got walk\(\) with 'yield' \(line 2\)",
        ),
        ("LM_lamp.py", "async def walk(): print([(yield)])", r"got walk\(\) with 'yield'"),
        ("LM_lamp.py", "def walk(): yield from (1, 2)", r"got walk\(\) with 'yield'"),
    ],
)
def test_what_is_no_load_module_is_refused(
    tmp_path: Path, name: str, text: str, sentence: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=sentence):
        extract([path])


def test_a_default_that_is_a_constant_of_the_module_is_told_as_its_value(tmp_path: Path) -> None:
    path = tmp_path / "LM_lamp.py"
    head = "PIN = 'pwm_0'\n_MOST = const(5)\nMOVES = 1\nMOVES = 2\nMADE = made()\n"
    path.write_text(
        head + "def glow(pin: str = PIN, most=-_MOST, *, at=MOVES, by=MADE, to=(_MOST, 1)): ...\n",
        encoding="utf-8",
    )
    (module,) = extract([path])
    told = "glow(pin:str='pwm_0', most=-5, *, at=MOVES, by=MADE, to=(5, 1))"
    assert [it.signature for it in module.functions] == [told]


def test_every_function_of_our_own_modules_says_what_it_does() -> None:
    for module in extract((paths.repository() / "micros" / "modules").glob("LM_*.py")):
        assert module.summary, module.name
        for function in module.functions:
            assert function.summary, f"{module.name} {function.name}"
            for one in function.parameters:
                ast.literal_eval(one.default or "None")  # a value, not a name of the source


WITH_EXAMPLES = '''
"""Lamp: a *light* | two <colours>, `a|b`.

How it works, which is not for the manual.

Examples:
    lamp tone 5    # dim

    lamp tone 100 fade=0.1
Not an example.
"""
def tone(warm: int | None = None, *, fade: float = 0.5) -> dict:
    """Mix the colours."""
'''


def lamp(folder: Path) -> tuple[Module, ...]:
    path = folder / "LM_lamp.py"
    path.write_text(WITH_EXAMPLES, encoding="utf-8")
    return extract([path])


def test_the_examples_of_a_module_are_the_indented_lines_below_their_heading(
    tmp_path: Path,
) -> None:
    (module,) = lamp(tmp_path)
    assert module.examples == ("lamp tone 5    # dim", "lamp tone 100 fade=0.1")
    assert "tone 5" not in compact([module])  # the board has the rest of the manual


def test_a_page_shows_what_its_facts_say_and_no_mark_up(tmp_path: Path) -> None:
    identity = release.Identity((1, 2, 3, 0), 1, 1)
    page = manual_page.markdown(lamp(tmp_path), identity)
    assert "Release 1.2.3-0." in page
    assert "| [lamp](#lamp) | Lamp: a \\*light\\* \\| two &lt;colours>, `a\\|b`. |" in page
    row = "| `lamp tone(warm:int \\| None=None, *, fade:float=0.5)` | Mix the colours. |"
    assert row in page
    assert "```\nlamp tone 5    # dim\nlamp tone 100 fade=0.1\n```" in page
    facts = json.loads(manual_page.as_json(lamp(tmp_path), identity))
    assert (facts["release"], facts["api"]) == ("1.2.3-0", 1)
    (module,) = facts["modules"]
    assert module["examples"] == ["lamp tone 5    # dim", "lamp tone 100 fade=0.1"]
    assert module["functions"][0]["parameters"] == [
        {"name": "warm", "type": "int | None", "default": "None"},
        {"name": "*", "type": None, "default": None},
        {"name": "fade", "type": "float", "default": "0.5"},
    ]


def test_one_command_writes_the_manual_that_the_board_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--manual", str(tmp_path / "new")]) == 0
    page = (tmp_path / "new" / "manual.md").read_text(encoding="utf-8")
    facts = json.loads((tmp_path / "new" / "manual.json").read_text(encoding="utf-8"))
    modules = paths.repository() / "micros" / "modules"
    board = compact(extract(sorted(modules.glob("LM_*.py"))))
    told = [(it["name"], each["name"]) for it in facts["modules"] for each in it["functions"]]
    assert told == [tuple(row.split("\t")[:2]) for row in board.splitlines() if "\t\t\t" not in row]
    assert all(f"| `{module} {function}(" in page for module, function in told)
    capsys.readouterr()
    assert main(["--manual", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == facts
    assert main(["--manual", str(tmp_path / "other"), "--dummy"]) == 0
    assert not (tmp_path / "other").exists()
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["--manual", str(tmp_path / "file")]) == 3
    assert "cannot be written" in capsys.readouterr().err


# Module: functions, as micrOS v0.4 had them; clients and settings written for it say these.
OLD = """
adc: measure action_fltr
air: dht_measure getMQ135GasPPM measure
bme280: init_bme280_i2c measure
dimmer: set_value toggle dimmer_cache_load_n_init
distance_HCSR04: distance_mm distance_cm deinit
esp32: hall intemp touchpin14
light: rgb toggle rgb_cache_load_n_init
motion_sensor: get_PIR_state PIR_deinit
neopixel: neopixel segment toggle neopixel_cache_load_n_init
oled_128x64i2c: text invert clean draw_line draw_rect poweron poweroff
oled_widgets: simple_page show_debug_page toggle_invert
servo: Servo Servo_demo Servo_deinit Servo2 Servo2_deinit
switch: set_state toggle switch_cache_load_n_init
system: memfree gcollect heartbeat clock ntp module cachedump ifmode
"""


@pytest.mark.parametrize("row", OLD.strip().splitlines())
def test_what_v04_could_be_told_can_be_told_still(row: str) -> None:
    name, _, functions = row.partition(": ")
    (module,) = (one for one in manual.modules() if one.name == name)
    assert set(functions.split()) <= {one.name for one in module.functions}


# What load modules there are to be, and what each has to be able to do.
CATALOGUE = """
system: info memfree uptime ntp rssi module
task: list show kill
log: read write crash
cron: list add remove check
light: rgb brightness on off toggle
dimmer: set_value on off toggle
cct: white temperature leds
neopixel: rgb segment brightness on off toggle
neoeffects: rainbow fade chase meteor shader
oled: text line rect fill pixel invert power page debug
oled_widgets: simple_page readings
servo: angle deinit
stepper: step angle to stop
motor: speed ramp brake stop
L298N: m1_control set_speed set_direction
relay: on off toggle times by_hand auto
switch: on off toggle set_state
buzzer: tone beep play stop
gpio: on off toggle read pulse
dht: measure
ds18x20: scan measure temp
bme280: measure temp hum pres
hcsr04: distance
light_sensor: sensor illuminance intensity
adc: measure scale report
mq135: resistance calibrate ppm
pir: hold run
touch: read value sensitivity
esp32: temp intemp hall
rotary: read value span run
button: run
i2c: scan
uart: send receive talk speed
average: window exponential
threshold: above below
pid: tune target control hold auto
slowpwm: duty times
alarms: state show acknowledge
value: pick scale
catgame: play game live_game area
heartbeat: blink pulse
"""


@pytest.mark.parametrize("row", CATALOGUE.strip().splitlines())
def test_the_catalogue_is_there(row: str) -> None:
    name, _, functions = row.partition(": ")
    (module,) = (one for one in manual.modules() if one.name == name)
    assert set(functions.split()) <= {one.name for one in module.functions}


def test_every_module_of_the_release_has_load_status_and_pinmap_which_need_no_argument() -> None:
    for module in manual.modules():
        takes = {one.name: one.parameters for one in module.functions}
        assert {"load", "status", "pinmap"} <= set(takes), module.name
        for name in ("load", "status", "pinmap"):
            assert all(it.default is not None for it in takes[name]), (module.name, name)
