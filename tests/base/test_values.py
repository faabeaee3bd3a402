# ruff: noqa: UP031 - the dialect of MicroPython
"""What a person sets is read when it is set, whichever way, and refused where it cannot work."""

import sys

from core import attempt, conf
from core.config import Config
from core.errors import CommandError
from core.store import load
from fakes import Log, folder, write

REAL = __file__[: __file__.rindex("/tests/")] + "/micros/core/settings.jsonl"
HOOKS = ("boothook", "timirqcbf", "extirqcbf", "irq1_cbf", "irq2_cbf", "irq3_cbf", "irq4_cbf")


class Port:
    """A chip with memory enough, or an ESP8266."""

    def __init__(self, leaf=False):
        self.LEAF = leaf


class Node:
    """As much of a node as its settings need, with the real table of settings."""

    board = "esp32"
    scheduler = trial = None

    def __init__(self, content=b"{}", leaf=False):
        place = folder()
        write(place + "/node.json", content)
        self.log = Log()
        self.problems = []
        self.port = Port(leaf)
        self.clock = self.server = self  # its zone follows
        self.sessions = []
        secrets = {"appwd": "7K2M9QXT4WZ8B3HN"}
        self.config = Config(place + "/node.json", REAL, secrets, place + "/s.json", self.log)
        self.config.node = self
        self.config.thin()

    def uptime(self):
        return 5

    def slots(self, *_):
        """There is no boot record."""

    def kept(self):
        return load(self.config.path)[0]


class Session:
    open = configuring = True


def refusal(call, *arguments):
    try:
        call(*arguments)
    except CommandError as error:
        return str(error)
    raise AssertionError("not refused: %r" % (arguments,))


async def refused_trial(node, name, text):
    try:
        await attempt.begin(node, Session(), "60 %s='%s'" % (name, text))
    except CommandError as error:
        return str(error)
    raise AssertionError("on trial: " + text)


