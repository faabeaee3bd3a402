# ruff: noqa: UP031 - the dialect of MicroPython
"""The network as a state machine, on a radio that lies as real ones do (standins/shared/radio)."""

import sys

from network_bench import FAMILIES, HOUR, PASSWORD, Bench, home
from radio import Cell

OWN = ("192.168.4.1", "ap")
HOME = ("192.168.1.7", "sta")


async def test_a_known_network_is_joined_and_its_address_announced():
    for family in FAMILIES:
        bench = home(family)
        await bench.step()
        assert bench.said == [HOME]
        assert (bench.network.mode, bench.network.address) == ("sta", "192.168.1.7")
        assert bench.network.name == "home"
        assert not bench.radio.point.on
        assert bench.radio.names == ["lamp"]
        assert await bench.step() == 2
        assert (bench.said, bench.looks) == ([HOME], 1)


async def test_the_networks_on_the_air_are_tried_first_in_the_order_of_the_setting():
    air = {"cafe": Cell("coffee12"), "work": Cell("badge123")}
    known = {"staessid": "home; work;cafe", "stapwd": "letmein1;badge123;coffee12"}
    bench = Bench("esp32", air, **known)
    await bench.step()
    assert bench.network.name == "work"
    assert bench.radio.connects == ["work"]
    assert len(bench.radio.scans) == 1


async def test_a_hidden_network_is_tried_last_and_joined():
    air = {"attic": Cell("letmein1", hidden=True), "work": Cell("badge123")}
    bench = Bench("esp32", air, staessid="attic;work", stapwd="letmein1;wrong123")
    await bench.step()
    assert bench.network.name == "attic"
    assert bench.radio.connects == ["work", "work", "attic"]
    assert bench.network.trouble == {"work": "wrong password"}


async def test_a_network_without_a_password_is_joined():
    for family in FAMILIES:
        bench = home(family, Cell(), stapwd="")
        await bench.step()
        assert bench.said == [HOME]


async def test_a_wrong_password_is_told_and_leads_to_the_nodes_own_network():
    for family in FAMILIES:
        bench = home(family, stapwd="wrong123")
        await bench.step()
        assert bench.network.trouble == {"home": "wrong password"}
        assert bench.said == [OWN]
        point = bench.radio.point
        assert (point.on, point.safe, point.name, point.key) == (True, True, "lamp", PASSWORD)
        await bench.step()
        assert bench.log.at("warn") == ["network: home: wrong password"]
        bench.settings.values["stapwd"] = "letmein1"
        await bench.step()
        assert bench.network.trouble == {}
        assert bench.said == [OWN, HOME]
        assert not point.on


async def test_each_code_for_a_refusal_is_told_in_words():
    words = {
        "esp32": {15: "wrong password", 202: "wrong password", 204: "wrong password"},
        "esp8266": {2: "wrong password", 4: "refused"},
        "rp2": {-3: "wrong password", -1: "refused"},
    }
    words["esp32"].update({code: "refused, reason %d" % code for code in (2, 200, 203, 205)})
    words["esp32"][210] = "its security does not fit"
    for family in FAMILIES:
        for code, sentence in words[family].items():
            bench = home(family, stapwd="wrong123")
            bench.radio.refusal = code
            await bench.step()
            assert bench.network.trouble == {"home": sentence}, (family, code)


async def test_a_network_that_is_not_there_is_told_as_such():
    for family in FAMILIES:
        bench = Bench(family, {}, staessid="home", stapwd="letmein1")
        await bench.step()
        assert bench.network.trouble == {"home": "not found"}


async def test_a_refusal_that_is_never_told_ends_after_a_bounded_time():
    for family in FAMILIES:
        bench = home(family, stapwd="wrong123")
        bench.radio.silent_refusal = True
        await bench.step()
        assert bench.network.trouble == {"home": "no answer"}, family
        assert bench.network.mode == "ap"
        assert bench.clock.uptime() < 20


async def test_a_first_refusal_is_not_believed():
    for family in FAMILIES:
        bench = home(family)
        bench.radio.false_refusals = 1
        await bench.step()
        assert bench.said == [HOME]
        assert bench.network.trouble == {}


async def test_idle_on_the_way_is_no_failure():
    for family in FAMILIES:
        bench = home(family)
        bench.radio.idle_first = True
        await bench.step()
        assert bench.said == [HOME]


async def test_connected_without_an_address_does_not_count():
    for family in FAMILIES:
        bench = home(family)
        bench.radio.empty_ms = 4000
        await bench.step()
        assert bench.said == [HOME]
        bench = home(family)
        bench.radio.empty_ms = 100_000
        await bench.step()
        assert bench.said == [OWN]


async def test_a_network_that_gives_no_address_is_told_as_such():
    for family in FAMILIES:
        bench = home(family, Cell("letmein1", dhcp=False))
        await bench.step()
        assert bench.network.trouble == {"home": "joined, but no address by DHCP"}, family
        assert bench.network.mode == "ap"


