"""The private environment: made once, made again when torn, and without ensurepip too.

pip is real; its index is a folder with one small package, so that nothing is asked of a network.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SMALL = "at_hand==1.0\n"
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
QUICK = ("ensurepip",)  # which takes seconds to unpack a pip of its own
WITHOUT = "import sys\nsys.modules.update(dict.fromkeys({names!r}))\n"


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    for version in ("1.0", "2.0"):
        make_wheel(tmp_path / "index", version)
    path = tmp_path / "requirements.txt"
    path.write_text(SMALL, encoding="utf-8")
    return path


def make_wheel(folder: Path, version: str) -> None:
    """The smallest package that pip installs."""
    folder.mkdir(exist_ok=True)
    facts = f"at_hand-{version}.dist-info"
    with ZipFile(folder / f"at_hand-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr("at_hand.py", "")
        wheel.writestr(
            f"{facts}/METADATA", f"Metadata-Version: 2.1\nName: at_hand\nVersion: {version}\n"
        )
        wheel.writestr(
            f"{facts}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{facts}/RECORD", "")


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
        env={
            "PYTHONPATH": str(stand_in),
            "PATH": path,
            "HOME": str(folder.parent),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(requirements.parent / "index"),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def works(python: Path) -> bool:
    done = subprocess.run([python, "-c", "import at_hand"], capture_output=True, check=False)
    return done.returncode == 0


def test_it_is_made_once_and_then_only_used(tmp_path: Path, requirements: Path) -> None:
    folder = tmp_path / "env"
    first, second = ensure(folder, requirements), ensure(folder, requirements)
    assert "# first start" in first.stdout, first.stderr
    assert second.stdout.strip() == str(folder / "bin" / "python")
    assert works(folder / "bin" / "python")


def test_one_that_was_interrupted_is_made_again(tmp_path: Path, requirements: Path) -> None:
    folder = tmp_path / "env"
    folder.mkdir()
    (folder / "half a file").write_text("torn", encoding="utf-8")
    done = ensure(folder, requirements)
    assert done.returncode == 0, done.stderr
    assert works(folder / "bin" / "python")
    assert not (folder / "half a file").exists()


def test_other_requirements_make_another_one(tmp_path: Path, requirements: Path) -> None:
    folder = tmp_path / "env"
    ensure(folder, requirements, without=QUICK)
    requirements.write_text(SMALL.replace("1.0", "2.0"), encoding="utf-8")
    assert "# first start" in ensure(folder, requirements, without=QUICK).stdout


def test_without_ensurepip_the_systems_pip_does_it(tmp_path: Path, requirements: Path) -> None:
    folder = tmp_path / "env"
    done = ensure(folder, requirements, without=("ensurepip",))
    assert done.returncode == 0, done.stderr
    assert works(folder / "bin" / "python")
    assert not (folder / "bin" / "pip").exists()


def test_without_any_pip_one_sentence_names_the_command(tmp_path: Path, requirements: Path) -> None:
    done = ensure(tmp_path / "env", requirements, without=("ensurepip", "pip"), path="/nowhere")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "sudo apt install python3-venv" in done.stderr
    assert not (tmp_path / "env").exists()


def test_a_package_that_cannot_be_had_is_one_sentence(tmp_path: Path, requirements: Path) -> None:
    requirements.write_text("at_hand==3.0\n", encoding="utf-8")
    done = ensure(tmp_path / "env", requirements, without=QUICK)
    assert done.returncode == 1
    assert "pip could not install requirements.txt" in done.stderr
    requirements.write_text(SMALL, encoding="utf-8")
    assert ensure(tmp_path / "env", requirements, without=QUICK).returncode == 0


def test_ctrl_c_while_python_starts_is_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED.format(repository=str(REPOSITORY))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize(
    ("door", "imported"), [(["devToolKit.py"], "pathlib"), (["-m", "toolkit"], "traceback")]
)
def test_ctrl_c_while_the_door_imports_is_no_traceback(
    door: list[str], imported: str, tmp_path: Path
) -> None:
    (tmp_path / f"{imported}.py").write_text("import os\nos.kill(os.getpid(), 2)\nprint('on')\n")
    done = subprocess.run(
        [sys.executable, "-S", *door, "--help"],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


def test_the_help_loads_nothing_large_that_it_does_not_need() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "toolkit.cli.helping" in loaded
    assert not loaded & {"asyncio", "esptool", "jsonschema", "prompt_toolkit", "serial", "tabulate"}


_LOADED = """
import sys
from toolkit.cli.main import main
main(["--help"])
print(*sys.modules)
"""
_INTERRUPTED = """
import os, signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run aside
signal.pthread_sigmask(signal.SIG_BLOCK, {{signal.SIGINT}})  # as the door does
os.kill(os.getpid(), signal.SIGINT)
sys.path.insert(0, {repository!r})
import devToolKit
devToolKit.VENV = Path(sys.prefix)
sys.argv = ["devToolKit.py", "--version"]
try:
    sys.exit(devToolKit.main())
except KeyboardInterrupt:
    sys.exit(130)
"""
