"""The rows of the table: what is measured, against what, and what it has to reach."""

from dataclasses import dataclass

QUOTED = "quoted"  # micrOS, measured once on the same interpreter, never in this run


@dataclass(frozen=True)
class Row:
    """One figure. `judged` says which number bar and goal are about: the figure or its ratio."""

    key: str
    what: str
    unit: str
    quoted: str = ""
    reference: float | None = None  # a quoted one to divide by; those of this run come measured
    against: str = "L1"  # whose figure the ratio divides by
    bar: float | None = None
    goal: float | None = None
    judged: str = "figure"
    at_least: bool = False
    digits: int = 0


@dataclass(frozen=True)
class Measured:
    """What one row came to; None: it could not be measured, and the note says why."""

    figure: float | None
    reference: float | None = None
    ratio: float | None = None
    note: str = ""


ROWS = (
    Row(
        "heap",
        "heap: core, shell, a module, a cron and a task run (32-bit)",
        "B",
        "v0.4 30 300 (no asyncio, no login), HEAD 72 700",
        reference=30_300,
        against="v0.4",
        bar=36_000,
        goal=28_000,
    ),
    Row("heap_booted", "heap: booted, nobody connected", "B"),
    Row("heap_smallest", "smallest free heap that boots and serves every word", "B"),
    Row(
        "esp32_largest",
        "ESP32: largest free block, booted / with a module (the smaller)",
        "B",
        bar=16_000,
        at_least=True,
    ),
    Row(
        "leaf_free",
        "ESP8266: free with 2 sessions and a module",
        "B",
        bar=6_000,
        goal=10_000,
        at_least=True,
    ),
    Row(
        "leaf_largest",
        "ESP8266: largest free block, booted / then (the smaller)",
        "B",
        bar=2_048,
        at_least=True,
    ),
    Row(
        "hello_ms",
        "hello, ordinary client, p50",
        "ms",
        "v0.4 47, HEAD 44",
        reference=44,
        against="HEAD",
        bar=1,
        digits=3,
    ),
    Row("hello_ratio", "the same × L1", "ms", goal=1.5, judged="ratio", digits=3),
    Row(
        "cpu_hello",
        "node CPU of hello × L1",
        "µs",
        "v0.4 1.9 ×, HEAD 1.9 ×",
        bar=1.6,
        goal=1.3,
        judged="ratio",
        digits=1,
    ),
    Row(
        "cpu_call",
        "node CPU of a module call × L1",
        "µs",
        "v0.4 2.4 ×, HEAD 2.2 ×",
        bar=2.2,
        goal=1.8,
        judged="ratio",
        digits=1,
    ),
    Row(
        "crowd",
        "commands/s over 10 connections × L1",
        "1/s",
        "v0.4 0.16 × (1 served), HEAD 0.27 × (5 served)",
        bar=0.4,
        goal=0.6,
        judged="ratio",
        at_least=True,
    ),
    Row("served", "of these 10, served", "", bar=10, goal=10, at_least=True),
    Row(
        "link_hello",
        "hello over a link that has logged in × L1",
        "ms",
        goal=4,
        judged="ratio",
        digits=3,
    ),
    Row("link_call", "module call over it × L1", "ms", goal=4, judged="ratio", digits=3),
    Row(
        "file_put",
        "put of a file of 256 KB over it × a bare copy",
        "KB/s",
        against="bare copy",
        judged="ratio",
        at_least=True,
    ),
    Row(
        "file_get",
        "get of the same file × a bare copy",
        "KB/s",
        against="bare copy",
        judged="ratio",
        at_least=True,
    ),
    Row(
        "wake",
        "scheduler: CPU of a wake-up with 1000 entries, × 10 entries",
        "µs",
        "v0.4 95 ×, HEAD 63 ×",
        against="10 entries",
        bar=2,
        goal=1.2,
        judged="ratio",
    ),
    Row(
        "lost",
        "settings lost by kill -9 in a stream of saves, of 200",
        "",
        "v0.4 100, HEAD 140",
        bar=0,
        goal=0,
    ),
    Row(
        "lines",
        "core source without load modules, lines of code",
        "lines",
        "v0.4 1 562, HEAD 7 024",
        reference=7_024,
        against="HEAD",
        bar=4_000,
        goal=3_000,
    ),
    Row(
        "compiled",
        "the same as .mpy for an ESP32",
        "B",
        "v0.4 19 900, HEAD 83 400",
        reference=83_400,
        against="HEAD",
        bar=60_000,
        goal=45_000,
    ),
    Row("files", "its files on the board", "", bar=30, goal=30),
    Row("boot", "power-on to prompt, virtual board", "s", bar=1, goal=0.3, digits=2),
    Row("install", "--make --virtual, blank flash to prompt", "s", digits=1),
    Row("installed", "what that sends to the board", "B"),
    Row(
        "cable",
        "a release over a serial line of 115 200 baud × mpremote",
        "s",
        against="mpremote",
        bar=1,
        judged="ratio",
        digits=1,
    ),
    Row("cable_ampy", "the same × ampy", "s", against="ampy", bar=1, judged="ratio", digits=1),
    Row("cable_again", "the same again, nothing has changed", "s", digits=1),
    Row("fleet", "20 virtual boards switched on at once, all answer", "s", digits=1),
    Row("fleet_memory", "memory of each of them", "B"),
    Row("search", "-s lists 100 virtual nodes, each asked over UDP and TCP", "s", goal=2, digits=2),
    Row(
        "push",
        "--push of a release to 20 nodes, canary first, × one by one",
        "s",
        against="one by one",
        bar=0.3,
        judged="ratio",
        digits=1,
    ),
    Row("edit", "--watch: from saving a load module to running it", "s", goal=1, digits=2),
)


def verdict(row: Row, measured: Measured) -> str:
    """`goal`, `bar`, or how far it is from the bar; empty where there is nothing to reach."""
    value = measured.ratio if row.judged == "ratio" else measured.figure
    if value is None:
        return "not measured"
    for name, limit in (("goal", row.goal), ("bar", row.bar)):
        if limit is not None and (value >= limit if row.at_least else value <= limit):
            return name + " met"
    if row.bar is None:
        return "" if row.goal is None else f"goal missed by {_distance(row.goal, value)}"
    return f"MISSED by {_distance(row.bar, value)}"


def _distance(limit: float, value: float) -> str:
    gap = abs(value - limit)
    return f"{gap / limit:.0%}" if limit else f"{gap:g}"
