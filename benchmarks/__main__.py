"""`python -m benchmarks [memory speed link scheduler saves size cable air] [--json] [--readme]`."""

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks import air, cable, memory, saves, scheduler, size, speed, table, talk
from benchmarks.nodes import Trouble, Workshop
from benchmarks.rows import ROWS, Measured
from benchmarks.speed import Ratio
from toolkit.model import paths
from toolkit.virtual.engine import provide

_KILLS, _SEED = 200, 1
Found = Iterator[tuple[str, Measured]]


def _memory(workshop: Workshop) -> Found:
    core = memory.core(workshop)
    booted, called = core.heaps
    note = f"{core.after_words} B before call, cron and task, {core.without_cron} B before cron;"
    note += f" {core.raw} B if tables of names are not"
    note += " counted for each interpreter alone"
    yield "heap", _figure(core.in_use, note)
    yield "heap_booted", _figure(core.booted, f"of that and later, {core.names} names")
    note = f"{booted.largest} of {booted.free} B booted, {called.largest} of {called.free} B then"
    yield "esp32_largest", _figure(min(booted.largest, called.largest), note)
    yield "heap_smallest", _figure(memory.smallest(workshop))


def _leaf(workshop: Workshop) -> Found:
    booted, busy = memory.leaf(workshop)
    yield "leaf_free", _figure(busy.free, f"{booted.free} B free when booted")
    note = f"{booted.largest} B booted, {busy.largest} B then"
    yield "leaf_largest", _figure(min(booted.largest, busy.largest), note)


def _speed(workshop: Workshop) -> Found:
    found = speed.measure(workshop)
    yield "hello_ms", Measured(found.hello.node * 1e3)
    yield "hello_ratio", _against(found.hello, 1e3)
    yield "cpu_hello", _against(found.cpu_hello, 1e6)
    yield "cpu_call", _against(found.cpu_call, 1e6)
    yield "crowd", _against(found.crowd, 1)
    yield "served", Measured(found.served)


def _scheduler(workshop: Workshop) -> Found:
    folder = workshop.home.parent / "scheduler"
    found = scheduler.measure(workshop.engine, folder)
    yield "wake", _against(found, 1e6)


def _saves(workshop: Workshop) -> Found:
    slot = workshop.slot("esp32").folder
    folder = workshop.home.parent / "saves"
    found = saves.kill_while_saving(workshop.engine, slot, folder, _KILLS, _SEED)
    note = f"{found.saves} saves; {found.copies} times the copy was read"
    yield "lost", _figure(found.lost, note)


def _size(workshop: Workshop) -> Found:
    source = size.source(workshop)
    yield "lines", _figure(source.code, f"{source.lines} with docstrings, comments, blank lines")
    yield "compiled", _figure(source.compiled)
    yield "files", _figure(source.files, f"made of {source.sources} sources")


def _boot(workshop: Workshop) -> Found:
    yield "boot", Measured(size.starts(workshop))


def _install(workshop: Workshop) -> Found:
    installed = size.install(workshop)
    yield "install", Measured(installed.seconds)
    yield "installed", _figure(installed.bytes, f"{installed.files} files, besides main.py")


def _cable(workshop: Workshop) -> Found:
    found = cable.measure(workshop)
    for key, other in (("cable", found.mpremote), ("cable_ampy", found.ampy)):
        note = f"load of this computer {os.getloadavg()[0]:.1f}"
        yield key, Measured(*cable.Compared.ratio(found.toolkit, other), note)
    yield "cable_again", Measured(statistics.median(found.again))


def _fleet(workshop: Workshop) -> Found:
    fleet = size.crowd(workshop)
    yield "fleet", Measured(fleet.seconds)
    yield "fleet_memory", _figure(fleet.bytes)


def _search(workshop: Workshop) -> Found:
    seconds, answered = size.search(workshop)
    yield "search", Measured(seconds, note=f"{answered} of them answered by UDP too")


