"""The manual of a person's own module, which lies behind its code. Loaded to be read.

At the end of the file stand "~lm" and where the manual begins, six digits.
"""

from micropython import const

_END = const(9)  # bytes of that


def lines(path, start):
    """Each line of it that begins so; none where there is no manual."""
    with open(path, "rb") as file:
        file.seek(max(file.seek(0, 2) - _END, 0))
        mark = file.read()
        if mark[:3] == b"~lm" and mark[3:].isdigit():
            file.seek(int(mark[3:]))
            line = file.readline()
            while line and line[:1] != b"~":
                line = line.decode()
                if line.startswith(start):
                    yield line
                line = file.readline()
