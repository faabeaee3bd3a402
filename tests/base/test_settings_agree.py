"""Board and desk allow the same values of each setting."""

import pytest
from core.settings import fits

from toolkit.model.settings import Setting, table

INTERPRETERS = ("cpython",)

TEXTS = (
    *("", "n/a", "on", "off", "up", "down", "both", "link", "x", "two words", "lamp-1_B", "12"),
    *("x" * 13, "x" * 70, "x" * 9000, "ä" * 13, "\n" * 13, "pool.ntp.org", "UTC0"),
    *("192.168.1.20", "192.168.1.256", "1.2.3", "1.2.3.4.5", "999.1.1.1", "0.0.0.0", "1.2.3.04"),
    *("CET-1CEST,M3.5.0,M10.5.0/3", "47.5,19.05", "91,0", "0,181", "-33.9, 151.2"),
    *("pwm_0:14; simple_0:2", "simple_0:last; pwm_0:on", "simple_0"),
)
NUMBERS = (-13, -12, 0, 1, 2, 5, 14, 15, 20, 99, 100, 4096, 10000, 65535, 65536, 86400, 86400000)
VALUES = (*TEXTS, *NUMBERS, True, False, None, 1.5)


@pytest.mark.parametrize(
    "row", [row for row in table().values() if not row.read_only], ids=lambda r: r.name
)
def test_board_and_desk_allow_the_same(row: Setting):
    limits = list(row.limits) if row.limits else None
    differ = [
        (value, row.allows(value))
        for value in VALUES
        if bool(fits(row.name, row.default, limits, value)) != row.allows(value)
    ]
    assert differ == []
