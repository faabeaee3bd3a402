"""Every example of the manual is said to a node: none is refused, none faults, none holds it up.

What a module's examples ask for hangs on the board meanwhile. A module without examples says none.
"""

import json
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.boards import eventually
from tests.support.toolkit import Toolkit
from toolkit.model import paths
from toolkit.model.errors import RefusedError
from toolkit.model.manual import extract
from toolkit.node import Node as Remote
from toolkit.operations import manual
from toolkit.transport.textshell import TextShell
from toolkit.virtual import fleet
from toolkit.virtual.control import Control
from toolkit.virtual.engine import Engine
from toolkit.virtual.fleet import VirtualBoard

EXAMPLES = {module.name: module.examples for module in manual.modules() if module.examples}
WORDS = ("cron", "log", "task")  # modules that only programs and hooks reach
STEP = 5  # ms of a standing clock
LONGEST = 20_000  # µs that a function may hold the loop
# The firmware's own driver of a DHT holds it: 250 ms of rest, 18 ms for the start signal.
FIRMWARE = dict.fromkeys(("dht", "air"), 268_000)
# What the functions are called with that want arguments, and that no example calls.
ARGUMENTS = {
    "cct leds": "500 500",
    "cron add": "'*:7:30:0!light on'",
    "cron check": "'*:7:30:0!light on'",
    "cron remove": "0",
    "gpio off": "simple_0",
    "gpio toggle": "simple_0",
    "log write": "something",
    "oled fill": "0 0 8 8",
    "oled pixel": "1 1",
    "oled power": "1",
    "oled rect": "0 0 8 8",
    "oled_128x64i2c draw_rect": "0 0 8 8",
    "pid forget": "room",
    "relay want": "1",
    "stepper driver": "uln2003",
    "task kill": "light.*",
    "task show": "light.on",
}
AIR, DISPLAY, PROBE, DISTANCE = 118, 60, 18, 35  # addresses, and pins of the board esp32


def _air(control: Control) -> None:
    control.i2c_model(AIR, "bme280", temperature=21.5)


def _display(control: Control) -> None:
    control.i2c_model(DISPLAY, "ssd1306")


def _dht(control: Control) -> None:
    control.device(17, kind="dht22", temperature=21.5)
    _gas(control)


def _probes(control: Control) -> None:
    control.device(PROBE, kind="ds18b20", sensors={"000000000001": 21.5})


def _distance(control: Control) -> None:
    control.device(DISTANCE, kind="hcsr04", mm=450.0)


def _voltage(control: Control) -> None:
    control.device(34, kind="voltage", volts=1.5)


def _gas(control: Control) -> None:
    control.device(39, kind="mq135", rs=50000.0)


def _light(control: Control) -> None:
    control.device(36, kind="temt6000", lux=100.0)


def _port(control: Control) -> None:
    control.device(16, kind="uart", echo=True)


HANGS_ON_IT: Mapping[str, Callable[[Control], None]] = {
    "adc": _voltage,
    "air": _dht,
    "bme280": _air,
    "dht": _dht,
    "distance_HCSR04": _distance,
    "ds18x20": _probes,
    "hcsr04": _distance,
    "light_sensor": _light,
    "mq135": _gas,
    "oled": _display,
    "oled_128x64i2c": _display,
    "oled_widgets": _display,
    "uart": _port,
}


@dataclass
class Node:
    """A node on a virtual board: what it answers, and the world around it."""

    toolkit: Toolkit
    control: Control
    address: str
    uid: str
    password: str

    def shell(self) -> TextShell:
        return TextShell(self.address, uid=self.uid, password=self.password)


@contextmanager
def paced(control: Control, board: VirtualBoard) -> Generator[None]:
    """Let a standing clock go on, step by step, as long as the block lasts."""
    over = threading.Event()

    def pace() -> None:
        with fleet.control(board) as own:
            while not over.is_set():
                own.advance(STEP)

    control.clock("frozen")
    thread = threading.Thread(target=pace, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(30)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Node]:
    toolkit = Toolkit(tmp_path_factory.mktemp("manual") / "user data", engine)
    toolkit.ok("--make", "--virtual", "--yes")
    (board,) = fleet.boards(toolkit.home / "virtual")
    secrets = json.loads((toolkit.home / "secrets.json").read_text(encoding="utf-8"))
    with fleet.control(board) as control, ExitStack() as stack:
        starts = control.console().count("ready at")
        stack.enter_context(paced(control, board))
        eventually(lambda: control.console().count("ready at") > starts, "the node")
        yield Node(toolkit, control, board.address, board.mac, secrets[board.mac]["appwd"])
    toolkit("--virtual", "--stop")


def background(shell: TextShell, line: str) -> str:
    """What was wrong with a command in the background, with the first round of one repeated."""
    tag = ".".join(line.split()[:2])

    def told() -> str:
        return shell.command(f"task show {tag}")

    if " && " in line or line.endswith("&"):
        eventually(lambda: ", 0 runs" not in told(), f"the first run of {tag}")
    return f"refused: {it}" if " failed, " in (it := told()) else ""


def functions(name: str) -> list[str]:
    """`module function` of all that a module has; none may want arguments that nobody knows."""
    (module,) = (one for one in manual.modules() if one.name == name)
    for one in module.functions:
        wanted = [it for it in one.parameters if it.default is None and it.name[0] != "*"]
        line, said = f"{name} {one.name}", " ".join(module.examples)
        assert not wanted or line in ARGUMENTS or f"{line} " in said or f"{line}(" in said
    return [f"{name} {one.name}" for one in module.functions]


