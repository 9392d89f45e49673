"""The pinned code path of the numeric libraries."""

import os
import subprocess
import sys

import pytest

from assay.arithmetic import PINNED


def seen(name: str, **environment: str) -> str:
    """The value of a variable after `import assay` in a fresh process."""
    clean = {key: value for key, value in os.environ.items() if key not in PINNED}
    code = f"import assay, os; print(os.environ[{name!r}])"
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, env={**clean, **environment}, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.mark.parametrize("name", PINNED)
def test_importing_the_package_pins(name: str) -> None:
    assert seen(name) == PINNED[name]


def test_a_variable_that_is_set_already_is_left_alone() -> None:
    assert seen("OPENBLAS_CORETYPE", OPENBLAS_CORETYPE="Zen") == "Zen"


def test_the_package_pins_before_numpy_loads() -> None:
    code = "import sys, assay; print('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
