"""The measured rows as a table for people, as JSON, and between two lines of the README."""

import json
import os
import platform
import re
from collections.abc import Mapping
from pathlib import Path

from tabulate import tabulate

from benchmarks.rows import QUOTED, ROWS, Measured, Row, verdict
from toolkit.virtual.engine import Engine

README = Path(__file__).resolve().parent / "README.md"
_BEGIN, _END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
_HEAD = ("what", "reference", "measured", "ratio", "bar", "goal", "verdict")


def machine(engine: Engine) -> str:
    """What may be said of the machine: its processor, cores, and the two interpreters."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return (
        f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, MicroPython {engine.version} ({engine.bits}-bit)"
    )


def text(found: Mapping[str, Measured], engine: Engine, *, style: str = "simple") -> str:
    """The table, the notes below it, and the machine."""
    rows = [_cells(row, found[row.key]) for row in ROWS if row.key in found]
    table = tabulate(rows, _HEAD, tablefmt=style, disable_numparse=True)
    notes = [f"{row.what}: {found[row.key].note}" for row in ROWS if _noted(row, found)]
    return "\n".join([table, "", *(f"* {note}" for note in notes), "", machine(engine)])


def as_json(found: Mapping[str, Measured], engine: Engine) -> str:
    """The same for programs."""
    rows = {row.key: _facts(row, found[row.key]) for row in ROWS if row.key in found}
    return json.dumps({"machine": machine(engine), "rows": rows}, indent=1, ensure_ascii=False)


def rewrite(readme: Path, found: Mapping[str, Measured], engine: Engine) -> None:
    """Put the table into a README, between its two marks."""
    old = readme.read_text(encoding="utf-8")
    before, _, rest = old.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    table = text(found, engine, style="github")
    readme.write_text(f"{before}{_BEGIN}\n{table}\n\n{_END}{after}", encoding="utf-8")


def _noted(row: Row, found: Mapping[str, Measured]) -> bool:
    return row.key in found and bool(found[row.key].note)


def _cells(row: Row, measured: Measured) -> list[str]:
    reference = f"{row.quoted} ({QUOTED})" if row.quoted else ""
    if measured.reference is not None:
        here = f"{row.against} {_number(measured.reference, row.digits)}"
        reference = f"{here}; {reference}" if reference else here
    ratio = "" if measured.ratio is None else f"{_ratio(measured.ratio)} × {row.against}"
    figure = "" if measured.figure is None else _number(measured.figure, row.digits)
    unit = f" {row.unit}" if row.unit and figure else ""
    bounds = (_bound(row, row.bar), _bound(row, row.goal))
    return [row.what, reference, figure + unit, ratio, *bounds, verdict(row, measured)]


def _bound(row: Row, limit: float | None) -> str:
    if limit is None:
        return ""
    times = " ×" if row.judged == "ratio" else ""
    return f"{'≥' if row.at_least else '≤'} {_number(limit, 1 if limit % 1 else 0)}{times}"


def _ratio(value: float) -> str:
    return f"{value:.2f}" if value >= 0.01 else f"{value:.1g}"


def _number(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}".replace(",", " ")


def _facts(row: Row, measured: Measured) -> dict[str, object]:
    return {
        "what": row.what,
        "unit": row.unit,
        "measured": measured.figure,
        "reference": measured.reference,
        "quoted": row.quoted,
        "ratio": measured.ratio,
        "bar": row.bar,
        "goal": row.goal,
        "verdict": verdict(row, measured),
        "note": measured.note,
    }
