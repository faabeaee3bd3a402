"""The small files of a release in one."""

import pytest

from toolkit.model.errors import InputError
from toolkit.operations.pack import packed, unpacked


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"core.a": b""},
        {"core.a": b"one", "boards.esp32": b"", "port.esp8266_wifi": b"two" * 99},
    ],
)
def test_what_is_packed_comes_out_again(files: dict[str, bytes]) -> None:
    assert unpacked(packed(files)) == files


def test_a_name_the_board_could_not_compare_is_refused() -> None:
    with pytest.raises(InputError, match=r"at most 17 characters, got core\.thirteen_long"):
        packed({"core.thirteen_long": b""})
