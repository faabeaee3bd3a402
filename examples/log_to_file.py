"""Write the next lines of a node's log into a file: `python -m examples.log_to_file node01 5`."""

import json
from itertools import islice
from pathlib import Path

from toolkit.node import Node
from toolkit.script import run


def main(wanted: str, lines: str) -> None:
    with Node(wanted) as node, Path(f"{node.name}.log").open("a") as file:
        for event in islice(node.watch("log"), int(lines)):
            file.write(json.dumps(event) + "\n")
            print(event)


if __name__ == "__main__":
    run(main)
