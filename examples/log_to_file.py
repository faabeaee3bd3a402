"""Write the next lines of a node's log into a file, 10 if nothing else is said.

./devToolKit.py -a log_to_file -p '--dev node01 5'
"""

import json
from itertools import islice
from pathlib import Path

from toolkit.node import Node
from toolkit.script import run


def main(wanted: str, lines: int = 10) -> None:
    with Node(wanted) as node, Path(f"{node.name}.log").open("a") as file:
        for event in islice(node.watch("log"), lines):
            file.write(json.dumps(event) + "\n")
            print(event)


if __name__ == "__main__":
    run(main)
