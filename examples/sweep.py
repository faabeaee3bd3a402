"""Turn a servo from one end to the other.

./devToolKit.py -a sweep -p '--dev node01'
"""

from toolkit.node import Node
from toolkit.script import run


def main(wanted: str) -> None:
    with Node(wanted) as node:
        for degrees in range(0, 181, 30):
            print(node.servo.angle(degrees))
        node.servo.deinit()


if __name__ == "__main__":
    run(main)
