"""At any moment the toolkit is killed, the power goes, the cable is pulled, or garbage comes.

Whatever was begun, the same command once more ends it, and what the node is by itself is never
lost or mixed up: its settings, its passwords, what its modules keep, its own files.
"""

import json
import signal
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from benchmarks.nodes import run_to_end
from tests.support.boards import eventually
from tests.support.noise import BadCable
from tests.support.running import Running
from tests.support.sweep import chosen
from tests.support.toolkit import Toolkit
from toolkit.model import node_files
from toolkit.operations import snapshot
from toolkit.operations.prepare import start_again
from toolkit.transport.repl import Repl
from toolkit.virtual import fleet
from toolkit.virtual.engine import Engine
from toolkit.virtual.image import firmware

SEED = 5
SLICE = 1
WHOLE = 8  # cases
WIFI = "virtual-wifi"
HOW = ("killed", "power", "pulled", "garbage")
GARBAGE = 1 / 300  # of the bytes that come from then on


@dataclass(frozen=True)
class State:
    """What a node is by itself: a setting, what a module keeps, a file."""

    soctout: int
    kept: dict[str, dict[str, int]]
    files: dict[str, bytes]


Case = tuple[str, str, float]
STATES = (
    State(77, {"LM_bell": {"rung": 3}}, {"/web/index.html": b"<p>" * 500}),
    State(55, {"LM_bell": {"rung": 9}}, {"/web/index.html": b"<b>" * 900}),
)


@dataclass
class House:
    """A toolkit and its node lamp, in one of two states; there is a backup of each."""

    kit: Toolkit
    image: Path
    now: int = 0
    backups: Sequence[str] = ()

    @property
    def port(self) -> str:
        (board,) = fleet.boards(self.kit.home / "virtual")
        return str(board.port)

    def words(self, command: str) -> list[str]:
        """The whole command line; what is restored is the other state."""
        more = {
            "--make": ["--firmware", str(self.image)],
            "--restore": [self.backups[1 - self.now]],
            "-r": ["--force"],
        }
        return [command, *more.get(command, ()), "--yes"]

    def done(self, command: str) -> None:
        """That command has been done to its end."""
        self.now = 1 - self.now if command == "--restore" else self.now

    def become(self, state: State) -> str:
        """Make the node that by hand; the name of its backup."""
        self.kit.ok("-i", "--yes", "--virtual", "--set", f"soctout={state.soctout}")
        with Repl(self.port) as repl:
            list(repl.put(node_files.KEPT, node_files.pack(state.kept)))
            repl.run("import os\ntry: os.mkdir('/web')\nexcept OSError: pass")
            for name, content in state.files.items():
                list(repl.put(name, content))
        return json.loads(self.kit.ok("-b", "--virtual", "--json"))["backup"]

    def password(self) -> str:
        (secret,) = json.loads((self.kit.home / "secrets.json").read_text()).values()
        return secret["appwd"]

    def is_whole(self, password: str) -> None:
        """Whether the node on the board is just what it should be."""
        with Repl(self.port) as repl:
            found = run_to_end(snapshot.read(repl, "", "now"))
            secrets = snapshot.read_secrets(repl)
        assert found
        state = State(found.settings["soctout"], dict(found.kept or {}), dict(found.files))
        assert (found.name, state) == ("lamp", STATES[self.now])
        mine = secrets["appwd"], secrets["stapwd"], secrets["claimed"]
        assert mine == (password, WIFI, True)
        start_again(self.port)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("moments")
    kit = Toolkit(folder / "user data", engine)
    kit.ok("--make", "--virtual", "--yes", "--set", "devfid=lamp")
    image = folder / "firmware.bin"
    image.write_bytes(firmware("esp32"))
    house = House(kit, image, now=1)
    house.backups = [house.become(state) for state in STATES]
    yield house
    kit("--virtual", "--stop")


def cases() -> list[Case]:
    """Command, what happens, and after which share of all its bytes."""
    random = Random(SEED)
    commands = ("--make", "-i", "-r", "--restore")
    # Each command is met by two of what happens, and each of that meets two.
    return [(commands[it % 4], HOW[(it + it // 4) % 4], random.random()) for it in range(WHOLE)]


def size(house: House, command: str, known: dict[str, int]) -> int:
    """How many bytes pass when nothing happens."""
    if command not in known:
        with BadCable(house.port, SEED) as cable:
            house.kit.ok(*house.words(command), "--port", cable.port)
            house.done(command)
            known[command] = cable.passed
    return known[command]


def disturbed(house: House, words: list[str], how: str, at: int) -> str:
    """Run it, let that happen, see the end of it; what it said last."""
    (board,) = fleet.boards(house.kit.home / "virtual")
    control = fleet.control(board)
    running: list[Running] = []
    known = threading.Event()  # it may say its first byte before we have it in hand

    def then() -> None:
        assert known.wait(60)
        if how == "killed":
            running[0].send(signal.SIGKILL)
        elif how == "power":
            control.power_cycle()
        elif how == "pulled":
            cable.pull()
        else:
            cable.share = GARBAGE

    cable = BadCable(house.port, at, at=at, then=then)
    with cable, Running(house.kit.environment, *words, "--port", cable.port) as it:
        running.append(it)
        known.set()
        it.end()
        eventually(lambda: not it.left_behind(), "its flasher to end", 60)
        assert "Traceback" not in it.said, it.said
    control.close()
    return it.sentence


def test_whatever_happens_at_any_moment_the_same_command_ends_it(house: House) -> None:
    known: dict[str, int] = {}
    password = house.password()
    picked: list[Case] = chosen(cases(), SLICE, SEED)  # pyright: ignore[reportUnknownMemberType]
    for command, how, share in picked:
        at = max(int(size(house, command, known) * share), 1)
        print(f"{command}, {how} after {at} of {known[command]} B", flush=True)
        words = house.words(command)
        told = disturbed(house, words, how, at)
        print(f"  {told}", flush=True)
        assert house.password() == password
        house.kit.ok(*words, "--virtual")
        house.done(command)
        house.is_whole(password)