WRONG = (
    ("crontasks", "*:7:0:0!light on; *:25:0:0!light off", "entry 1: expected H 0-23 as *, */n, a, "
     "a-b or a-b/n, n 1-24, got '25' in '*:25:0:0!light off'"),
    ("crontasks", "*:*:*/70:0!light on", "entry 0: expected M 0-59 as *, */n, a, a-b or a-b/n, "
     "n 1-60, got '*/70' in '*:*:*/70:0!light on'"),
    ("crontasks", "light on", "entry 0: expected WD:H:M:S!command or sunset!command, "
     "got 'light on' in 'light on'"),
    ("crontasks", "sunset!toggle", "entry 0: expected <module> <function>, got 'toggle' "
     "in 'sunset!toggle'"),
    ("crontasks", "*:7:0:0!light on; off", "entry 0: expected <module> <function>, got 'off' "
     "in '*:7:0:0!light on;off'"),
    ("crontasks", '*:7:0:0!oled text "late; *:8:0:0!light on', "entry 0: expected a closing \", "
     "got '\"late; *:8:0:0!light on' in "),
    ("crontasks", "*:7:0:0!light on;*:8:0:0!light on &&5", "entry 1: expected && [ms between runs]"
     ", 20-86400000, got '5' in "),
    ("crontasks", "*:7:0:0!# light on", "entry 0: expected WD:H:M:S!<module> <function> "
     "in '*:7:0:0!# light"),
    ("cstmpmap", "relay=23", "expected name:number; …, got 'relay=23'"),
    ("cstmpmap", "relay:23; lamp:five", "expected name:number; …, got 'lamp:five'"),
    ("cstmpmap", ":5", "expected name:number; …, got ':5'"),
    ("cstmpmap", "relay:99", "expected one of the pins 0 1 2 3 4 5 12 13 14 15 16 17 18 19 21 22 "
     "23 25 26 27 32 33 34 35 36 37 38 39, got 99"),
    ("cstmpmap", "relay:6", "expected one of the pins 0 1 2 3 4 5 12 13 14 15 16 17 18 19 21 22 "
     "23 25 26 27 32 33 34 35 36 37 38 39, got 6"),
    ("poweron", "relay:on", "unknown pin 'relay'; this board has adc_0 builtin "),
    ("poweron", "simple_0:on; 34:off", "expected one of the pins 0 1 2 3 4 5 12 13 14 15 16 17 18 "
     "19 21 22 23 25 26 27 32 33, got 34"),
    ("poweron", "simple_0:up", "expected pin:off, on, last or safelast, got 'simple_0:up'"),
    ("poweron", "simple_0", "expected pin:off, on, last or safelast, got 'simple_0'"),
    ("poweron", "4:on; :off", "expected pin:off, on, last or safelast, got ' :off'"),
    ("poweron", "0:on;1:on;2:on;3:on;4:on;5:on;12:on;13:on;14:on",
     "expected at most 8 pins, got 9"),
    ("resetpin", "button", "unknown pin 'button'; this board has adc_0 builtin "),
    ("resetpin", "34", "expected one of the pins 0 1 2 3 4 5 12 13 14 15 16 17 18 19 21 22 23 25 "
     "26 27 32 33, got 34"),
    ("boothook", "light on; keep now", "expected commands of modules, got 'keep', a word of the "
     "shell"),
    ("crontasks", "*:7:0:0!light on; conf dump", "entry 0: expected commands of modules, "
     "got 'conf', a word of the shell in '*:7:0:0!light on;conf dump'"),
    ("crontasks", "sunset!light toggle &&500", "entry 0: expected && in boothook alone, which runs "
     "once, got 'light toggle &&' in 'sunset!light toggle &&500'"),
    ("chain1", "a b | c d", "expected <ms> source | … | sink, ms 20-86400000, got 'a'"),
    ("chain1", "1000 a b", "expected 2 to 8 commands, | between them, got 1"),
    ("chain2", "1000 a b | c d &", "expected one command without ; & >json, got 'c d &'"),
    ("chain3", "1000 a b; c d | e f", "expected one command without ; & >json, got 'a b; c d'"),
    ("chain4", "1000 a b | reboot now", "expected commands of modules, got 'reboot', a word of"),
    ("chain4", "1000 a b | c 'd | e f", "expected a closing ', got '"),
    ("geo", "", "expected a text from 3 to 32 characters: degrees north, degrees east such as "
     "47.5,19.05, or n/a for none, got "),
    ("tz", "", "expected a text from 3 to 64 characters: a POSIX rule such as "
     "CET-1CEST,M3.5.0,M10.5.0/3 (summer time with both changes), or n/a to go by gmttime, got ''"),
    ("devip", "", "expected a text from 3 to 15 characters: an address such as 192.168.1.20, "
     "or n/a for DHCP, got ''"),
    ("ntphost", ";", "expected names such as pool.ntp.org or addresses, got ''"),
    ("ntphost", "pool.ntp.org;;router", "expected names such as pool.ntp.org or addresses, got ''"),
    ("ntphost", "a..b", "expected names such as pool.ntp.org or addresses, got 'a..b'"),
    ("ntphost", "10.0.0", "expected names such as pool.ntp.org or addresses, got '10.0.0'"),
    ("ntphost", "10.0.0.256", "expected names such as pool.ntp.org or addresses, got '10.0.0.256'"),
    ("ntphost", "ntp://pool", "expected names such as pool.ntp.org or addresses, got 'ntp://pool'"),
)  # fmt: skip


def test_what_cannot_work_is_refused_by_its_name_with_what_was_expected_and_what_came():
    node = Node()
    for name, text, sentence in WRONG:
        said = refusal(node.config.set, name, text)
        assert said.startswith(name + ": " + sentence), said
        assert len(said) < 300, said
    for name in HOOKS:
        for text, sentence in (
            ("toggle", "expected <module> <function>, got 'toggle'"),
            ("light on; toggle", "expected <module> <function>, got 'toggle'"),
            ('light on; oled text "open', "expected a closing \", got '\"open'"),
            ("light rgb(1", "expected values, commas between them and ')' at the end"),
            ("# light on", "expected <module> <function>, got '# light on'"),
            ("reboot -h", "expected commands of modules, got 'reboot', a word of the shell"),
        ):
            assert refusal(node.config.set, name, text) == name + ": " + sentence
    assert node.kept() == {}
    assert dict(node.config.dump("irq1_cbf")) == {"irq1_cbf": "n/a"}


