"""The private environment: made once, made again when torn, and without ensurepip too."""

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SMALL = "tabulate==0.10.0\n"
ENSURE = """
import sys
from pathlib import Path
sys.path.insert(0, {repository!r})
from toolkit import environment
from toolkit.model.errors import EngineError
try:
    folder, requirements = Path({folder!r}), Path({requirements!r})
    print(environment.ensure(folder, requirements, say=lambda text: print("#", text)))
except EngineError as error:
    sys.exit(f"EngineError: {{error}}")
"""
WITHOUT = "import sys\nsys.modules.update(dict.fromkeys({names!r}))\n"


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.txt"
    path.write_text(SMALL, encoding="utf-8")
    return path


def ensure(
    folder: Path, requirements: Path, *, without: tuple[str, ...] = (), path: str = "/usr/bin:/bin"
) -> subprocess.CompletedProcess[str]:
    """Run `ensure` as the door does, in a Python that lacks the modules named in `without`."""
    stand_in = folder.parent / "lacking"
    stand_in.mkdir(exist_ok=True)
    (stand_in / "sitecustomize.py").write_text(WITHOUT.format(names=without), encoding="utf-8")
    code = ENSURE.format(
        repository=str(REPOSITORY), folder=str(folder), requirements=str(requirements)
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(stand_in), "PATH": path, "HOME": str(folder.parent)},
        capture_output=True,
        text=True,
        check=False,
    )


def imports_tabulate(python: Path) -> bool:
    done = subprocess.run([python, "-c", "import tabulate"], capture_output=True, check=False)
    return done.returncode == 0


def test_it_is_made_once_and_then_only_used(tmp_path: Path, requirements: Path) -> None:
    folder = tmp_path / "env"
    first, second = ensure(folder, requirements), ensure(folder, requirements)
    assert "# first start" in first.stdout, first.stderr
    assert second.stdout.strip() == str(folder / "bin" / "python")
    assert imports_tabulate(folder / "bin" / "python")


def test_one_that_was_interrupted_is_made_again(tmp_path: Path, requirements: Path) -> None:
    folder = tmp_path / "env"
    folder.mkdir()
    (folder / "half a file").write_text("torn", encoding="utf-8")
    done = ensure(folder, requirements)
    assert done.returncode == 0, done.stderr
    assert imports_tabulate(folder / "bin" / "python")
    assert not (folder / "half a file").exists()


def test_other_requirements_make_another_one(tmp_path: Path, requirements: Path) -> None:
    folder = tmp_path / "env"
    ensure(folder, requirements)
    requirements.write_text(SMALL + "wcwidth\n", encoding="utf-8")
    assert "# first start" in ensure(folder, requirements).stdout


def test_without_ensurepip_the_systems_pip_does_it(tmp_path: Path, requirements: Path) -> None:
    folder = tmp_path / "env"
    done = ensure(folder, requirements, without=("ensurepip",))
    assert done.returncode == 0, done.stderr
    assert imports_tabulate(folder / "bin" / "python")
    assert not (folder / "bin" / "pip").exists()


def test_without_any_pip_one_sentence_names_the_command(tmp_path: Path, requirements: Path) -> None:
    done = ensure(tmp_path / "env", requirements, without=("ensurepip", "pip"), path="/nowhere")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "sudo apt install python3-venv" in done.stderr
    assert not (tmp_path / "env").exists()


def test_a_package_that_cannot_be_had_is_one_sentence(tmp_path: Path, requirements: Path) -> None:
    requirements.write_text("tabulate==0.0.0.0.1\n", encoding="utf-8")
    done = ensure(tmp_path / "env", requirements)
    assert done.returncode == 1
    assert "pip could not install requirements.txt" in done.stderr
    requirements.write_text(SMALL, encoding="utf-8")
    assert ensure(tmp_path / "env", requirements).returncode == 0
