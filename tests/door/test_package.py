"""The package: a wheel with all that the product is made of, which works away from any clone.

Among all other tests the wheel is only unpacked, and what the clone has compiled of the same
sources is at hand; in full pip installs it into an environment of its own.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

from benchmarks.nodes import run_to_end
from tests.support.boards import engine  # noqa: F401 - a fixture
from tests.support.sweep import chosen, full
from toolkit.model import release
from toolkit.operations.build import build as compile_for
from toolkit.virtual.engine import Engine

REPOSITORY = Path(__file__).resolve().parents[2]
VERSION = release.shown(release.identity().release)
BESIDE = ("micros", "profiles", "examples")  # folders of a clone that a package has inside
HELD = {".py", ".jsonl", ".txt", ".json", ".md"}


def build(kind: str, source: Path, target: Path) -> Path:
    """Build a wheel or an sdist of `source` by the project's own build system."""
    words = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target)]
    done = subprocess.run(words, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (made,) = target.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", REPOSITORY, tmp_path_factory.mktemp("wheel"))


def unpacked(archive: Path, target: Path) -> Path:
    with ZipFile(archive) as files:
        files.extractall(target)
    return target


def ours(folder: Path) -> set[str]:
    """The files of a folder that are the product's, by their names in it."""
    found = (it.relative_to(folder) for it in folder.rglob("*") if it.suffix in HELD)
    return {it.as_posix() for it in found if "__pycache__" not in it.parts}


@dataclass(frozen=True)
class Installed:
    """An installed package: the words that start it, where, and in which surroundings."""

    command: Sequence[str]
    site: Path
    elsewhere: Path
    environment: dict[str, str]

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.command, *arguments],
            cwd=self.elsewhere,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def ok(self, *arguments: str) -> str:
        done = self(*arguments)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Sequence[str], Path]:
    """A wheel, installed: the command that starts it, and where its files are."""
    folder = tmp_path_factory.mktemp("installed")
    if not full():
        return [sys.executable, "-m", "toolkit"], unpacked(wheel, folder / "site")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    pip = [str(folder / "venv/bin/pip"), "install", "--quiet", "--no-input", str(wheel)]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (site,) = (folder / "venv/lib").glob("python3*/site-packages")
    return [str(folder / "venv/bin/devtoolkit")], site


@pytest.fixture
def package(
    installed: tuple[Sequence[str], Path], tmp_path: Path, engine: Engine
) -> Iterator[Installed]:
    command, site = installed
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {
        **{name: value for name, value in os.environ.items() if name != "MICROS_USER_DATA"},
        "MICROS_MICROPYTHON": shlex.join(engine.command),
        "MICROS_NETWORKS": "127.0.0.0/32",
        "PYTHONPATH": "" if full() else str(site),
        "XDG_DATA_HOME": str(tmp_path / "data"),
    }
    package = Installed(command, site, elsewhere, environment)
    yield package
    package("--virtual", "--stop")


def already_compiled(target: Path) -> None:
    """Put there what this clone compiles of the same sources: to find it anew takes seconds."""
    clones = run_to_end(compile_for("esp32")).folder
    shutil.copytree(clones, target / "esp32")
    shutil.copy(clones.with_name("identifiers.json"), target)


def test_a_wheel_has_all_of_the_product_and_nothing_else(wheel: Path, tmp_path: Path) -> None:
    inside = unpacked(wheel, tmp_path) / "toolkit"
    for name in BESIDE:
        assert ours(inside / "product" / name) == ours(REPOSITORY / name)
    own = {it for it in ours(inside) if not it.startswith("product/")}
    assert own == ours(REPOSITORY / "toolkit")
    assert "virtual/firmware/machine.py" in own
    assert (inside / "product/micros/core/help.txt").is_file()
    kinds = {Path(name).suffix for name in ZipFile(wheel).namelist()}
    assert not kinds & {".mpy", ".pyc", ".bin"}
    about = f"{wheel.name.removesuffix('-py3-none-any.whl')}.dist-info"
    assert {it.name for it in tmp_path.iterdir()} == {"toolkit", about}
    (licence,) = tmp_path.glob("*.dist-info/licenses/LICENSE")
    assert licence.read_bytes() == (REPOSITORY / "LICENSE").read_bytes()
    (points,) = tmp_path.glob("*.dist-info/entry_points.txt")
    assert "devtoolkit = toolkit.__main__:run" in points.read_text("utf-8")


def test_a_package_asks_for_what_a_clone_is_set_up_with() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    lines = (REPOSITORY / "requirements.txt").read_text("utf-8").splitlines()
    assert project["dependencies"] == [line for line in lines if not line.startswith("#")]


def test_a_package_makes_a_node_away_from_any_clone(package: Installed, tmp_path: Path) -> None:
    before = ours(package.site / "toolkit")
    data = tmp_path / "data" / "devtoolkit"
    if not full():
        already_compiled(data / "build")
    assert package.ok("--version") == f"package    {VERSION}\n"
    made = package.ok("--make", "--virtual", "--yes")
    assert "connect with: devtoolkit -c -p '--dev node01'" in made
    assert package.ok("-c", "-p", "--dev node01 version") == f"{VERSION}\n"
    assert package.ok("--virtual", "--stop") == "stopped: esp32-1\n"
    assert ours(package.site / "toolkit") == before
    assert list(package.site.rglob("*.mpy")) == []
    assert list(package.elsewhere.iterdir()) == []
    assert (data / "build/esp32/manifest.json").is_file()
    assert (data / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_package_says_that_tests_need_a_clone(package: Installed) -> None:
    done = package("--test")
    sentence = "devToolKit: --test needs a clone of the repository: a package has no tests in it\n"
    assert (done.returncode, done.stderr) == (2, sentence)


def test_an_sdist_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    """Without git, and without what only a clone has."""
    with tarfile.open(build("sdist", REPOSITORY, tmp_path)) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    assert not (source / ".git").exists()
    again = build("wheel", source, tmp_path / "again")
    assert again.name == wheel.name
    with ZipFile(wheel) as first, ZipFile(again) as second:
        assert sorted(first.namelist()) == sorted(second.namelist())
        compared = chosen(first.namelist(), 50, 45)
        assert [it for it in compared if first.read(it) != second.read(it)] == []