def test_what_can_work_is_saved():
    node = Node()
    for name, text in (
        ("crontasks", "# week; days\n0-4:6:30:0!light on; fan off # both\nsunset-20!rgb c #ff8000"),
        ("crontasks", "*:*:*/60:0!oled text 'a;b'; *:*/24:0:0!m f(x=\"1;2\")"),
        ("crontasks", "n/a"),
        ("chain1", "20 a b | c d 'x | y' | e f(z=[1, 2])"),
        ("chain4", "n/a"),
        ("cstmpmap", " relay:23 ; meter : 34;"),
        ("poweron", "relay:last; simple_0:on; 4 : safelast"),
        ("resetpin", "irq1"),
        ("resetpin", "0"),
        ("ntphost", "pool.ntp.org; 192.168.1.1;router"),
        ("ntphost", ""),
        ("poweron", "n/a"),
    ):
        assert node.config.set(name, text) is not None
        assert node.config.get(name) == text
    for name in HOOKS:
        line = 'light on; oled text "a;b"; light off & 5000'
        node.config.set(name, line)
        node.config.set(name, "light on")
        line += "; switch toggle && 500"
        if name == "boothook":
            node.config.set(name, line)
            continue
        said = refusal(node.config.set, name, line)
        told = ": expected && in boothook alone, which runs once, got 'switch toggle &&'"
        assert said == name + told


async def test_the_same_is_refused_whichever_way_it_comes_and_nothing_is_written():
    node = Node()
    for name, text, sentence in WRONG:
        if name in ("poweron", "resetpin"):
            continue  # never on trial
        said = refusal(node.config.set_many, {"soctout": "50", "stapwd": "secret", name: text})
        assert said.startswith(name + ": " + sentence), said
        if "'" not in text:
            assert (await refused_trial(node, name, text)).startswith(name + ": " + sentence)
    assert node.kept() == {}
    assert node.config.secrets.get("stapwd") is None
    assert (node.config.trial, node.config.get("soctout")) == (None, 100)


def test_pins_that_are_named_with_it_are_known():
    node = Node()
    both = {"poweron": "relay:on", "resetpin": "button", "cstmpmap": "relay:23; button:22"}
    held = dict(node.config.values)
    wrong = dict(both, cstmpmap="relay:34; button:22")
    assert "got 34" in refusal(node.config.set_many, wrong)
    assert node.config.values == held
    node.config.set_many(both)
    assert node.kept() == both


ONE_USE = (
    ({}, "poweron", "builtin:on; 2:off", "2 for 'poweron builtin:on' and 'poweron 2:off'"),
    ({}, "cstmpmap", "a:23; b : 23;", "23 for 'cstmpmap a:23' and 'cstmpmap b : 23'"),
    ({"irq1": "True"}, "resetpin", "irq1", "19 for 'irq1' and 'resetpin irq1'"),
    ({"resetpin": "19"}, "irq1", "True", "19 for 'irq1' and 'resetpin 19'"),
    ({"extirq": "True"}, "poweron", "pwm_4:on", "25 for 'extirq' and 'poweron pwm_4:on'"),
    ({"resetpin": "0"}, "poweron", "4:on; 0:off", "0 for 'resetpin 0' and 'poweron 0:off'"),
    ({"irq4": "True", "cstmpmap": "irq1:4"}, "irq1", "True", "4 for 'irq1' and 'irq4'"),
    ({"irq4": "True", "irq1": "True"}, "cstmpmap", "irq1:4", "4 for 'irq1' and 'irq4'"),
    ({"poweron": "simple_0:on", "resetpin": "0"}, "cstmpmap", "simple_0:0",
     "0 for 'resetpin 0' and 'poweron simple_0:on'"),
)  # fmt: skip


