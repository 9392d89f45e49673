"""A secret of the machine goes nowhere, whoever composes; and a name is no path, whoever writes."""

from pathlib import Path

import pytest

from pipeline_copy import Copy, copy_of_the_tree

SECRET = "-".join(["secret", "of", "this", "machine"])  # not as it stands in this file
OVERRIDE = "labels.about=${oc.env:TOKEN}"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The working tree, committed, on a machine with a secret."""
    made = copy_of_the_tree(tmp_path_factory.mktemp("environment") / "copy")
    made.environment = {"TOKEN": SECRET}
    return made


def files_with(text: str, folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    ["dvc exp run -S", "dvc exp run --queue -S", "dvc exp run --temp -S", "assay sweep leak -S", "assay params"],
)
def test_what_reads_the_environment_is_refused_and_leaves_nothing(copy: Copy, command: str) -> None:
    refused = copy.run(*command.split(), OVERRIDE, fails=True)
    assert "labels.about reads the environment" in refused.stderr
    assert "docs/sharing.md" in refused.stderr
    assert SECRET not in refused.stdout + refused.stderr
    assert copy.git_status() == ""
    assert files_with(SECRET, copy.path) == []


@pytest.mark.parametrize("name", ["../escaped", "{folder}/escaped", "a/escaped"])
def test_a_sweep_writes_nowhere_but_in_its_folder(copy: Copy, name: str) -> None:
    name = name.format(folder=copy.path.parent)
    refused = copy.run("assay", "sweep", name, "-S", "model.num_leaves=2", fails=True)
    assert "is no name" in refused.stderr
    assert list(copy.path.parent.rglob("*escaped*")) == []
