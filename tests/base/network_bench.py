"""A network on a stand-in radio: its waits take no time, and an hour is over in a moment."""

from core.executor import Executor, Modules
from core.network import Network
from core.once import Rare
from core.tasks import Tasks
from fakes import Settings
from radio import Cell, Clock, Over, Radio

FAMILIES = ("esp32", "esp8266", "rp2")
PASSWORD = "7K2M9QXT4WZ8B3HN"
SETTINGS = {"devfid": "lamp", "appwd": PASSWORD, "devip": "n/a", "staessid": "", "stapwd": ""}
SETTINGS["ntphost"] = "pool.ntp.org"
HOUR = 3600


class Journal:
    """Keeps what is logged, as (level, text)."""

    def __init__(self):
        self.lines = []
        for level in ("debug", "info", "warn", "error"):
            setattr(self, level, lambda text, level=level: self.lines.append((level, text)))

    def at(self, level):
        return [text for found, text in self.lines if found == level]


class Bench:
    """A node's network and what it is wired to; `Bench("rp2", {"home": Cell("letmein1")}, …)`."""

    def __init__(self, family="esp32", air=None, **settings):
        self.clock = Clock()
        self.air = {} if air is None else air
        self.radio = Radio(family, self.clock, self.air)
        self.machine = self.radio.install()
        self.port = Rare("port." + family + "_wifi")
        self.log = Journal()
        self.said = []  # (address, mode)
        self.looks = 0
        self.settings = Settings(**SETTINGS)
        self.settings.values.update(settings)
        self.settings.secrets = self.settings.values
        self.network = Network(self.port, self.log, self, self.clock.sleep_ms)
        self.widest = 0  # seconds between two signs of life
        self.clock.watch = self._watch

    def announce(self, address, mode):
        self.said.append((address, mode))

    async def keep_time(self):
        self.looks += 1

    def _watch(self):
        self.widest = max(self.widest, self.clock.uptime() - self.network.seen)

    async def step(self):
        """One round of the state machine; the seconds it would wait."""
        return await self.network.step(self.settings)

    async def live(self, seconds=HOUR):
        """Let the node's own loop run for that long."""
        self.clock.end = self.clock.ms + seconds * 1000
        guard = Executor(Modules("", self.log), Tasks(self.log), self.log).guard
        try:
            await self.network.run(self.settings, guard)
        except Over:
            self.clock.end = None

    def sound(self):
        """What must be true of every hour, whatever the radio says."""
        assert self.log.at("error") == []
        assert self.machine.resets == 0
        assert self.widest < 65, self.widest
        assert self.radio.disturbed == 0
        point = self.radio.point
        assert point.safe or not point.on
        # that of an ESP8266 is on at power-on, with the firmware's password
        assert not point.exposed or self.radio.family == "esp8266"


def home(family="esp32", cell=None, **settings):
    """A bench with one network in sight and in the settings."""
    known = {"staessid": "home", "stapwd": "letmein1"}
    known.update(settings)
    return Bench(family, {"home": cell or Cell("letmein1")}, **known)
