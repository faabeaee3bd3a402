# ruff: noqa: SIM105 - the dialect of MicroPython
"""A board on the bench, on real MicroPython: LittleFS in memory whose power can be cut."""

import os
import sys

import vfs

BLOCK = 4096


class PowerCut(KeyboardInterrupt):
    """The power went away; nothing of the program goes on, as little as after a Ctrl-C."""


class Flash:
    """Flash in memory. `cut` = n: the nth write or erase from now on is the last.

    `torn` says how much of it is done: 0 nothing, 1 half, 2 all.
    """

    def __init__(self, blocks=64, content=None):
        self.blocks = blocks
        self.content = content or bytearray(b"\xff" * (blocks * BLOCK))
        self.writes = 0
        self.cut = 0
        self.torn = 0
        self.dead = False

    def copy(self):
        """Return flash of the same content, powered."""
        return Flash(self.blocks, bytearray(self.content))

    def readblocks(self, block, buffer, offset=0):
        if self.dead:
            raise OSError(5)
        start = block * BLOCK + offset
        buffer[:] = memoryview(self.content)[start : start + len(buffer)]

    def writeblocks(self, block, buffer, offset=0):
        if self.dead:  # a file that the collector closes may not even allocate
            raise OSError(5)
        self._change(block * BLOCK + offset, bytes(buffer))

    def ioctl(self, operation, block):
        if operation == 4:
            return self.blocks
        if operation == 5:
            return BLOCK
        if operation == 6:
            if self.dead:
                raise OSError(5)
            self._change(block * BLOCK, b"\xff" * BLOCK)
        return 0

    def _change(self, start, data):
        self.writes += 1
        last = self.writes == self.cut
        size = (0, len(data) // 2, len(data))[self.torn] if last else len(data)
        self.content[start : start + size] = data[:size]
        if last:
            self.dead = True
            raise PowerCut


class Board:
    """A flash mounted as the only file system, as on a board; the host's comes back after."""

    def __init__(self, flash=None, blocks=64):
        self.flash = flash or Flash(blocks)
        if flash is None:
            vfs.VfsLfs2.mkfs(self.flash)

    def __enter__(self):
        self._host = vfs.VfsPosix("/")
        mounted = vfs.VfsLfs2(self.flash)
        vfs.umount("/")
        vfs.mount(mounted, "/")
        vfs.mount(self._host, "/host")
        os.chdir("/")
        self._path = sys.path[:]
        sys.path[:] = ["/host" + path if path[:1] == "/" else path for path in sys.path]
        return self

    def __exit__(self, *_):
        vfs.umount("/host")
        try:
            vfs.umount("/")
        except (OSError, PowerCut):
            pass
        vfs.mount(vfs.VfsPosix("/"), "/")
        os.chdir("/")
        sys.path[:] = self._path


def put(path, content):
    """Write a file, with the folders above it."""
    folder = ""
    for part in path.strip("/").split("/")[:-1]:
        folder += "/" + part
        try:
            os.mkdir(folder)
        except OSError:
            pass
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())


def get(path):
    """Return a file's content, None when there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def forget(*names):
    """Make the next import of these, and of what lies in them, a first one."""
    for loaded in list(sys.modules):
        if any(loaded == name or loaded.startswith(name + ".") for name in names):
            del sys.modules[loaded]
