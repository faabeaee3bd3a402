"""The operating system's MicroPython package, downloaded beside the system without root.

apt is given lists, caches and a package status of its own, so nothing of the system changes, and
apt itself checks the signatures. The package is unpacked with its libraries and started through
its own loader, so it runs on an older release too.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from toolkit.model.errors import EngineError
from toolkit.virtual import apt_sources
from toolkit.virtual.apt_sources import Source

_APT_SECONDS = 180
_TOOLS = ("apt-get", "apt-cache", "dpkg-deb")
_OFFLINE = ("Could not connect", "Could not resolve", "Temporary failure", "timed out", "no answer")
# 32-bit first: objects are as large there as on a board, so memory figures mean something.
_ARCHITECTURES = {
    "x86_64": ("i386", "amd64"),
    "i686": ("i386",),
    "aarch64": ("armhf", "arm64"),
    "armv7l": ("armhf",),
}


def unpack(
    target: Path,
    report: Callable[[str], None],
    usable: Callable[[str], bool],
    runs: Callable[[tuple[str, ...]], bool],
    etc: Path,
) -> tuple[str, ...]:
    """Unpack the first usable package that runs here below `target`; the command that runs it.

    `usable` tells from a version such as `1.25.0+ds-1` whether it is worth the download, `runs`
    tries a command: a processor or kernel may know no 32-bit programs.
    `etc` is where the system says what it is and which mirror it uses.
    """
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing:
        raise EngineError(f"{missing[0]} is not installed, so no package can be downloaded")
    family, codename = apt_sources.release(etc / "os-release")
    sources = apt_sources.candidates(apt_sources.configured(etc / "apt"), family, codename)
    if not sources:
        raise EngineError("this system's package mirror is not known")
    said: list[str] = []
    for architecture in _ARCHITECTURES.get(os.uname().machine, ()):
        for source in sources:
            report(f"asking {source.suite} for MicroPython ({architecture})")
            with tempfile.TemporaryDirectory(prefix="micros-apt-") as folder:
                try:
                    apt = _Apt(Path(folder), source, architecture)
                    version = apt.version_of("micropython")
                    if not usable(version):
                        said.append(f"{source.suite} has {version or 'none'}")
                        continue
                    report(f"downloading MicroPython {version} ({architecture})")
                    apt.download("micropython")
                    command = _unpack_all(apt.packages(), target)
                    if runs(command):
                        return command
                    said.append(f"the package for {architecture} does not run here")
                    break
                except _AptError as error:
                    if any(sign in str(error) for sign in _OFFLINE):
                        # The other releases lie on the same mirror: each would wait as long.
                        raise EngineError(str(error)) from error
                    said.append(f"{source.suite}: {error}")
    reason = said[-1] if said else f"no package exists for {os.uname().machine}"
    raise EngineError(reason)


class _AptError(Exception):
    """apt could not do it; the text is its own last error line."""


class _Apt:
    """One apt run of its own: one source, one architecture, nothing of the system's state."""

    def __init__(self, folder: Path, source: Source, architecture: str) -> None:
        for name in ("sources.d", "lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True)
        stanza = source.as_deb822(architecture)
        (folder / "sources.d" / "own.sources").write_text(stanza)
        self._archives = folder / "cache" / "archives"
        options = {
            "Dir::Etc::sourcelist": "/dev/null",
            "Dir::Etc::sourceparts": str(folder / "sources.d"),
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::State::lists": str(folder / "lists"),
            "Dir::State::status": "/dev/null",
            "Dir::State::extended_states": str(folder / "extended_states"),
            "Dir::Cache": str(folder / "cache"),
            "Dir::Cache::archives": str(self._archives),
            "Debug::NoLocking": "1",
            "APT::Architecture": architecture,
            "APT::Architectures": architecture,
            "APT::Install-Recommends": "0",
            "APT::Install-Suggests": "0",
            "Acquire::Languages": "none",
            "Acquire::Retries": "2",
            "Acquire::http::Timeout": "20",
            "APT::Update::Error-Mode": "any",
        }
        if os.geteuid() == 0:
            # The download user may not enter a private temporary folder; the sandbox is of no use.
            options["APT::Sandbox::User"] = "root"
        self._options = [
            part for key, value in options.items() for part in ("-o", f"{key}={value}")
        ]
        self._run("apt-get", "update", "-q")

    def version_of(self, package: str) -> str:
        """The version the index names, or "" when it has none."""
        for line in self._run("apt-cache", "policy", package).splitlines():
            key, _, value = line.strip().partition(": ")
            if key == "Candidate":
                return "" if value == "(none)" else value
        return ""

    def download(self, package: str) -> None:
        """Fetch the package with everything it depends on."""
        self._run("apt-get", "install", "-y", "-q", "--download-only", package)

    def packages(self) -> list[Path]:
        """The files that were downloaded."""
        return sorted(self._archives.glob("*.deb"))

    def _run(self, tool: str, *words: str) -> str:
        command = [tool, *self._options, *words]
        environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
        try:
            done = subprocess.run(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_APT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise _AptError(f"no answer for {_APT_SECONDS} s") from error
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if line.startswith(("E:", "W:"))]
            raise _AptError(lines[0][2:].strip() if lines else f"{tool} failed")
        return done.stdout


def _unpack_all(packages: list[Path], target: Path) -> tuple[str, ...]:
    shutil.rmtree(target, ignore_errors=True)  # one of another architecture that does not run
    for package in packages:
        command = ["dpkg-deb", "-x", str(package), str(target)]
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False
        )
        if done.returncode:
            reason = done.stderr.strip().splitlines() or ["no message"]
            raise EngineError(f"{package.name} could not be unpacked: {reason[-1]}")
    shutil.rmtree(target / "usr" / "share", ignore_errors=True)
    return command_below(target)


def command_below(root: Path) -> tuple[str, ...]:
    """How to start the MicroPython unpacked below `root`: its own loader, its own libraries."""
    loader = next(
        (p for p in sorted(root.rglob("ld-linux*.so*")) if p.is_file() and not p.is_symlink()), None
    )
    libc = next((p for p in sorted(root.rglob("libc.so.6")) if p.is_file()), None)
    binary = root / "usr" / "bin" / "micropython"
    if loader is None or libc is None or not binary.is_file():
        return ()
    return str(loader), "--library-path", str(libc.parent), str(binary)
