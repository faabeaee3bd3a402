"""The network as a state machine, fed by a radio that does what a test says."""

from core.network import Network
from fakes import Log, Port, Settings

PASSWORD = "7K2M9QXT4WZ8B3HN"


async def nothing(_):
    """Wait no time."""


class Bench:
    """A network on a fake radio whose waits take no time."""

    def __init__(self, air=None, **settings):
        self.port = Port()
        self.port.station.air = air or {}
        self.log = Log()
        self.said = []
        self.looks = 0
        known = {"devfid": "lamp", "appwd": PASSWORD, "devip": "n/a", "staessid": "", "stapwd": ""}
        known.update(settings)
        self.settings = Settings(**known)
        self.network = Network(self.port, self.log, self, nothing)
        self.waits = []

    def announce(self, address, mode):
        self.said.append((address, mode))

    async def keep_time(self):
        self.looks += 1

    async def step(self):
        """One round of the state machine; what it would wait is noted."""
        self.waits.append(await self.network.step(self.settings))


async def test_a_known_network_is_joined_and_its_address_announced():
    bench = Bench({"home": "letmein1"}, staessid="home", stapwd="letmein1")
    await bench.step()
    assert bench.said == [("192.168.1.7", "sta")]
    assert bench.network.mode == "sta"
    assert not bench.port.point.on
    await bench.step()
    assert bench.said == [("192.168.1.7", "sta")]
    assert bench.looks == 1


async def test_the_networks_on_the_air_are_tried_first_in_the_order_of_the_setting():
    bench = Bench(
        {"cafe": "coffee12", "work": "badge123"},
        staessid="home; work;cafe",
        stapwd="letmein1;badge123;coffee12",
    )
    await bench.step()
    assert bench.network.name == "work"
    assert bench.port.station.calls == ["scan", "connect work"]


async def test_a_hidden_network_is_tried_last():
    bench = Bench({"secret": "letmein1"}, staessid="secret", stapwd="letmein1")
    bench.port.station.hidden = "secret"
    await bench.step()
    assert bench.network.name == "secret"


async def test_a_wrong_password_is_told_and_leads_to_the_next_network_then_to_the_own_one():
    bench = Bench({"home": "letmein1"}, staessid="home", stapwd="wrong")
    await bench.step()
    assert bench.network.trouble == {"home": "wrong password"}
    assert bench.said == [("192.168.4.1", "ap")]
    assert bench.port.protected == ("lamp", PASSWORD)
    await bench.step()
    assert len(bench.log.entries) == 1
    bench.port.station.air["home"] = "wrong"
    await bench.step()
    assert bench.network.trouble == {}


async def test_a_network_that_never_answers_is_given_up_after_a_bounded_time():
    bench = Bench({"home": "never answers"}, staessid="home", stapwd="letmein1")
    await bench.step()
    assert bench.network.trouble == {"home": "no answer in 15 s"}
    assert bench.network.mode == "ap"


async def test_without_a_known_network_the_node_opens_its_own_and_never_an_open_one():
    bench = Bench()
    await bench.step()
    assert bench.said == [("192.168.4.1", "ap")]
    assert bench.port.protected == ("lamp", PASSWORD)
    assert bench.port.station.calls == []


async def test_a_password_too_short_for_wpa2_opens_no_network():
    bench = Bench(appwd="short")
    await bench.step()
    assert bench.said == []
    assert len(bench.log.entries) == 1


async def test_the_known_network_is_tried_again_while_the_own_one_is_open_and_takes_over():
    bench = Bench({}, staessid="home", stapwd="letmein1")
    await bench.step()
    await bench.step()
    assert bench.network.mode == "ap"
    bench.port.station.air["home"] = "letmein1"
    await bench.step()
    assert bench.said == [("192.168.4.1", "ap"), ("192.168.1.7", "sta")]
    assert not bench.port.point.on


async def test_somebody_on_the_own_network_is_not_disturbed_by_a_scan():
    bench = Bench({}, staessid="home", stapwd="letmein1")
    await bench.step()
    scans = bench.port.station.calls.count("scan")
    bench.port.visitors = 1
    await bench.step()
    assert bench.port.station.calls.count("scan") == scans


async def test_a_lost_network_is_joined_again_without_a_reset():
    bench = Bench({"home": "letmein1"}, staessid="home", stapwd="letmein1")
    await bench.step()
    air, bench.port.station.air = bench.port.station.air, {}
    await bench.step()
    assert bench.network.mode == "ap"
    bench.port.station.air = air
    await bench.step()
    assert [mode for _, mode in bench.said] == ["sta", "ap", "sta"]
    assert bench.port.resets == 0


async def test_tries_become_rarer_up_to_a_limit_and_a_success_brings_them_back():
    bench = Bench({}, staessid="home", stapwd="letmein1")
    for _ in range(12):
        await bench.step()
    assert bench.waits[:3] == [4, 8, 16]
    assert bench.waits[-1] == 300
    bench.port.station.air["home"] = "letmein1"
    await bench.step()
    assert bench.waits[-1] == 2


async def test_a_fixed_address_is_taken_over_and_the_rest_comes_from_the_network():
    bench = Bench({"home": "letmein1"}, staessid="home", stapwd="letmein1", devip="192.168.1.50")
    await bench.step()
    assert bench.said == [("192.168.1.50", "sta")]
    assert bench.port.station.config[1:] == ("255.255.255.0", "192.168.1.1", "192.168.1.1")


async def test_a_radio_that_refuses_is_survived():
    bench = Bench({"home": "letmein1"}, staessid="home", stapwd="letmein1")

    def refuse(*_):
        raise OSError("Wifi Internal State Error")

    bench.port.station.connect = refuse
    await bench.step()
    assert bench.network.mode == "ap"
