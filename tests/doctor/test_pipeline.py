"""DVC's own files in a clone; how each is mended when it is broken: test_broken.py."""

import pytest

from assay.doctor import pipeline
from assay.doctor.clone import Clone
from pipeline_copy import Copy


@pytest.mark.parametrize("name", [".dvc/config", ".dvc/config.local"])
@pytest.mark.parametrize("line", ["[core", "no key", "['remote \"x\"'"])
def test_a_configuration_that_dvc_cannot_read_is_named(clone: Copy, name: str, line: str) -> None:
    with (clone.path / name).open("a") as file:
        file.write(f"{line}\n")
    [found] = pipeline.configuration(Clone(clone.path))
    assert (found.where, found.what.partition(":")[0]) == (name, "DVC cannot read it")