async def test_a_late_word_of_the_connection_before_is_not_taken_for_a_refusal():
    bench = home()
    bench.radio.late_leave = True
    bench.radio.false_refusals = 1  # so that there is a connection before
    await bench.step()
    assert bench.said == [HOME]


async def test_a_radio_that_refuses_while_it_connects_is_asked_to_leave_first():
    for family in FAMILIES:
        bench = home(family)
        bench.radio.busy_connect = True
        bench.radio.station.active(True)
        bench.radio.station.connect("elsewhere", "before the start")
        await bench.step()
        assert bench.said == [HOME]


async def test_a_scan_that_fails_does_not_keep_the_node_out():
    for family in FAMILIES:
        bench = home(family)
        bench.radio.scan_fails = True
        await bench.step()
        assert bench.said == [HOME]


async def test_a_radio_that_must_rest_between_off_and_on_is_given_the_time():
    for family in FAMILIES:
        bench = Bench(family, {}, staessid="home", stapwd="letmein1")
        bench.radio.restart_ms = 2000
        bench.clock.at(60, lambda bench=bench: bench.air.update(home=Cell("letmein1")))
        await bench.live(600)
        assert bench.said == [OWN, HOME]
        bench.sound()


async def test_without_a_known_network_the_node_opens_its_own_and_never_an_open_one():
    for family in FAMILIES:
        bench = Bench(family)
        await bench.live()
        assert bench.said == [OWN]
        assert bench.radio.scans == []
        bench.sound()
        assert bench.radio.point.key == PASSWORD


async def test_an_access_point_that_is_set_up_only_while_on_is_set_up_then():
    bench = Bench()
    bench.radio.config_wants_on = True
    await bench.step()
    point = bench.radio.point
    assert (point.on, point.safe, point.key) == (True, True, PASSWORD)


async def test_a_password_too_short_for_wpa2_opens_no_network():
    for family in FAMILIES:
        bench = Bench(family, appwd="short")
        try:
            await bench.step()
        except OSError:
            assert not bench.radio.point.on, family
            assert (bench.said, bench.network.mode) == ([], "off")
            continue
        raise AssertionError(family)


async def test_the_esp8266s_own_access_point_is_closed_before_anything_else():
    bench = home("esp8266")
    point, seen = bench.radio.point, []
    assert point.on
    bench.clock.at(1, lambda: seen.append(point.on))  # in the middle of the scan
    await bench.step()
    assert seen == [False]


async def test_a_station_that_cannot_be_switched_on_leaves_the_node_its_own_network():
    def refuse(*_):
        raise OSError("Wifi Out of Memory")

    for family in FAMILIES:
        bench = home(family)
        bench.radio.station.active = refuse
        bench.radio.station.scan = refuse
        await bench.step()
        assert bench.said == [OWN]
        assert len(bench.log.at("warn")) == 1


async def test_a_radio_that_sticks_to_its_failure_is_switched_off_and_on():
    bench = Bench("esp32", {}, staessid="home", stapwd="letmein1")
    bench.radio.sticky = True
    bench.clock.at(60, lambda: bench.air.update(home=Cell("letmein1")))
    await bench.live(600)
    assert bench.said == [OWN, HOME]


async def test_somebody_on_the_own_network_is_not_disturbed_and_the_node_goes_home_after():
    for family in FAMILIES:
        bench = Bench(family, {}, staessid="home", stapwd="letmein1")
        radio = bench.radio
        bench.clock.at(30, lambda radio=radio: setattr(radio, "visitors", 1))
        bench.clock.at(60, lambda bench=bench: bench.air.update(home=Cell("letmein1")))
        bench.clock.at(1800, lambda radio=radio: setattr(radio, "visitors", 0))
        await bench.live()
        bench.sound()
        assert bench.said == [OWN, HOME]
        assert not [ms for ms in radio.scans if 40_000 < ms < 1_800_000]
        assert [ms for ms in radio.scans if 1_800_000 <= ms <= 1_815_000]


async def test_an_access_point_gone_for_an_hour_is_joined_again_when_it_is_back():
    for family in FAMILIES:
        bench = home(family)
        cell = bench.air["home"]
        bench.clock.at(100, lambda bench=bench: bench.air.pop("home"))
        bench.clock.at(100 + HOUR, lambda bench=bench, cell=cell: bench.air.update(home=cell))
        await bench.live(2 * HOUR)
        bench.sound()
        assert bench.said == [HOME, OWN, HOME]
        lost = [text for text in bench.log.at("warn") if "lost" in text]
        assert lost == ["network: lost home"]
        assert bench.network.trouble == {}


async def test_a_network_that_comes_and_goes_is_followed():
    for family in FAMILIES:
        bench = home(family)
        cell = bench.air["home"]
        for second in range(300, 3000, 600):
            bench.clock.at(second, lambda bench=bench: bench.air.clear())
            bench.clock.at(second + 100, lambda bench=bench, cell=cell: bench.air.update(home=cell))
        await bench.live()
        bench.sound()
        assert bench.said == [HOME] + [OWN, HOME] * 5, bench.said


