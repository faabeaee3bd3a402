"""What lay on the stack is written over. Loaded before the node goes round for good.

The collector takes whatever looks like a place in memory, on the stack below those who are at
work, for in use: the frames of the main loop would keep old places of the start for ever.
"""


def wash(depth):
    """Write over so many frames."""
    a = b = c = d = e = f = g = h = None
    if depth:
        wash(depth - 1)
    return a, b, c, d, e, f, g, h
