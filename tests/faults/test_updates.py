"""Updates over the air on real nodes: what comes, what stays, what goes back by itself, and why."""

from collections.abc import Iterator

import pytest
from benchmarks.nodes import Workshop
from tests.support.reference import RefusedError
from tests.support.updates import Bringing, Release

INTERPRETERS = ("cpython",)
HOME = {"ssid": "virtual-wifi", "password": "virtual-wifi"}
HANGS = b"import time\n\n\ndef on():\n    time.sleep(3600)\n"


@pytest.fixture
def desk(workshop: Workshop) -> Iterator[Bringing]:
    """A desk at a new node."""
    found = Bringing(workshop.node("esp32"))
    yield found
    workshop.stop(found.node)


@pytest.fixture
def release(workshop: Workshop) -> Release:
    """What every node here runs, under a higher number."""
    return Release.of(workshop.slot("esp32"), 1)


def refused(desk: Bringing, step: str, **given: object) -> dict[str, object]:
    """What is said of a step that is refused."""
    with pytest.raises(RefusedError) as caught:
        desk.step(step, **given)
    return caught.value.line


def came_back(desk: Bringing, release: Release) -> str:
    """Let the node go back by itself; the reason it gives."""
    desk.until(lambda: desk.control.console()[desk.since :].count("rst:") >= 4, 500)
    return why(desk, release)


def why(desk: Bringing, release: Release) -> str:
    """The reason the node gives for having gone back."""
    desk.started()
    said = desk.step("status")
    assert (said["slot"], said["trial"], said["failed"]) == ("a", None, release.number)
    assert said["reason"] in desk.say("status")
    return said["reason"]


def test_a_whole_update_is_confirmed_and_left_again_by_hand(
    desk: Bringing, release: Release
) -> None:
    before = desk.step("status")
    assert (before["slot"], before["trial"], before["back"]) == ("a", None, [])
    release = release.changed({"modules/LM_new.py": b"def x():\n    return 7\n"})
    begun = desk.bring(release)
    assert (begun["missing"], begun["copied"]) == (["modules/LM_new.py"], len(release.files) - 1)
    early = refused(desk, "confirm", release=release.number)
    assert early["type"] == "early"
    assert 0 < early["wait"] <= 60  # pyright: ignore[reportOperatorIssue]
    assert desk.step("commit", token=begun["token"]) == "already so"
    assert refused(desk, "commit", token="0" * 24)["type"] == "trial"
    trial = desk.step("status")
    assert (trial["slot"], trial["trial"]["tries"]) == ("b", 1)
    assert "9.1.0-0 is on trial for" in desk.say("status")
    desk.wait(60)
    assert "which runs" in str(refused(desk, "confirm", release=before["release"])["text"])
    assert desk.step("confirm", release=release.number) == "confirmed"
    assert desk.step("confirm", release=release.number) == "already so"
    assert desk.step("commit", token=begun["token"]) == "already so"
    assert desk.say("new x") == "7"
    assert desk.step("status")["back"] == before["release"]
    desk.wait(610)  # no timer is left that ends anything
    assert desk.step("status")["release"] == release.number
    assert desk.say("update back").startswith("back to ")
    with pytest.raises(RefusedError) as late:  # it would remove the slot that is about to start
        desk.begin(release)
    assert late.value.kind == "busy"
    desk.started()
    after = desk.step("status")
    assert (after["release"], after["back"]) == (before["release"], release.number)


def test_what_is_unchanged_is_copied_on_the_node_and_what_is_there_is_kept(
    desk: Bringing, release: Release
) -> None:
    begun = desk.begin(release)
    assert (begun["missing"], begun["copied"]) == ([], len(release.files))
    name = "modules/LM_light.mpy"
    changed = release.changed({name: release.files[name] + b"\0"})
    again = desk.begin(changed)
    assert (again["missing"], again["kept"]) == ([name], len(release.files) - 1)
    assert again["token"] != begun["token"]
    assert refused(desk, "manifest", token=begun["token"])["type"] == "token"
    assert "1 files are missing" in str(refused(desk, "manifest", token=again["token"])["text"])
    refusal = refused(desk, "commit", token=again["token"])
    assert "expected the step 'manifest'" in str(refusal["text"])
    assert desk.step("status")["release"] == desk.step("status")["release"] != release.number
    desk.bring(release)
    assert desk.step("status")["trial"]["slot"] == "b"
    assert desk.step("back").startswith("back to ")
    assert why(desk, release) == "it was turned back by hand"


def test_without_a_confirm_it_goes_back_after_ten_minutes_and_settings_were_read_only(
    desk: Bringing, release: Release
) -> None:
    desk.bring(release)
    with pytest.raises(RefusedError, match="a release is on trial: settings are read-only"):
        desk.set(devfid="other")
    with pytest.raises(RefusedError, match="a release is on trial: confirm it"):
        desk.begin(release)
    desk.control.networks([{**HOME, "password": "another password"}])  # the wrong key
    desk.wait(580)
    assert desk.control.console()[desk.since :].count("rst:") == 0
    desk.control.networks([HOME])
    desk.wait(20)
    assert desk.control.console()[desk.since :].count("rst:") == 1
    desk.since = desk.control.console().rindex("rst:")
    assert why(desk, release) == "no confirm came"
    assert "node01" in desk.say("status")
    assert desk.begin(release)["missing"] == []  # that was no fault


