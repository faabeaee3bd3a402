"""The prompt: friendly, paste, raw and raw-paste mode, soft reset, and running files."""

import gc

import uos
import usys
from _alarms import soft_reset
from _link import SETTINGS
from _terminal import (
    CTRL_C,
    drop_interrupt_byte,
    interrupts,
    read,
    report,
    write,
    write_raw,
)

_CTRL_A, _CTRL_B, _CTRL_D, _CTRL_E = 1, 2, 4, 5
_EDITS = (9, 27)  # Tab; what arrow keys begin with
_KEPT = 8  # lines
_SOFT_RESET, _SOFT_RESET_RAW = 42, 45
_WINDOW = 128
_RAW_BANNER = "raw REPL; CTRL-B to exit\n>"
_BANNER = 'MicroPython v%s on 2025-04-15; %s\nType "help()" for more information.\n' % (
    SETTINGS["version"],
    SETTINGS["machine"],
)

names = {"__name__": "__main__"}


def run_file(path):
    """Run boot.py or main.py; answers whether Ctrl-C ended it."""
    try:
        uos.stat(path)
    except OSError:
        return False
    error = _guarded(_run_source, path)
    if error is not None:
        report(error)
    return isinstance(error, KeyboardInterrupt)


def _run_source(path):
    with open(path) as file:
        source = file.read()
    code = compile(source, path[1:], "exec")
    source = None
    exec(code, names)


def _execute(source, kind):
    """Run text in the main name space; the exception it ended with, or None."""
    return _guarded(lambda text: exec(compile(text, "<stdin>", kind), names), source)


def _guarded(function, argument):
    """Call with Ctrl-C switched on; the exception it ended with, or None."""
    try:
        try:
            interrupts(True)
            function(argument)
            interrupts(False)
        except SystemExit:
            interrupts(False)
            soft_reset(_SOFT_RESET)
        except BaseException as error:  # noqa: BLE001 - whatever ends a program, the prompt shows it
            interrupts(False)
            if isinstance(error, KeyboardInterrupt):
                drop_interrupt_byte()
            return error
    except KeyboardInterrupt as error:  # it came while the program was just ending
        interrupts(False)
        return error
    return None


def _run_raw(source):
    """Run and answer as the raw prompt does: output, 4, error, 4."""
    try:
        source = source.decode()
    except UnicodeError:
        pass
    error = _execute(source, "exec")
    source = None
    write("\x04")
    if error is not None:
        report(error)
    write("\x04")
    gc.collect()


def raw():
    """Raw mode until Ctrl-B."""
    write(_RAW_BANNER)
    source = bytearray()
    while True:
        byte = read()
        if byte == _CTRL_A:
            source = bytearray()
            write(_RAW_BANNER)
        elif byte == _CTRL_B:
            write("\n")
            return
        elif byte == CTRL_C:
            source = bytearray()
        elif byte == _CTRL_E and not source:
            _raw_paste()
        elif byte == _CTRL_D:
            if not source:
                write("OK\nMPY: soft reboot\n")
                soft_reset(_SOFT_RESET_RAW)
            finished, source = bytes(source), bytearray()
            write("OK")
            _run_raw(finished)
            write(">")
        else:
            source.append(byte)


def _raw_paste():
    kind, version = read(), read()
    if (kind, version) != (ord("A"), 1):
        write("R\x00" if kind == ord("A") else "ra")
        return
    write_raw(b"R\x01" + bytes((_WINDOW, 0)) + b"\x01")
    source = bytearray()
    while True:
        byte = read()
        if byte == _CTRL_D:
            write("\x04")
            finished, source = bytes(source), None
            _run_raw(finished)
            break
        if byte == CTRL_C:
            write("\x04\x04\x04")
            break
        source.append(byte)
        if len(source) % _WINDOW == 0:
            write("\x01")
    write(">")


def _paste():
    write("\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\n=== ")
    source = bytearray()
    while True:
        byte = read()
        if byte == CTRL_C:
            write("\n")
            return
        if byte == _CTRL_D:
            write("\n")
            _show(bytes(source).replace(b"\r\n", b"\n").replace(b"\r", b"\n").decode(), "exec")
            return
        source.append(byte)
        write("\n=== " if byte == 13 else chr(byte))


def _show(source, kind):
    error = _execute(source, kind)
    if error is not None:
        report(error)
    gc.collect()


class _Line:
    """What is being typed at the friendly prompt."""

    def __init__(self):
        self.typed = bytearray()
        self.block = None
        self.last = 0
        self.history = []

    @property
    def text(self):
        try:
            return self.typed.decode()
        except UnicodeError:  # no character has these bytes
            return "".join(map(chr, self.typed))

    def prompt(self):
        self.typed = bytearray()
        write(self.sign())

    def sign(self):
        return ">>> " if self.block is None else "... "

    def edit(self, key):
        """Go on with keys that are not just added; the key that is for the prompt again."""
        from _late import bring

        try:
            edited = bring("_editing").edited
            text, key = edited(self.text, key, self.history, self.sign(), names)
        except MemoryError:
            return 0
        finally:
            usys.modules.pop("_editing", None)
        self.typed = bytearray(text.encode())
        return key

    def start(self, *, banner=False):
        self.block = None
        if banner:
            write(_BANNER)
        self.prompt()

    def enter(self):
        write("\n")
        text = self.text
        if text.strip() and text not in self.history[-1:]:
            self.history = (self.history + [text])[-_KEPT:]
        if self.block is not None:
            if text.strip():
                self.block += "\n" + text
                self.prompt()
                return
            text, self.block = self.block + "\n", None
        elif text.rstrip().endswith(":"):
            self.block = text
            self.prompt()
            return
        if text.strip():
            _show(text, "single")
        self.prompt()

    def erase(self):
        if self.typed:
            size = len(self.typed) - 1
            while size and self.typed[size] & 0xC0 == 0x80:  # the rest of a character
                size -= 1
            self.typed = self.typed[:size]
            write("\b \b")

    def add(self, byte):
        if byte >= 32:
            self.typed.append(byte)
            write_raw(bytes((byte,)))


def _control(line, byte):
    """Ctrl-A to Ctrl-E."""
    if byte == _CTRL_A:
        raw()
        line.start(banner=True)
    elif byte == _CTRL_B:
        write("\n")
        line.start(banner=True)
    elif byte == CTRL_C:
        write("\n")
        line.start()
    elif byte == _CTRL_D and not line.typed:
        write("\nMPY: soft reboot\n")
        soft_reset(_SOFT_RESET)
    elif byte == _CTRL_E:
        _paste()
        line.start()


def friendly():
    """The prompt for people, until the board is reset."""
    line = _Line()
    line.start(banner=True)
    while True:
        byte = read()
        if byte in _EDITS:
            byte = line.edit(byte)
        if 1 <= byte <= 5:
            _control(line, byte)
        elif byte == 13 or (byte == 10 and line.last != 13):
            line.enter()
        elif byte in (8, 127):
            line.erase()
        else:
            line.add(byte)
        line.last = byte
