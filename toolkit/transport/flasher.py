"""Flashing by esptool, run as a process of its own: the one file that knows its words.

esptool is GPL and we are MIT, so it is called as the program it is and never imported.
"""

import os
import re
import struct
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from toolkit.model import chip as chips
from toolkit.model.chip import Chip
from toolkit.model.errors import FlashError, InputError
from toolkit.model.progress import Progress, finished
from toolkit.model.undisturbed import undisturbed
from toolkit.transport import port as serial_port

CHIPS = {name: family for name, family in chips.FAMILIES.items() if name.startswith("ESP")}
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_FACTS = {
    "chip": re.compile(r"^Connected to (\S+) on ", re.MULTILINE),
    # An ESP32-C6 has a longer one as well, and tells that first.
    "mac": re.compile(r"^(?:BASE )?MAC:\s+((?:[0-9a-f]{2}:){5}[0-9a-f]{2})\s*$", re.MULTILINE),
    "flash": re.compile(r"^Detected flash size:\s+(\d\S+)", re.MULTILINE),
    "kind": re.compile(r"^Chip type:\s+([^\s(]+)", re.MULTILINE),
    "revision": re.compile(r"^Chip type:.*\(revision (\S+)\)", re.MULTILINE),
    "features": re.compile(r"^Features:\s+(.+)$", re.MULTILINE),
}
_BOOT = " (hold the BOOT button while it connects, and check the cable)"
_GONE = " (check cable and power, then repeat the command)"
_ADVICE = (
    ("No serial data received", _BOOT),
    ("Failed to connect", _BOOT),
    ("No more data to read", _GONE),
    ("serial exception", _GONE),
    ("Could not open", _GONE),
)
_LOCKED = ("Active security features", "Secure Boot detected", "Secure Download Mode")
_MAGIC = 0xE9
_TABLE = 0x8000  # where a partition table lies
_OTADATA = b"\x01\x00"  # type and subtype in it
_IMAGE_CHIP = re.compile(r"^Detected image type:\s+(\S+)", re.MULTILINE | re.IGNORECASE)


class Locked(FlashError):
    """The fuses of a chip, which nothing can undo, keep MicroPython from it."""


class Flasher:
    """One board's flash, through its serial port."""

    def __init__(self, device: str, baud: int = 460800) -> None:
        self._device = device
        self._baud = baud

    def identify(self) -> Chip:
        """Ask the chip what it is and has; FlashError when no ESP chip answers.

        It costs one reset: afterwards what is in the flash starts again.
        """
        text = "\n".join(self._run("flash-id"))
        facts = {name: pattern.search(text) for name, pattern in _FACTS.items()}
        found = {name: match.group(1) if match else "" for name, match in facts.items()}
        family = CHIPS.get(found["chip"].upper(), "")
        if not family or not found["mac"]:
            raise FlashError(
                f"the chip on {self._device} is {found['chip'] or 'not recognised'}: "
                f"expected one of {', '.join(CHIPS)}"
            )
        psram = chips.psram(family, found["features"])
        names = found["kind"], found["revision"]
        return Chip(family, found["mac"], found["flash"], *names, psram)

    def erase(self) -> Iterator[Progress]:
        """Erase the whole flash."""
        yield Progress("erase", note=self._device)
        for _ in self._run("erase-flash"):
            pass
        yield finished("erase")

    def write(self, image: Path, offset: int) -> Iterator[Progress]:
        """Write a firmware image to `offset` (bytes from the flash's start)."""
        yield Progress("flash", note=image.name)
        for line in self._run("write-flash", hex(offset), str(image)):
            percent = _PERCENT.search(line)
            if percent and float(percent.group(1)) < 100:
                yield Progress("flash", int(float(percent.group(1))), 100, "%", image.name)
        yield finished("flash", image.name)

    def verify(self, image: Path, offset: int) -> Iterator[Progress]:
        """Compare the flash with a firmware image; FlashError when they differ.

        What the boot loader itself writes at the first start is left out.
        """
        yield Progress("verify", note=image.name)
        with tempfile.TemporaryDirectory() as folder:
            pairs: list[str] = []
            for at, piece in lasting(image.read_bytes(), offset):
                path = Path(folder) / f"{at:x}-{image.name}"
                path.write_bytes(piece)
                pairs += [hex(at), str(path)]
            for _ in self._run("verify-flash", *pairs):
                pass
        yield finished("verify")

    def _run(self, *command: str) -> Iterator[str]:
        """Run esptool; its output line by line, FlashError when it fails."""
        serial_port.open_port(self._device).close()  # esptool would not say why it cannot
        arguments = ["--port", self._device, "--baud", str(self._baud), *command]
        try:
            yield from _esptool(arguments, f"{command[0]} on {self._device}")
        except FlashError as error:
            if not any(words in str(error) for words in _LOCKED):
                raise
            raise Locked(
                f"the chip on {self._device} is locked for good: its secure boot or flash "
                "encryption is on, so no MicroPython of ours would start on it; its flash was not "
                "touched"
            ) from error


