"""The composition root of the board: builds every part once, wires them, runs them together."""

import asyncio
import json
import sys

import lm
from core.builtins import Words
from core.clock import Clock
from core.config import Config
from core.executor import Executor
from core.log import Log
from core.modules import Modules
from core.network import Network
from core.once import once
from core.pins import Pins
from core.secrets import Secrets
from core.server import Server
from core.session import Session
from core.survivor import Survivor
from core.tasks import Tasks

SETTINGS = "/node_config.1.json"
SECRETS = "/secret.json"


class Node:
    """All parts of a running node; whoever needs one is handed it."""

    def __init__(self, port, slot, manifest):
        self.port = port
        self.slot = slot
        self.uid = port.uid()
        self.board = manifest["board"]
        self.release = manifest["release"]
        self.version = "%d.%d.%d-%d" % tuple(self.release)
        self.kind = "dev"  # rel, once a firmware carries the core frozen
        self.problems = []
        self.boot_reason = port.reset_cause()
        self.survivor = Survivor(port.survivor)
        self.survivor.started(self.boot_reason)
        self.clock = Clock(port.utc())
        self.log = Log(self.clock, port.LOG)
        self.secrets = Secrets(SECRETS, self.uid, port.entropy, self.log)
        self.config = Config(SETTINGS, slot + "/core/settings.jsonl", self.secrets, self.log)
        self.log.secrets = self.secrets.texts
        self.log.echo = self.config.get("dbg")
        values = self.config.values
        values.update(version=self.version, hwuid=self.uid)
        values["sessions"] = min(values["sessions"], port.SESSIONS)
        self.clock.offset = self.config.get("gmttime") * 3600
        self.pins = Pins(self.board, lambda: self.config.get("cstmpmap"), self.log)
        self.modules = Modules(slot + "/manual.tsv", self.log)
        self.tasks = Tasks(self.log)
        self.executor = Executor(self.modules, self.tasks, self.log)
        self.network = Network(port, self.log, self.announce)
        words = Words(self)
        self.server = Server(
            self.config, lambda *place: Session(*place, words), self.tasks, self.log
        )

    def announce(self, address, mode):
        """Say on the console where the node can be reached; the installer waits for this line."""
        self.config.values["nwmd"] = mode.upper()
        place = (self.config.get("devfid"), self.uid, address, self.config.get("socport"), mode)
        print("micros: %s %s ready at %s:%d (%s)" % place)

    def status(self):
        """Return the facts of the word `status`."""
        return once("core.status").facts(self)

    def tell_time(self, utc, source):
        """Set the node's clock and the firmware's."""
        self.clock.set(utc, source)
        self.port.set_utc(utc)

    def restart(self):
        """Reset the board on purpose: such a start is not counted as failed."""
        self.survivor.planned = 1
        self.survivor.keep()
        self.port.reset()


def build(record, write, decide):
    """Make the node of the slot that was started."""
    slot = sys.path[0]
    with open(slot + "/manifest.json") as file:
        manifest = json.load(file)
    folder = __import__("port." + manifest["family"])
    node = Node(getattr(folder, manifest["family"]), slot, manifest)
    if node.survivor.safe_failures >= 3:
        change = decide(record, True)[1]
        if change:
            write(change)
            node.survivor.well()
            node.restart()
    if node.survivor.safe:
        sys.path[1:3] = []  # the load modules: the user's and the release's
        node.problems.append("safe mode after three failed starts: no load modules, no boot hook")
    if record["failed"]:
        node.problems.append("release %s failed and was left" % record["failed"])
    lm.bind(node)
    node.port.interrupt_memory(node.config.get("irqmembuf"))
    node.port.set_frequency(node.config.get("boostmd"))
    return node


def run(record, watchdog, write, decide, _):
    """Build the node and run it; only an error comes out of here."""
    node = build(record, write, decide)
    try:
        asyncio.run(once("core.life").live(node, watchdog))
    except KeyboardInterrupt:
        node.survivor.planned = 1  # whoever is at the serial line will reset the board
        node.survivor.keep()
        raise