def test_a_pin_has_one_use():
    for before, name, text, told in ONE_USE:
        node = Node()
        node.config.set_many(before)
        kept = node.kept()
        said = refusal(node.config.set, name, text)
        assert said == "expected each pin for one use, got " + told
        assert node.kept() == kept
        both = dict(before)
        both[name] = text
        assert refusal(Node().config.set_many, both) == said


def test_a_pin_may_have_names_of_which_one_is_in_use():
    node = Node()
    for name, text in (
        ("irq1", "True"),
        ("cstmpmap", "irq2:4; relay:23"),
        ("poweron", "relay:on; pwm_4:off; builtin:on"),
        ("resetpin", "irq3"),
        ("irq2", "True"),
        ("timirq", "True"),
    ):
        assert node.config.set(name, text) is not None
    assert refusal(node.config.set, "irq4", "True").endswith("4 for 'irq2' and 'irq4'")
    node.config.set("irq2", "False")
    node.config.set("irq4", "True")


def test_pins_with_two_uses_from_before_keep_nothing_else_from_being_changed():
    node = Node(b'{"poweron": "19:on; 0:on", "irq1": true, "irq4": true, "resetpin": "0"}')
    node.config.set("irq2", "True")
    node.config.set("soctout", "50")
    node.config.set("boothook", "light on")
    assert refusal(node.config.set, "resetpin", "4").endswith("4 for 'irq4' and 'resetpin 4'")
    node.config.set("resetpin", "5")
    node.config.set("irq1", "False")


def test_what_lies_wrong_from_before_keeps_nothing_else_from_being_changed():
    old = (
        b'{"crontasks": "*:99:0:0!x; *:7:0:0!light on", "poweron": "nosuch:on", '
        b'"resetpin": "99", "cstmpmap": "lamp:five", "boothook": "toggle; light on"}'
    )
    node = Node(old)
    assert node.config.problem is None
    assert node.config.get("crontasks") == "*:99:0:0!x; *:7:0:0!light on"
    node.config.set("soctout", "50")
    node.config.set("resetpin", "0")
    node.config.set("poweron", "simple_0:on")
    node.config.set("cstmpmap", "lamp:5")
    assert node.kept()["boothook"] == "toggle; light on"
    assert node.config.get("crontasks") == "*:99:0:0!x; *:7:0:0!light on"


async def test_an_esp8266_saves_entries_unread_and_says_so():
    node = Node(leaf=True)
    node.board = "esp8266"
    long = "; ".join(["*:99:%d:0!light on" % minute for minute in range(40)])
    answer = await conf.setting(node, Session(), "crontasks " + long)
    assert answer == "Saved, but there was no memory to look for mistakes in it"
    assert node.config.get("crontasks") == long
    assert await conf.setting(node, Session(), "boothook light on") == "Saved"
    assert "got 18" in refusal(node.config.set, "cstmpmap", "relay:18")
    assert "no memory" in await attempt.begin(node, Session(), "60 soctout=50 crontasks='x'")


async def test_where_reading_runs_out_of_memory_it_is_saved_and_said():
    node = Node()

    class Hungry:
        def __getattr__(self, name):
            raise MemoryError

    node.port = Hungry()
    held = dict(node.config.values)
    assert "no memory" in await conf.setting(node, Session(), "crontasks *:7:0:0!light on")
    assert node.kept() == {"crontasks": "*:7:0:0!light on"}
    assert node.config.values == held


async def test_what_there_is_no_memory_to_use_waits_for_the_next_start_and_that_is_said():
    class Hungry:
        def changed(self, *_):
            raise MemoryError

    node = Node()
    sys.modules["core.timing"] = Hungry()
    try:
        answer = await conf.setting(node, Session(), "tz CET-1")
        beside_a_secret = node.config.set_many({"soctout": "50", "stapwd": "secret"})
    finally:
        del sys.modules["core.timing"]
    assert answer == "Saved for the next start, there was no memory to use it now"
    assert "w" in beside_a_secret
    assert node.kept() == {"tz": "CET-1", "soctout": 50}
