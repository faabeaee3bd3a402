"""Tell how a node is, a few times: begin a program of your own here.

    ./devToolKit.py -a template -p '--dev node01 3'

`-a new:NAME` copies this file. The first line is what `-a list` tells; a word of `main` that has a
number after it is one, and may be left out; `wanted` is the node of `--dev`.
"""

from time import sleep

from toolkit.node import Node
from toolkit.script import run


def main(wanted: str, times: int = 1) -> None:
    with Node(wanted) as node:
        for number in range(times):
            if number:
                sleep(1)
            print(f"{node.name}: {node.system.memfree()['memfree']} bytes free")
            # Every load module is there: node.light.rgb(1000, 200, 0); more in docs/library.md


if __name__ == "__main__":
    run(main)
