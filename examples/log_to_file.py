"""Write the next lines of a node's log into a file: `python -m examples.log_to_file node01 5`."""

import json
import sys
from itertools import islice
from pathlib import Path

from toolkit.node import Node


def main(wanted: str, count: int) -> None:
    with Node(wanted) as node, Path(f"{node.name}.log").open("a") as file:
        for event in islice(node.watch("log"), count):
            file.write(json.dumps(event) + "\n")
            print(event)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