def spoiled(shell: TextShell) -> list[str]:
    """What has gone wrong without anybody asking: background commands, and what they log."""
    told = shell.command("log error").splitlines()
    return [line for line in told if line and "dropped" not in line]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_of_the_manual_is_done(node: Node, name: str) -> None:
    if name in HANGS_ON_IT:
        HANGS_ON_IT[name](node.control)
    with node.shell() as shell:
        node.control.held()
        answers = {line: shell.command(line) for line in EXAMPLES[name]}
        spoken = {" ".join(line.split("(")[0].split()[:2]) for line in answers}
        others = [line for line in functions(name) if line not in spoken]
        shown = {line: background(shell, line) for line in answers if " &" in line}
        told = [*answers.items(), *shown.items()]
        wrong = [pair for pair in told if "refused: " in pair[1] or "fault: " in pair[1]]
        print(f"{name}: {len(answers)} examples, {len(shown)} in the background")
        assert (wrong, spoiled(shell)) == ([], [])
        for line in others:  # whatever they answer
            shell.command(f"{line} {ARGUMENTS.get(line, '')}".rstrip())
        held = node.control.held()
        print(f"{name}, {len(spoken) + len(others)} functions: held the loop for {held} µs at most")
        assert held <= FIRMWARE.get(name, LONGEST)
        assert all(line.split()[0] == name for line in answers)
        for running in shell.command("task list").splitlines():
            shell.command(f"task kill {running.split()[-1]}")  # services refuse
        for loaded in shell.command("system module").split():
            shell.command(f"system module {loaded}")  # the next one finds all pins free


@pytest.mark.parametrize("name", WORDS)
def test_what_stands_behind_a_word_of_the_shell_holds_nothing_up(
    node: Node, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("MICROS_USER_DATA", str(node.toolkit.home))
    node.control.held()
    with Remote(node.address) as remote:
        for line in functions(name):
            with suppress(RefusedError):  # the word's own answer, as for a task that is none
                remote.call(*line.split(), *shlex.split(ARGUMENTS.get(line, "")))
    held = node.control.held()
    print(f"{name}: held the loop for {held} µs at most")
    assert held <= LONGEST


def test_every_module_has_been_watched() -> None:
    assert {module.name for module in manual.modules()} == {*EXAMPLES, *WORDS}


def test_an_example_that_is_wrong_would_be_seen(node: Node) -> None:
    with node.shell() as shell:
        assert shell.command("servo angle 181").startswith("refused: ")
        assert shell.command("servo turn 90").startswith("refused: ")
        assert spoiled(shell) == []
        assert "started" in shell.command("value pick a 5 &")
        assert "pick: expected a value named" in background(shell, "value pick a 5 &")


def test_a_module_that_was_just_begun_does_its_examples_too(node: Node, tmp_path: Path) -> None:
    node.toolkit.ok("--new-module", f"{tmp_path}/lamp")
    (module,) = extract([tmp_path / "LM_lamp.py"])
    node.toolkit.ok("-o", f"{tmp_path}/LM_lamp.py", "-p", f"--dev {node.uid}")
    with node.shell() as shell:
        for line in module.examples:
            assert not shell.command(line).startswith(("refused", "fault")), line
            assert " && " not in line or background(shell, line) == ""
        assert shell.command("lamp status") in ("on: True", "on: False")
        assert shell.command("lamp switch 2") == "refused: state: expected 0 or 1, got 2"
        assert node.control.pin(16) in (0, 1)
        shell.command("task kill lamp.*")
        shell.command("system module lamp")


def test_what_the_page_about_lights_and_tones_shows_is_done(node: Node) -> None:
    page = (paths.repository() / "docs" / "lights.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?s)```\n(.*?)```", page)
    lines = [re.split(" {2,}", line)[0] for block in blocks for line in block.splitlines()]
    assert len(lines) > 15
    with node.shell() as shell:
        for line in lines:
            assert not shell.command(line).startswith(("refused", "fault")), line
        for module in {line.split()[0] for line in lines}:
            shell.command(f"task kill {module}")
            shell.command(f"system module {module}")


def test_the_commands_of_the_page_about_load_modules_do_what_it_says(
    node: Node, tmp_path: Path
) -> None:
    page = (paths.repository() / "docs" / "load_modules.md").read_text(encoding="utf-8")
    for name, text in re.findall(r"(?s)<!-- (LM_\w+\.py) -->\n```python\n(.*?)```", page):
        (tmp_path / name).write_text(text, encoding="utf-8")
    commands = re.findall(r"(?m)^\$ \./devToolKit\.py (.+?)(?: {2,}.*)?$", page)
    commands += ["-o LM_slats.py LM_valve.py -p '--dev node01'"]
    said = [_typed(node, tmp_path, command) for command in commands]
    assert len(said) == 5
    assert said[0].startswith("LM_blinds.py and test_blinds.py\n")
    assert said[1].endswith("B in memory: well\n")
    assert said[2].count(": 3 passed, 0 failed") == 2
    assert said[3:] == ["node01: updated\n"] * 2
    with node.shell() as shell:
        assert shell.command("blinds on") == "on: True"
        assert shell.command("slats tilt 30") == "tilted to 30 %"
        assert shell.command("valve open 0").startswith("refused: open: expected 1 to 3600 seconds")
        for module in ("blinds", "slats", "valve"):
            shell.command(f"system module {module}")


def _typed(node: Node, folder: Path, command: str) -> str:
    """What a person reads who types that in a folder."""
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", *shlex.split(command)],
        cwd=folder,
        env={**node.toolkit.environment, "PYTHONPATH": str(paths.repository())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_most_modules_have_examples() -> None:
    everyone = [module.name for module in manual.modules()]
    print(
        f"{len(EXAMPLES)} of {len(everyone)} modules, {sum(map(len, EXAMPLES.values()))} examples"
    )
    assert len(EXAMPLES) >= 20
