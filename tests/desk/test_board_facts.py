"""What a board must be before a release is put on it."""

from dataclasses import replace

import pytest

from toolkit.model.errors import InputError
from toolkit.operations.board import Board, check_loadable

GOOD = Board("esp32", "1.25.0", 6, "240ac4000001", 4096, 400, "VfsLfs2")


def test_a_board_that_runs_what_is_built_passes() -> None:
    check_loadable(GOOD, "esp32")
    check_loadable(replace(GOOD, file_system=""), "esp32")  # older firmware does not tell


@pytest.mark.parametrize(
    ("board", "sentence"),
    [
        (replace(GOOD, family="rp2"), "runs MicroPython for rp2, not for esp32"),
        (replace(GOOD, mpy=5, version="1.18.0"), "loads bytecode 5, and ours is 6: flash"),
        (replace(GOOD, file_system="VfsFat"), "file system is FAT.*--make"),
    ],
)
def test_another_board_is_refused_with_what_to_do(board: Board, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        check_loadable(board, "esp32")
