"""The small files of a release in one."""

import pytest

from toolkit.model.errors import InputError
from toolkit.operations.pack import packed

_ENTRY, _NAME = 20, 17  # bytes: a name, padded with zeros, and where its content begins


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files of a pack, read as core/once.py reads them."""
    places: list[tuple[str, int]] = []
    at = 0
    while content[at]:
        name, place = content[at : at + _NAME], content[at + _NAME : at + _ENTRY]
        places.append((name.rstrip(b"\0").decode(), int.from_bytes(place, "little")))
        at += _ENTRY
    bounds = [place for _, place in places] + [len(content)]
    return {name: content[begin:end] for (name, begin), end in zip(places, bounds[1:], strict=True)}


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