def lasting(content: bytes, offset: int) -> list[tuple[int, bytes]]:
    """The pieces of an image, with their places, that are in the flash after the first start too.

    Its partition table may name one that says which firmware starts: the boot loader fills it.
    """
    at = _TABLE - offset
    while content[at : at + 2] == b"\xaa\x50":
        if content[at + 2 : at + 4] == _OTADATA:
            begin, size = struct.unpack_from("<II", content, at + 4)
            cut = begin - offset, begin + size - offset
            pieces = [(offset, content[: cut[0]]), (begin + size, content[cut[1] :])]
            return [piece for piece in pieces if piece[1]]
        at += 32
    return [(offset, content)]


def check_image(image: Path, family: str) -> None:
    """InputError unless `image` is a firmware image for `family`, by esptool's own reading."""
    check_file(image)
    try:
        text = "\n".join(_esptool(["--chip", "auto", "image-info", str(image)], "image-info"))
    except FlashError as error:
        raise InputError(f"{image} is not a whole firmware image: {error}") from error
    if "(invalid" in text:
        raise InputError(f"{image} is damaged: its checksum is not that of its content")
    made_for = _IMAGE_CHIP.search(text)
    if made_for and CHIPS.get(made_for.group(1).upper()) != family:
        raise InputError(f"{image.name} is made for {made_for.group(1)}, and the board is {family}")


def check_file(image: Path) -> None:
    """InputError unless `image` may be a firmware image, as far as its first byte tells."""
    try:
        if image.exists() and not image.is_file():
            raise InputError(f"cannot read the firmware {image}: it is not a file")
        with open(image, "rb") as file:
            first = file.read(1)
    except OSError as error:
        raise InputError(f"cannot read the firmware {image}: {error.strerror}") from error
    if first != bytes([_MAGIC]):
        raise InputError(
            f"{image} is not a firmware image for an ESP chip: "
            f"expected its first byte to be e9, got {first.hex() or 'an empty file'}"
        )


def _esptool(arguments: list[str], what: str) -> Iterator[str]:
    said: list[str] = []
    with _process([sys.executable, "-m", "esptool", *arguments]) as process:
        for raw in process.stdout or ():
            line = raw.strip()
            said.append(line)
            yield line
    if process.returncode != 0:
        raise FlashError(f"esptool {what} failed: {_reason(said)}")


@contextmanager
def _process(command: list[str]) -> Generator[subprocess.Popen[str]]:
    """A process until its end; whoever leaves early leaves nobody behind who writes to the board.

    A signal may come at any moment, also while it is born. Where we are killed it goes on, and
    with our open files it has our hold on the board, too.
    """
    with ExitStack() as after:
        with undisturbed():
            process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                close_fds=os.name != "posix",
            )
            after.enter_context(process)
            after.callback(process.kill)
        yield process
        process.wait()


def _reason(said: list[str]) -> str:
    """The sentence esptool failed with, without its own prefix."""
    errors = [line for line in said if "error" in line.lower() and not line.startswith("Note:")]
    text = (errors or [line for line in said if line] or ["no message"])[-1]
    text = text.replace("ERROR: ", "").replace("A fatal error occurred: ", "")
    text = text.partition(" This can have many causes")[0]
    return text + next((advice for words, advice in _ADVICE if words in text), "")
