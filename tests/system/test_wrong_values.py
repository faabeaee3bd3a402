"""Settings that cannot work: refused when they are set, survived where they lie there already."""

import json
from collections.abc import Generator
from contextlib import contextmanager

from tests.support.boards import eventually
from tests.support.toolkit import Toolkit
from toolkit.model import node_files
from toolkit.model.errors import ToolkitError
from toolkit.transport.repl import Repl
from toolkit.transport.textshell import TextShell
from toolkit.virtual import fleet
from toolkit.virtual.fleet import VirtualBoard

_WRONG = {
    "crontasks": "*:7:0:0!light on; *:*:*/70:0!light off",
    "boothook": "light on; toggle",
    "irq1_cbf": "light rgb 'open",
    "cstmpmap": "relay:99",
    "poweron": "relay:on",
    "resetpin": "34",
    "ntphost": "a;;b",
}
_OLD = {  # as a release that did not read them has left them
    "staessid": "virtual-wifi",
    "crontasks": "*:99:0:0!light on; *:*:*:*/2!switch toggle",
    "cron": True,
    "boothook": "toggle; light rgb 1000 0 0; light rgb 'open",
    "irq1": True,
    "irq1_cbf": "switch",
    "cstmpmap": "relay=23; lamp:five; builtin:2",
    "poweron": "relay:on; 4:on",
    "resetpin": "99",
    "ntphost": "pool.ntp.org;;b",
}


def _made(toolkit: Toolkit, chip: str) -> VirtualBoard:
    toolkit.ok("--make", "--virtual", "--board", chip, "--yes")
    return fleet.boards(toolkit.home / "virtual")[0]


@contextmanager
def _shell(toolkit: Toolkit, board: VirtualBoard) -> Generator[TextShell]:
    secrets = json.loads((toolkit.home / "secrets.json").read_text(encoding="utf-8"))
    password = secrets[board.mac]["appwd"]
    with TextShell(board.address, uid=board.mac, password=password) as shell:
        yield shell


def _answers(toolkit: Toolkit, board: VirtualBoard) -> bool:
    try:
        with _shell(toolkit, board) as shell:
            return "time: ntp" in shell.command("status")
    except ToolkitError:
        return False


def test_a_node_refuses_what_cannot_work_and_starts_as_before(toolkit: Toolkit) -> None:
    board = _made(toolkit, "esp32")
    with _shell(toolkit, board) as shell:
        shell.command("conf")
        for name, text in _WRONG.items():
            before = shell.command(name)
            refusal = shell.command(f"{name} {text}")
            assert refusal.startswith(f"refused: {name}: "), refusal
            if name not in ("poweron", "resetpin", "irq1_cbf"):
                assert shell.command(f"try 60 soctout=50 {name}='{text}'") == refusal
            assert (shell.command(name), shell.command("soctout")) == (before, "100")
        assert shell.command("cstmpmap relay:23; button:22") == "Saved"
        for name, text in (
            ("crontasks", "*:7:0:0!light on; *:*:*/20:0!light off"),
            ("boothook", "light load; light rgb 1000 0 0"),
            ("poweron", "relay:on; 4:safelast"),
            ("resetpin", "button"),
        ):
            assert shell.command(f"{name} {text}") == "Saved"
        shell.command("noconf")
        shell.command("reboot")
    eventually(lambda: _answers(toolkit, board), "the node")
    with _shell(toolkit, board) as shell:
        status = json.loads(shell.command("status >json"))
    assert (status["problems"], status["log_errors"]) == ([], 0)


def test_what_lies_wrong_from_before_is_told_and_nothing_else_suffers(toolkit: Toolkit) -> None:
    board = _made(toolkit, "esp32")
    with Repl(str(board.port)) as repl:
        repl.run("import os\nfor n in os.listdir('/'):\n if 'node_config' in n: os.remove(n)")
        for _ in repl.put(node_files.config_name(), node_files.pack(_OLD)):
            pass
        repl.reset()
    eventually(lambda: _answers(toolkit, board), "the node")

    def problems() -> list[str]:
        with _shell(toolkit, board) as shell:
            return json.loads(shell.command("status >json"))["problems"]

    wanted = (
        "boothook: expected <module> <function>, got 'toggle'; expected a closing ', got ''open'",
        "irq1: expected <module> <function>, got 'switch'",
        "cstmpmap: expected name:number, got 'relay=23'",
        "cstmpmap: expected name:number, got 'lamp:five'",
        "outputs at power-on: unknown pin 'relay'; this board has",
    )
    found = eventually(lambda: (it := problems()) and len(it) >= len(wanted) and it, "all problems")
    assert len(found) == len(wanted)
    for sentence in wanted:
        assert [it for it in found if it.startswith(sentence)], (sentence, found)
    with fleet.control(board) as control:
        assert (control.pwm(14) or {}).get("duty_u16") == 65535  # the rest of the boot hook
    with _shell(toolkit, board) as shell:
        for _ in range(5):
            shell.command("light toggle")  # whose pins are looked up
        told = shell.command("log error")
        assert told.count("relay=23") == told.count("lamp:five") == 1
        assert "expected <module> <function>, got 'toggle'" in told
        eventually(lambda: "state: " in shell.command("switch status"), "the switch")
        listed = shell.command("cron list")
        assert "expected H 0-23" in listed
        shell.command("conf")
        for name, text in (("soctout", "77"), ("poweron", "4:on"), ("cstmpmap", "n/a")):
            assert shell.command(f"{name} {text}") == "Saved"
        assert shell.command("crontasks") == _OLD["crontasks"]


def test_the_smallest_chip_stores_long_entries_unread_and_reads_the_rest(toolkit: Toolkit) -> None:
    board = _made(toolkit, "esp8266")
    entries = "; ".join(f"0-4:{hour}:30:0!light rgb 100 {hour} 0" for hour in range(24))
    entries = entries[:700].rpartition(";")[0]
    unread = "Saved, but there was no memory to look for mistakes in it"
    with _shell(toolkit, board) as one:
        one.command("conf")
        assert one.command(f"crontasks {entries}") == unread
        assert one.command("crontasks") == entries
        assert one.command("boothook light on; light rgb 1 2 3") == "Saved"
        assert one.command("crontasks n/a") == "Saved"
        refusal = one.command("boothook light on; toggle")
        assert refusal == "refused: boothook: expected <module> <function>, got 'toggle'"
        assert one.command("cstmpmap relay:18").startswith("refused: cstmpmap: expected one of")
        assert json.loads(one.command("status >json"))["log_errors"] == 0