async def test_tries_become_rarer_up_to_a_limit_and_a_success_brings_them_back():
    bench = Bench("esp32", {}, staessid="home", stapwd="letmein1")
    waits = []
    for _ in range(12):
        waits.append(await bench.step())
    assert waits[:3] == [4, 8, 16]
    assert waits[-1] == 300
    bench.air["home"] = Cell("letmein1")
    assert await bench.step() == 2
    bench.air.clear()
    assert await bench.step() == 4


async def test_an_hour_of_each_lie_leaves_the_node_alive():
    lies = {
        "scan_fails": True,
        "idle_first": True,
        "silent_refusal": True,
        "false_refusals": 1000,
        "empty_ms": 10_000_000,
        "busy_connect": True,
        "restart_ms": 2000,
        "sticky": True,
        "late_leave": True,
        "rssi_fails": True,
        "scan_ms": 10_000,
    }
    hours = 0
    # what the families differ in is tried where it runs; CPython takes minutes for each
    families = FAMILIES if sys.implementation.name == "micropython" else FAMILIES[:1]
    for family in families:
        for name, value in lies.items():
            for password in ("letmein1", "wrong123") if value is True else ("letmein1",):
                bench = home(family, stapwd=password, staessid="home;other")
                setattr(bench.radio, name, value)
                cell = bench.air["home"]
                bench.clock.at(1200, lambda bench=bench: bench.air.clear())
                bench.clock.at(2400, lambda bench=bench, cell=cell: bench.air.update(home=cell))
                await bench.live()
                bench.sound()
                hours += 1
                here = name not in ("false_refusals", "empty_ms") and password == "letmein1"
                assert bench.network.mode == ("sta" if here else "ap"), (family, name)
                bench.network.rssi()
    print("hours: %d" % hours)


async def test_a_radio_that_is_broken_for_half_an_hour_is_tried_again():
    for family in FAMILIES:
        bench = home(family)
        radio = bench.radio
        bench.clock.at(600, lambda radio=radio: setattr(radio, "broken", True))
        bench.clock.at(2400, lambda radio=radio: setattr(radio, "broken", False))
        await bench.live()
        assert bench.said[-1] == HOME
        assert bench.machine.resets == 0
        assert bench.widest < 65


async def test_another_address_by_dhcp_is_announced():
    bench = home()
    await bench.step()
    bench.air["home"].last = 23
    await bench.step()
    assert bench.said == [HOME, ("192.168.1.23", "sta")]
    assert bench.network.address == "192.168.1.23"


async def test_a_fixed_address_is_taken_and_the_rest_comes_from_the_network():
    for family in FAMILIES:
        bench = home(family, devip="192.168.1.50")
        await bench.step()
        assert bench.said == [("192.168.1.50", "sta")]
        assert bench.radio.station.fixed[1:] == ("255.255.255.0", "192.168.1.1", "192.168.1.1")
        assert [held for held in bench.clock.held if held[1] > 3000] == []
        await bench.step()
        assert len(bench.said) == 1


async def test_a_fixed_address_works_where_dhcp_gives_none():
    for family in FAMILIES:
        bench = home(family, Cell("letmein1", dhcp=False), devip="192.168.1.50")
        await bench.step()
        assert bench.said == [("192.168.1.50", "sta")]
        assert bench.radio.station.fixed[1:] == ("255.255.255.0", "192.168.1.1", "192.168.1.1")


async def test_what_dhcp_does_not_tell_is_what_is_usual():
    bench = home("esp32", Cell("letmein1", options=False), devip="192.168.1.50")
    await bench.step()
    assert bench.radio.station.fixed[1:] == ("255.255.255.0", "192.168.1.1", "192.168.1.1")


async def test_a_fixed_address_of_another_network_is_not_taken_and_that_is_told():
    for family in FAMILIES:
        air = {"home": Cell("letmein1"), "work": Cell("badge123", subnet="10.1.2")}
        known = {"staessid": "home;work", "stapwd": "letmein1;badge123"}
        bench = Bench(family, air, devip="192.168.1.50", **known)
        await bench.step()
        del air["home"]
        await bench.step()
        assert bench.said == [("192.168.1.50", "sta"), ("10.1.2.7", "sta")]
        why = "devip 192.168.1.50 is none of its addresses, it gave 10.1.2.7"
        assert bench.network.trouble["work"] == why


async def test_the_strength_of_the_network_is_told_or_none():
    for family in FAMILIES:
        bench = home(family)
        assert bench.network.rssi() is None
        await bench.step()
        assert bench.network.rssi() == -60
        bench.air.clear()
        assert bench.network.rssi() is None
        bench.radio.rssi_fails = True
        assert bench.network.rssi() is None


async def test_an_outage_does_not_wear_the_flash_of_an_esp8266():
    bench = home("esp8266")
    bench.clock.at(100, bench.air.clear)
    await bench.live(8 * HOUR)
    assert bench.radio.flash_writes <= 5, bench.radio.flash_writes
