"""A command that starts warm is the command: its folder, words, environment, input, code, end and parents."""

import ast
import os
import re
import signal
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import psutil
import pytest

from pipeline_copy import ENVIRONMENT, warm_python
from samples import ROOT
from warm_server import LIBRARIES


def start(folder: Path, code: str, *words: str, **environment: str) -> subprocess.Popen:
    """Run a module of a package assay that is the folder's own."""
    module = folder / "src/assay/said.py"
    module.parent.mkdir(parents=True)
    (module.parent / "__init__.py").touch()
    module.write_text(f"import os, signal, sys\n{code}\n")
    return subprocess.Popen(
        [warm_python(), "-m", "assay.said", *words],
        cwd=folder,
        env={**ENVIRONMENT, "PYTHONPATH": str(folder / "src"), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_has_what_it_was_given(tmp_path: Path) -> None:
    code = "print(sys.argv[1:], os.getcwd(), os.environ['TOKEN'], sys.stdin.read(), __file__)"
    said, _ = start(tmp_path, code, "a b", TOKEN="t").communicate("given")
    assert said == f"['a b'] {tmp_path} t given {tmp_path}/src/assay/said.py\n"


@pytest.mark.parametrize(
    ("code", "exit_code", "last"),
    [
        ("pass", 0, ""),
        ("sys.exit(3)", 3, ""),
        ("sys.exit('no')", 1, "no"),
        ("os._exit(4)", 4, ""),
        ("1 / 0", 1, "ZeroDivisionError: division by zero"),
        ("os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM, ""),
        ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL, ""),
    ],
)
def test_it_ends_as_it_would(code: str, exit_code: int, last: str, tmp_path: Path) -> None:
    process = start(tmp_path, code)
    _, said = process.communicate()
    assert process.returncode == exit_code
    assert said.strip().rpartition("\n")[2] == last


@pytest.mark.parametrize("name", ["PYTHONHASHSEED", "OPENBLAS_NUM_THREADS"])
def test_what_only_a_fresh_interpreter_obeys_has_one(name: str, tmp_path: Path) -> None:
    said, _ = start(tmp_path, "print(sys.executable)", **{name: "7"}).communicate()
    assert said == f"{sys.executable}\n"


@pytest.mark.parametrize("threads", ["1", "3"])
def test_it_has_as_many_threads_as_it_was_given(threads: str, tmp_path: Path) -> None:
    libraries = "lightgbm, sklearn.ensemble, xgboost"  # the server has imported all but the first
    code = f"import {libraries}\nfrom threadpoolctl import threadpool_info\nprint(threadpool_info())"
    said, _ = start(tmp_path, code, OMP_NUM_THREADS=threads).communicate()
    openmp = [one["num_threads"] for one in ast.literal_eval(said) if one["user_api"] == "openmp"]
    assert set(openmp) == {int(threads)}


def test_its_parents_are_those_of_its_client(tmp_path: Path) -> None:
    code = "import psutil\nprint([one.pid for one in psutil.Process().parents()][:2])"
    process = start(tmp_path, code)
    assert process.communicate()[0] in (f"[{process.pid}, {os.getpid()}]\n", f"[{os.getpid()}, {os.getppid()}]\n")


def test_it_dies_with_its_client(tmp_path: Path) -> None:
    process = start(tmp_path, "print(os.getpid(), flush=True)\nsignal.pause()")
    assert process.stdout is not None
    fork = psutil.Process(int(process.stdout.readline()))
    process.kill()
    process.communicate()
    gone, _ = psutil.wait_procs([fork], timeout=60)
    assert gone == [fork]


def spelled(name: str) -> str:
    """The name of a distribution as the lock has it."""
    return re.sub("[_.]", "-", name.lower())


def test_a_fresh_environment_has_what_it_imports() -> None:
    locked = {spelled(name) for name in re.findall(r"^[\w.-]+", (ROOT / "requirements.lock").read_text(), re.M)}
    distributions = packages_distributions()
    carriers = {name: set(map(spelled, distributions[name.partition(".")[0]])) for name in LIBRARIES}
    assert [name for name, among in carriers.items() if not among & locked] == []