def _push(workshop: Workshop) -> Found:
    found = air.push(workshop)
    ratio = found.together / found.one_by_one
    note = "one node alone, times 20; clocks of the nodes run six times as fast"
    yield "push", Measured(found.together, found.one_by_one, ratio, note)


def _edit(workshop: Workshop) -> Found:
    yield "edit", Measured(air.edits(workshop))


def _link(workshop: Workshop) -> Found:
    found = talk.measure(workshop)
    busy = f"; load of this computer {os.getloadavg()[0]:.1f}"
    yield "link_hello", _against(found.hello, 1e3, busy)
    yield "link_call", _against(found.call, 1e3, busy)
    yield "file_put", _against(found.put, 1e-3, busy)
    yield "file_get", _against(found.get, 1e-3, busy)


# A group is measured whole; when it cannot be, the rows named here say why.
GROUPS: Mapping[str, tuple[tuple[Callable[[Workshop], Found], tuple[str, ...]], ...]] = {
    "memory": (
        (_memory, ("heap", "heap_booted", "esp32_largest", "heap_smallest")),
        (_leaf, ("leaf_free", "leaf_largest")),
    ),
    "speed": ((_speed, ("hello_ms", "hello_ratio", "cpu_hello", "cpu_call", "crowd", "served")),),
    "link": ((_link, ("link_hello", "link_call", "file_put", "file_get")),),
    "scheduler": ((_scheduler, ("wake",)),),
    "saves": ((_saves, ("lost",)),),
    "size": (
        (_size, ("lines", "compiled", "files")),
        (_boot, ("boot",)),
        (_install, ("install", "installed")),
        (_fleet, ("fleet", "fleet_memory")),
        (_search, ("search",)),
    ),
    "cable": ((_cable, ("cable", "cable_ampy", "cable_again")),),
    "air": ((_push, ("push",)), (_edit, ("edit",))),
}


def _figure(value: float, note: str = "") -> Measured:
    return Measured(value, note=note)


def _against(ratio: Ratio, scale: float, more: str = "") -> Measured:
    note = f"± {ratio.spread:.1f} %{more}"
    return Measured(ratio.node * scale, ratio.reference * scale, ratio.ratio, note)


def _measure(workshop: Workshop, groups: list[str]) -> dict[str, Measured]:
    found: dict[str, Measured] = {}
    for group in groups:
        for measure, keys in GROUPS[group]:
            print(f"{group} …", file=sys.stderr)
            try:
                found.update(measure(workshop))
            except Trouble as trouble:
                missing = (key for key in keys if key not in found)
                found.update({key: Measured(None, note=str(trouble)) for key in missing})
    return {key: _quoted(key, measured) for key, measured in found.items()}


def _quoted(key: str, measured: Measured) -> Measured:
    """With the ratio to a quoted reference, where this run has none of its own."""
    row = next(row for row in ROWS if row.key == key)
    if measured.figure is None or measured.ratio is not None or row.reference is None:
        return measured
    return Measured(measured.figure, None, measured.figure / row.reference, measured.note)


def main() -> None:
    """Measure, then print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", allow_abbrev=False)
    parser.add_argument("groups", nargs="*", choices=[[], *GROUPS], help="default: all")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--readme", action="store_true", help="rewrite the table in the README")
    options = parser.parse_args()
    if options.readme and options.groups:
        parser.error("--readme takes the whole table: name no groups")
    os.environ["MICROS_NETWORKS"] = "127.0.0.0/32"
    engine = provide(
        paths.user_data().resolve() / "engine", lambda line: print(line, file=sys.stderr)
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        Workshop(Path(folder) / "virtual", engine) as workshop,
    ):
        found = _measure(workshop, options.groups or list(GROUPS))
    print(table.as_json(found, engine) if options.json else table.text(found, engine))
    if options.readme:
        table.rewrite(table.README, found, engine)


if __name__ == "__main__":
    main()
