"""A node without hardware for the tests: real parts of the core on fakes below them."""

import sys

from core.errors import CommandError
from core.executor import Executor, Modules
from core.log import Log
from core.once import once
from core.server import Server
from core.session import Session
from core.tasks import Tasks

FOLDER = __file__.replace("\\", "/").rsplit("/", 1)[0] + "/load_modules"
PASSWORD = "7K2M9QXT4WZ8B3HN"


class FakeConfig:
    trial = None
    problem = None

    def __init__(self, **values):
        self.values = {
            "devfid": "node01",
            "auth": "off",
            "sessions": 5,
            "soctout": 100,
            "socport": 9008,
            "boothook": "n/a",
        }
        self.values.update(values)

    def get(self, name):
        return self.values.get(name)

    def set(self, name, text):
        if name not in self.values and name != "appwd":
            raise CommandError("Invalid key: %s%s" % (name, once("nearby").key(self, name)))
        if name == "socport":
            if not text.isdigit():
                raise CommandError("socport: expected a whole number, got '%s'" % text)
            text = int(text)
        self.values[name] = text
        return ""

    def dump(self, part=""):
        for name in sorted(self.values):
            if part in name:
                yield name, "***" if name == "appwd" else str(self.values[name])

    def reset(self):
        self.values["devfid"] = "node01"


class FakeClock:
    source = "ntp"

    def __init__(self):
        self.seconds = 0

    def uptime(self):
        return self.seconds

    def uptime_ms(self):
        return self.seconds * 1000


class FakePort:
    """A chip with memory enough."""

    LEAF = False
    file = "port.esp32"

    def __init__(self):
        self.inputs = []

    def pin(self, number, mode):
        """A pin that is made an input again."""
        assert mode == "in"
        self.inputs.append(number)


class FakeNetwork:
    """Where the node is joined."""

    mode = "sta"
    address = "127.0.0.2"

    def __init__(self):
        self.trouble = {}
        self.station = self

    def status(self, _):
        """The strength of the network."""
        return -50


class FakeNode:
    """What a session is handed, wired as core/start.py wires it."""

    uid = "240ac4000001"
    version = "0.1.0-0"
    kind = "dev"
    board = "esp32"
    boot_reason = "power-on"
    trial = staged = step = missing = None
    safe = False
    release = [0, 1, 0, 0]  # noqa: RUF012 - a list, as in a manifest
    slot = FOLDER.rsplit("/", 3)[0] + "/micros"

    def __init__(self, sleep_ms=None, **settings):
        if FOLDER not in sys.path:
            sys.path.append(FOLDER)
        self.restarts = 0
        self.network = FakeNetwork()
        self.port = FakePort()
        self.problems = []
        self.kept = None
        self.clock = FakeClock()
        self.watched = []
        self.taken = {}
        self.log = Log(self.clock)
        self.config = FakeConfig(**settings)
        self.secrets = {"appwd": PASSWORD}
        self.config.keep_secrets = self.secrets.update
        self.tasks = Tasks(self.log, 3, sleep_ms) if sleep_ms else Tasks(self.log, 3)
        self.modules = Modules(FOLDER + "/manual.tsv", self.log, own="/nowhere")
        self.executor = Executor(self.modules, self.tasks, self.log)
        self.mark = "node01 $"
        self.guesses = self.link = self.started = self.done = self.memory = None
        self.server = Server(self, "127.0.0.1")

    def restart(self):
        self.restarts += 1

    def slots(self, *_):
        """No board: no record."""


class FakeSocket:
    """Bytes that are there at once; None when there are none for now."""

    def __init__(self, packets):
        self.packets = packets

    def read(self, size):
        """The next packet, cut at the size. A None in the packets is 20 ms of silence."""
        if not self.packets:
            return b""
        packet = self.packets.pop(0)
        if packet is not None and len(packet) > size:
            self.packets.insert(0, packet[size:])
            packet = packet[:size]
        return packet


class FakeStream:
    """A board's stream with a script of packets to read; keeps every write."""

    def __init__(self, packets=()):
        self.s = FakeSocket(list(packets))
        self.writes = []
        self.out_buf = b""
        self.closed = False

    async def read(self, size):
        while True:
            data = self.s.read(size)
            if data is not None:
                return data

    def write(self, data):
        self.writes.append(data)

    async def drain(self):
        self.out_buf = b""

    def close(self):
        pass

    async def wait_closed(self):
        self.closed = True

    def text(self):
        return b"".join(self.writes).decode()


async def no_sleep(_milliseconds):
    """Time that passes at once."""


async def talk(node, packets, address="10.0.0.9"):
    """Everything a session writes while these packets arrive."""
    stream = FakeStream(packets)
    session = Session(stream, address, node, sleep_ms=no_sleep)
    await session.run()
    return stream.text()
