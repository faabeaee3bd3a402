"""What a node leaves of a board's heap. The bars are those of benchmarks/rows.py."""

import pytest

from benchmarks import memory
from benchmarks.memory import Core
from benchmarks.nodes import Heap, Workshop
from benchmarks.rows import ROWS

BARS = {row.key: row.bar for row in ROWS if row.bar is not None}


@pytest.fixture(scope="module")
def core(workshop: Workshop) -> Core:
    return memory.core(workshop)


@pytest.fixture(scope="module")
def leaf(workshop: Workshop) -> tuple[Heap, Heap]:
    return memory.leaf(workshop)


def test_the_core_in_use_leaves_a_board_its_memory(core: Core, slack: float) -> None:
    print(core)
    assert core.in_use <= BARS["heap"] * slack


def test_an_esp32_has_large_pieces_free_booted_and_with_a_module(core: Core) -> None:
    booted, called = core.heaps
    assert min(booted.largest, called.largest) >= BARS["esp32_largest"]


def test_an_esp8266_serves_two_sessions_and_a_module_with_memory_to_spare(
    leaf: tuple[Heap, Heap], slack: float
) -> None:
    booted, busy = leaf
    print(f"free {booted.free} when booted, then {busy.free}; largest {busy.largest}")
    assert busy.free >= BARS["leaf_free"] / slack


def test_an_esp8266_has_large_pieces_free_booted_and_with_a_module(
    leaf: tuple[Heap, Heap],
) -> None:
    assert min(heap.largest for heap in leaf) >= BARS["leaf_largest"]
