"""Where MicroPython comes from, tried with a package mirror that is a folder."""

import os
import shutil
import stat
import threading
from pathlib import Path

import pytest

from tests.support.boards import engine_cache
from toolkit.model.errors import EngineError
from toolkit.virtual import apt_sources, engine
from toolkit.virtual.apt_sources import Source
from toolkit.virtual.engine import Engine

_DEB822 = """\
# a comment
Types: deb deb-src
URIs: http://mirror.invalid/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 AAAA

Types: deb
URIs: http://off.invalid/
Suites: bookworm
Components: main
Enabled: no
"""
_ONE_LINE = """\
# deb http://no.invalid/ bookworm main
deb [arch=amd64 signed-by=/a.gpg] http://mirror.invalid/debian bookworm main # why
deb-src http://mirror.invalid/debian bookworm main
"""


def test_both_forms_of_source_files_are_read() -> None:
    (one,) = apt_sources.one_line_sources(_ONE_LINE)
    assert one == Source("http://mirror.invalid/debian", "bookworm", ("main",), "/a.gpg")
    first, second = apt_sources.deb822_sources(_DEB822)
    assert (first.suite, second.suite) == ("bookworm", "bookworm-updates")
    assert first.components == ("main", "contrib")
    assert "BEGIN PGP" in first.signed_by
    assert "Signed-By: \n -----BEGIN" in first.as_deb822("i386")


