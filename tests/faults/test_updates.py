"""Updates over the air on real nodes: what comes, what stays, what goes back by itself, and why."""

import time
from collections.abc import Iterator

import pytest
from benchmarks.nodes import Workshop
from tests.support.boards import eventually
from tests.support.reference import RefusedError
from tests.support.updates import Bringing, Release

INTERPRETERS = ("cpython",)


@pytest.fixture
def desk(workshop: Workshop) -> Iterator[Bringing]:
    """A desk at a new node."""
    found = Bringing(workshop.node("esp32"))
    yield found
    workshop.stop(found.node)


def test_whole(desk: Bringing, workshop: Workshop) -> None:
    release = Release.of(workshop.slot("esp32"), 1)
    print(desk.step("status"))
    began = time.monotonic()
    begun = desk.bring(release.changed({"modules/LM_new.py": b"def x():\n    return 7\n"}))
    print(begun, time.monotonic() - began)
    print(desk.step("status"))
    desk.wait(60)
    print(desk.step("status"))
    print(desk.step("confirm", release=release.number))
    print(desk.step("status"))
    print(desk.say("new x"), desk.say("update"), desk.say("status"))
    print(desk.say("update back"))
    desk.started()
    print(desk.step("status"))
    assert 0
