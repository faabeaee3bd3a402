"""A serial line with a speed: when its bytes have gone through, and that none is lost."""

import hashlib

import pytest

from tests.support.boards import Bench, bench, engine, home  # noqa: F401 - fixtures
from toolkit.model.errors import InputError
from toolkit.virtual.pace import Pace


def test_a_byte_is_ten_bits() -> None:
    pace = Pace(115_200, lambda: 100.0)
    assert pace.after(11_520) == pytest.approx(101.0)
    assert pace.after(1_152) == pytest.approx(101.1)  # behind what is on the line already


def test_a_timer_that_is_late_leaves_no_gap_and_an_idle_line_saves_nothing() -> None:
    times = iter([100.0, 100.102, 200.0])
    pace = Pace(115_200, lambda: next(times))
    assert pace.after(1_152) == pytest.approx(100.1)
    assert pace.after(1_152) == pytest.approx(100.2)
    assert pace.after(1_152) == pytest.approx(200.1)


def test_every_byte_passes_a_slow_line_both_ways(bench: Bench) -> None:
    console = bench.console(bench.board(baud=230_400))
    sent = bytes(range(6, 256)) * 8
    digest = hashlib.sha256(sent).hexdigest()
    console.run("from hashlib import sha256\nfrom binascii import hexlify")
    assert console.run(f"print(hexlify(sha256({sent!r}).digest()).decode())") == digest
    assert console.run("print(bytes(range(97, 123)) * 200)") == str(bytes(range(97, 123)) * 200)


def test_a_line_has_no_less_than_no_speed(bench: Bench) -> None:
    with pytest.raises(InputError, match="baud: expected 0 to"):
        bench.board(baud=-1)