@pytest.mark.parametrize("fault", ["module", "syntax"])
def test_a_release_that_cannot_be_imported_goes_back_and_comes_again_only_by_force(
    desk: Bringing, release: Release, fault: str
) -> None:
    lost = {"lm.mpy": None}
    torn = {"lm.mpy": None, "lm.py": b"def broken(:\n"}
    release = release.changed(lost if fault == "module" else torn)
    desk.bring(release, wait=False)
    reason = came_back(desk, release)
    assert reason.startswith("it could not be started: ")
    assert ("ImportError" if fault == "module" else "SyntaxError") in reason
    with pytest.raises(RefusedError) as caught:
        desk.begin(release)
    assert caught.value.line["type"] == "force"
    assert desk.begin(release, force=True)["missing"] == []


def test_a_release_whose_boot_hook_hangs_goes_back_and_holds_no_module(
    desk: Bringing, release: Release
) -> None:
    desk.set(boothook="light on")
    name = "modules/LM_light"
    release = release.changed({name + ".mpy": None, name + ".py": HANGS})
    desk.bring(release, wait=False)
    assert "it crashed: " in came_back(desk, release)
    assert "boot hook on trial, command 'light on'" in desk.say("log crash")
    assert "on: True" in desk.say("light status")
    assert "safe mode" not in desk.say("status")


def test_a_reset_button_pressed_again_and_again_ends_a_trial_and_is_no_crash(
    desk: Bringing, release: Release
) -> None:
    desk.bring(release)
    for _ in range(2):
        desk.control.press_reset()
        desk.started()
    assert desk.step("status")["trial"]["tries"] == 3
    desk.control.press_reset()
    assert why(desk, release) == "no confirm came"
    assert desk.begin(release)["missing"] == []  # that was no fault


def test_once_it_is_confirmed_a_crash_counts_as_any_other(desk: Bringing, release: Release) -> None:
    desk.bring(release.changed({"modules/LM_new.py": HANGS}))
    desk.wait(60)
    assert desk.step("confirm", release=release.number) == "confirmed"
    assert desk.say("new on & 100") == "new.on: started"
    desk.until(lambda: "rst:" in desk.control.console()[desk.since :])
    desk.started()
    assert desk.step("status")["release"] == release.number
    said = desk.say("log crash")
    assert "stage running, command 'new on'" in said
    assert "module new" in said


def test_what_does_not_belong_here_is_refused_before_anything_is_touched(
    desk: Bringing, release: Release
) -> None:
    desk.begin(release)
    before = desk.talk(lambda it: it.ok("ls", name="/b"))
    large = {f"modules/LM_large{n}.py": bytes(60_000) for n in range(40)}
    for wrong, words in {
        release.changed({}, board="pico_w"): "for the board 'esp32', got 'pico_w'",
        release.changed({}, family="rp2"): "for the family 'esp32', got 'rp2'",
        release.changed({}, mpy=5): "expected bytecode of version 6, got 5",
        release.changed({}, schema=0): "schema 1 or later, got 0: 'update back' is the way back",
        release.changed({}, micropython=[9, 0, 0]): "expected MicroPython 9.0.0 or later",
        release.changed({}, api="x"): "expected the manifest of a release",
        release.changed({"../x": b""}): "expected the manifest of a release",
        release.changed(large): "the flash is too full",
    }.items():
        with pytest.raises(RefusedError) as caught:
            desk.begin(wrong)
        assert words in caught.value.line["text"]
    assert desk.talk(lambda it: it.ok("ls", name="/b")) == before


def test_an_unattended_update_confirms_itself(desk: Bringing, release: Release) -> None:
    desk.bring(release, auto=True)
    assert desk.step("status")["trial"]["auto"] is True
    desk.wait(90)
    said = desk.step("status")
    assert (said["release"], said["trial"]) == (release.number, None)


def test_an_unattended_update_confirms_itself_while_somebody_is_served(
    desk: Bringing, release: Release
) -> None:
    desk.bring(release, auto=True)
    with desk.node.session() as visitor:
        for _ in range(9):
            assert visitor.say("hello").startswith("hello:node01:")
            desk.wait(10)
    said = desk.step("status")
    assert (said["release"], said["trial"]) == (release.number, None)


def test_an_esp8266_takes_no_release(workshop: Workshop) -> None:
    node = Bringing(workshop.node("esp8266", heap=120_000))
    release = Release.of(workshop.slot("esp8266"), 1)
    with pytest.raises(RefusedError) as caught:
        node.begin(release)
    assert caught.value.line["text"] == "this board takes single files and the cable only"
    assert node.step("status")["trial"] is None
    workshop.stop(node.node)
