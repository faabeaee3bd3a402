"""Show what the air is like: a row each 10 seconds, of all sensors that the node has.

    ./devToolKit.py -a air_quality -p '--dev node01'
    ./devToolKit.py -a airquality -p '--dev node01 60 air.csv'

The seconds between two rows, a file that the rows are appended to as CSV, and how many rows there
are to be: without that, until Ctrl-C. Sensors: BME280 or DHT22, and MQ-135.
"""

import csv
import sys
from datetime import datetime
from pathlib import Path
from time import sleep

from toolkit.model.errors import FaultError, InputError, RefusedError
from toolkit.node import Node
from toolkit.script import run

COLUMNS = ("temperature", "humidity", "pressure", "ppm")
NAMES = {"temp": "temperature", "hum": "humidity", "pres": "pressure"}


def measure(node: Node, problems: dict[str, str]) -> dict[str, float]:
    """What all sensors say now; why one does not goes into `problems`."""
    values: dict[str, float] = {}
    for module in ("bme280", "dht"):
        if "temperature" not in values:
            values |= ask(node, problems, module, "measure")
    air = [values[name] for name in COLUMNS[:2]] if "humidity" in values else []
    return values | ask(node, problems, "mq135", "ppm", *air)


def ask(
    node: Node, problems: dict[str, str], module: str, function: str, *words: float
) -> dict[str, float]:
    try:
        said: dict[str, float] = node.call(module, function, *words)
    except (RefusedError, FaultError) as error:
        problems[module] = str(error)
        return {}
    problems.pop(module, None)
    return {NAMES.get(name, name): value for name, value in said.items()}


def show(file: Path | None, values: dict[str, float]) -> None:
    now = datetime.now().isoformat(" ", "seconds")
    row = [now, *(values.get(name, "") for name in COLUMNS)]
    print("{:19} {:>11} {:>8} {:>8} {:>6}".format(*row), flush=True)
    if file:
        with file.open("a", newline="", encoding="utf-8") as table:
            if not table.tell():
                csv.writer(table).writerow(["time", *COLUMNS])
            csv.writer(table).writerow(row)


def main(
    wanted: str, seconds: float = 10, file: Path | None = None, rows: int | None = None
) -> None:
    if not 1 <= seconds <= 86400:
        raise InputError(f"SECONDS: expected 1 to 86400, got {seconds:g}")
    problems: dict[str, str] = {}
    with Node(wanted) as node:
        values = measure(node, problems)
        if not values:
            raise InputError("no sensor answers: " + "; ".join(problems.values()))
        print(f"{'time':19} temperature humidity pressure    ppm")
        while True:
            show(file, values)
            if rows is not None and (rows := rows - 1) <= 0:
                return
            sleep(seconds)
            before = dict(problems)
            values = measure(node, problems)
            for module in problems.keys() - before.keys():
                print(problems[module], file=sys.stderr)


if __name__ == "__main__":
    run(main)