def test_the_installed_release_is_asked_first_then_those_after_it() -> None:
    sources = [
        Source("http://security.invalid", "bookworm-security", ("main",)),
        Source("http://mirror.invalid", "bookworm", ("main",)),
    ]
    found = apt_sources.candidates(sources, "debian", "bookworm")
    assert [source.suite for source in found][:3] == ["bookworm", "trixie", "forky"]
    assert {source.uri for source in found} == {"http://mirror.invalid"}
    assert apt_sources.candidates([], "debian", "bookworm") == []


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing but stand-ins for apt and dpkg; unpacking copies the real engine."""
    monkeypatch.delenv("MICROS_MICROPYTHON", raising=False)  # that is no package
    package = engine.provide(engine_cache(), print)
    folder = tmp_path / "bin"
    folder.mkdir()
    root = Path(package.command[-1]).parents[2]
    assert root != Path("/"), "a package's folders, not the whole of this computer"
    scripts = {
        "apt-get": 'echo "$@" >> "$LOG"; for w in "$@"; do case "$w" in Dir::Cache::archives=*) '
        'A="${w#*=}";; esac; done; case "$*" in *download-only*) case "$*" in '
        '*Architecture=${DEAD:-none}*) : > "$A/dead.deb";; *) : > "$A/one.deb";; esac;; esac',
        "apt-cache": 'echo "  Candidate: ${CANDIDATE:-1.25.0+ds-1}"',
        "dpkg-deb": f'/bin/mkdir -p "$3" && /bin/cp -a "{root}/." "$3/"; case "$2" in '
        '*dead.deb) echo "#!/bin/false" > "$3/usr/bin/micropython";; esac',
    }
    for name, body in scripts.items():
        script = folder / name
        script.write_text(f"#!/bin/sh\n{body}\n")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    return folder


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """A system that is Debian 12 and has one mirror."""
    folder = tmp_path / "etc"
    (folder / "apt").mkdir(parents=True)
    (folder / "os-release").write_text("ID=debian\nVERSION_CODENAME=bookworm\n")
    (folder / "apt" / "sources.list").write_text(_ONE_LINE)
    return folder


def test_the_package_is_unpacked_once_and_found_again(
    tools: Path, etc: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    said: list[str] = []
    first = engine.provide(cache, said.append, etc)
    assert (first.source, first.version) == ("package", "1.25.0")
    assert any("downloading" in line for line in said)
    assert engine.provide(cache, said.append, etc).source == "cache"
    assert (tmp_path / "log").read_text().count("download-only") == 1


def test_where_32_bit_programs_do_not_run_the_64_bit_one_is_taken(
    tools: Path, etc: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thirty_two = {"x86_64": "i386", "aarch64": "armhf"}[os.uname().machine]
    monkeypatch.setenv("DEAD", thirty_two)
    said: list[str] = []
    assert engine.provide(tmp_path / "cache", said.append, etc).source == "package"
    asked = [line.rpartition("(")[2] for line in said if line.startswith("downloading")]
    assert len(asked) == 2
    assert asked[0] == f"{thirty_two})"


def test_a_package_that_cannot_be_unpacked_is_one_sentence(
    tools: Path, etc: Path, tmp_path: Path
) -> None:
    (tools / "dpkg-deb").write_text('#!/bin/sh\necho "dpkg-deb: no space left" >&2\nexit 2\n')
    with pytest.raises(EngineError, match=r"one\.deb could not be unpacked: .*no space left"):
        engine.provide(tmp_path / "cache", print, etc)


def test_what_an_interrupted_run_left_is_no_engine(tools: Path, etc: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    (cache / ".unpacking" / "usr" / "bin").mkdir(parents=True)
    (cache / ".unpacking" / "usr" / "bin" / "micropython").write_text("half of it")
    (cache / "micropython-1.26.0-32").mkdir()
    assert engine.provide(cache, print, etc).source == "package"
    assert not (cache / ".unpacking").exists()


def test_two_at_once_download_once(tools: Path, etc: Path, tmp_path: Path) -> None:
    found: list[Engine] = []
    cache = tmp_path / "cache"
    threads = [
        threading.Thread(target=lambda: found.append(engine.provide(cache, lambda _: None, etc)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({each.command for each in found}) == 1
    assert (tmp_path / "log").read_text().count("download-only") == 1


def test_an_old_package_is_not_downloaded(
    tools: Path, etc: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANDIDATE", "1.19.1+ds-1")
    with pytest.raises(EngineError, match=r"no MicroPython 1\.25 or newer could be had"):
        engine.provide(tmp_path / "cache", print, etc)
    assert "download-only" not in (tmp_path / "log").read_text()


def test_offline_one_sentence_says_so(tools: Path, etc: Path, tmp_path: Path) -> None:
    (tools / "apt-get").write_text('#!/bin/sh\necho "E: no route to the mirror" >&2\nexit 100\n')
    with pytest.raises(EngineError, match=r"no route to the mirror.*connect this computer"):
        engine.provide(tmp_path / "cache", print, etc)


def test_without_apt_one_sentence_says_what_to_do(tools: Path, etc: Path, tmp_path: Path) -> None:
    (tools / "apt-get").unlink()
    with pytest.raises(EngineError, match=r"apt-get is not installed.*MICROS_MICROPYTHON"):
        engine.provide(tmp_path / "cache", print, etc)


def test_the_path_is_the_last_resort(
    tools: Path, etc: Path, tmp_path: Path, engine: Engine
) -> None:
    from toolkit.virtual.engine import provide

    (tools / "apt-get").unlink()
    wrapper = tools / "micropython"
    wrapper.write_text(f'#!/bin/sh\nexec {" ".join(engine.command)} "$@"\n')
    wrapper.chmod(0o755)
    assert provide(tmp_path / "cache", print, etc).source == "PATH"


def test_the_named_engine_is_taken_or_refused_by_name(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from toolkit.virtual.engine import provide

    monkeypatch.setenv("MICROS_MICROPYTHON", " ".join(engine.command))
    assert provide(tmp_path / "cache", print).source == "MICROS_MICROPYTHON"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").write_text(f'#!/bin/sh\nexec {" ".join(engine.command)} "$@"\n')
    (tmp_path / "mine").chmod(0o755)
    monkeypatch.setenv("MICROS_MICROPYTHON", "./mine")
    assert provide(tmp_path / "cache", print).command == (str(tmp_path / "mine"),)
    monkeypatch.setenv("MICROS_MICROPYTHON", "'half a quotation")
    with pytest.raises(EngineError, match="MICROS_MICROPYTHON names"):
        provide(tmp_path / "cache", print)
    monkeypatch.setenv("MICROS_MICROPYTHON", shutil.which("true") or "/bin/true")
    with pytest.raises(EngineError, match=r"MICROS_MICROPYTHON names '.*true'"):
        provide(tmp_path / "cache", print)


def test_a_cache_that_cannot_be_written_is_told(tools: Path, etc: Path, tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    with pytest.raises(EngineError, match="could not be stored"):
        engine.provide(blocker / "cache", print, etc)
    assert os.environ["PATH"] == str(tools)
