"""On a cable a node is read as it is, or not at all; what was reset stays so, what was erased not.

One node for all of it.
"""

import os
from collections.abc import Iterator

import pytest

from benchmarks.nodes import run_to_end
from tests.support.boards import eventually
from tests.support.noise import BadCable
from tests.support.toolkit import Toolkit
from toolkit.model import node_files
from toolkit.model.backup import Backup
from toolkit.model.errors import PortError
from toolkit.operations import snapshot
from toolkit.operations.prepare import start_again
from toolkit.transport.port import open_port
from toolkit.transport.repl import Repl, ReplError
from toolkit.virtual import fleet
from toolkit.virtual.engine import Engine

SHARE = 1 / 20_000  # of all bytes
SEED = 11
READ = 4  # times


@pytest.fixture(scope="module")
def lamp(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Toolkit]:
    """A toolkit and its node, which is called lamp, and keeps something."""
    kit = Toolkit(tmp_path_factory.mktemp("bad cable") / "user data", engine)
    kit.ok("--make", "--virtual", "--yes", "--set", "devfid=lamp", "--set", "soctout=77")
    with Repl(port(kit)) as repl:
        list(repl.put(node_files.KEPT, node_files.pack({"LM_bell": {"rung": 3}})))
        repl.reset()
    yield kit
    kit("--virtual", "--stop")


def port(kit: Toolkit) -> str:
    (board,) = fleet.boards(kit.home / "virtual")
    return str(board.port)


def read(device: str) -> tuple[Backup | None, dict[str, object]]:
    """All that is the node's own."""
    with Repl(device) as repl:
        return run_to_end(snapshot.read(repl, "240ac4000001", "now")), snapshot.read_secrets(repl)


def found(device: str) -> Backup:
    """What the node on the board is; it does not run then."""
    whole, _ = read(device)
    assert whole
    return whole


def test_a_node_is_read_as_it_is_or_not_at_all(lamp: Toolkit) -> None:
    whole = read(port(lamp))
    assert whole[0]
    assert (whole[0].settings["soctout"], whole[0].kept) == (77, {"LM_bell": {"rung": 3}})
    good = refused = 0
    with BadCable(port(lamp), SEED, SHARE) as cable:
        for _ in range(READ):
            try:
                assert read(cable.port) == whole
                good += 1
            except ReplError:
                refused += 1
        assert cable.wrong
        print(f"{cable.wrong} bytes went wrong: {good} times read whole, {refused} times refused")
    assert good


def test_a_cable_that_is_pulled_leads_to_no_terminal_of_somebody_else(lamp: Toolkit) -> None:
    with BadCable(port(lamp), SEED) as cable:
        open_port(cable.port).close()
        cable.pull()
        others = [os.openpty() for _ in range(4)]  # one of them has the number it had
        try:
            with pytest.raises(PortError, match="there is no serial port"):
                open_port(cable.port)
        finally:
            for line in (end for both in others for end in both):
                os.close(line)


def test_what_cannot_be_read_is_left_alone_until_somebody_says_so(
    lamp: Toolkit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings in the backup are older than those of the node."""
    monkeypatch.setenv("MICROS_USER_DATA", str(lamp.home))
    lamp.ok("-b", "--virtual")
    device, name = port(lamp), node_files.config_name()
    with Repl(device) as repl:
        settings = node_files.unpack(repl.get(name))
        assert settings
        newer = node_files.pack({**settings, "soctout": 78})
        torn = newer.replace(b"78", b"79")
        for form in node_files.forms(name):
            list(repl.put(form, torn))
    for words in (("-i", "--yes"), ("-r",), ("--make", "--yes"), ("-e",)):
        sentence = lamp.refused(PortError.exit_code, *words, "--virtual")
        assert "cannot be read (they are damaged), and nothing was changed" in sentence
        assert "--force goes on with those of lamp-" in sentence
    with Repl(device) as repl:
        assert repl.get(name) == torn
        list(repl.put(name, newer))
        repl.reset()
    assert eventually(lambda: lamp("-c", "-p", "--dev lamp hello").returncode == 0, "the node")
    with Repl(device) as repl:
        list(repl.put(name, torn))
    lamp.ok("-i", "--yes", "--force", "--virtual")
    assert found(device).settings["soctout"] == 77
    start_again(device)


def test_a_node_that_does_not_show_its_prompt_is_not_taken_for_an_empty_board(
    lamp: Toolkit,
) -> None:
    device = port(lamp)
    with Repl(device) as repl:
        main = repl.get("/main.py")
        assert main
        silent = b"import micropython\nmicropython.kbd_intr(-1)\nwhile True: pass\n"
        list(repl.put("/main.py", silent))
        repl.reset()
    sentence = lamp.refused(PortError.exit_code, "--make", "--yes", "--virtual")
    assert "no MicroPython prompt" in sentence
    assert "and nothing was changed: repeat the command, or --force goes on with those" in sentence
    assert lamp.ok("--make", "--yes", "--force", "--virtual").startswith("hello:lamp:")


def test_after_an_erase_the_node_is_put_back_without_a_word_of_force(lamp: Toolkit) -> None:
    lamp.ok("-e", "--virtual")
    assert lamp.ok("--make", "--yes", "--virtual").startswith("hello:lamp:")
    whole, secrets = read(port(lamp))
    assert whole
    assert (whole.settings["soctout"], whole.kept) == (77, {"LM_bell": {"rung": 3}})
    assert secrets["claimed"]
    start_again(port(lamp))


def test_what_was_reset_in_the_shell_stays_so_and_can_be_brought_back(lamp: Toolkit) -> None:
    device = port(lamp)
    _, secrets = read(device)
    start_again(device)
    answer = lambda: lamp("-c", "-p", "--dev lamp conf <a> reset settings").stdout  # noqa: E731
    eventually(lambda: answer().endswith("Saved\n"), "the reset")
    done = lamp("-i", "--yes", "--virtual")
    assert done.returncode == 0
    assert "its settings were reset and stay so: --restore lamp-" in done.stderr
    assert "node01 is in no Wi-Fi and has opened its own" in done.stdout
    assert (found(device).settings, found(device).kept) == ({}, {"LM_bell": {"rung": 3}})
    assert read(device)[1] == secrets
    lamp.ok("-e", "--virtual")
    lamp.ok("--make", "--yes", "--virtual")  # its name and Wi-Fi are those of a new virtual node
    assert (found(device).settings, found(device).kept) == (
        {"staessid": "virtual-wifi"},
        {"LM_bell": {"rung": 3}},
    )
    start_again(device)
    backup = done.stderr.partition("stay so: --restore ")[2].split()[0]
    lamp.ok("--restore", backup, "settings", "--yes", "--virtual")
    assert found(device).settings["soctout"] == 77
    assert found(device).name == "lamp"
