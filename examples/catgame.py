"""Lead a laser about for the cat, for some seconds; Ctrl-C ends the game.

    ./devToolKit.py -a catgame -p '--dev node01 60'

Two servos turn the laser (profile `catgame`). However this program ends, the laser goes dark; when
the node cannot be told so any more, it ends the game by itself after these seconds.
"""

from time import sleep

from toolkit.node import Node
from toolkit.script import run


def main(wanted: str, seconds: int = 60) -> None:
    with Node(wanted) as node:
        print(node.catgame.play(seconds))
        try:
            while (game := node.catgame.status())["plays"] or game["left"]:
                print(f"{game['left']} s left")
                sleep(1)
        finally:
            print(node.catgame.stop())


if __name__ == "__main__":
    run(main)
