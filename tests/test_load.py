"""`assay.load` costs nothing until it is called, and the notebook that shows it runs."""

import json
import subprocess
import sys

from samples import ROOT

NOTEBOOK = ROOT / "docs/experiments.ipynb"
HEAVY = {"numpy", "pandas", "dvc", "sklearn", "pyarrow", "assay.overview"}


def test_importing_the_package_imports_nothing_heavy() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import assay, sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    assert not HEAVY & set(said.stdout.split())


def test_the_notebook_is_one_and_was_committed_without_outputs() -> None:
    notebook = json.loads(NOTEBOOK.read_text())
    assert (notebook["nbformat"], notebook["metadata"]["kernelspec"]["name"]) == (4, "python3")
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(cells) > 3
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
