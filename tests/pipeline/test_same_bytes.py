"""The same bytes in any folder, for any hash seed and any number of threads: every model of the zoo.

The default model, as committed, from raw records to reports: the line of these tests ran in one folder (conftest.py),
`assay verify` runs it in another (test_verify.py), and both must give what is committed.
"""

from pathlib import Path

import pytest

from pipeline_copy import Copy, hashes

MODELS = "majority,rule,random_forest,hist_gbm,lightgbm"  # beside the logistic of the cheap line


@pytest.mark.slow
def test_every_other_model_of_the_zoo(cheap_line: Copy, tmp_path: Path) -> None:
    # A sweep gives each of its workers an equal share of the threads: one of them all, two of them half each.
    copies = {
        "1": cheap_line.fork(tmp_path / "one", PYTHONHASHSEED="1"),
        "2": cheap_line.fork(tmp_path / "the other", PYTHONHASHSEED="7"),
    }
    found = []
    for workers, copy in copies.items():
        copy.run("assay", "sweep", "zoo", "-S", f"model={MODELS}", "-j", workers)
        found.append({name: hashes(copy.run("git", "show", f"{ref}:dvc.lock").stdout) for name, ref in refs(copy)})
    one, other = found
    assert one == other
    assert len({outputs["models"] for outputs in one.values()}) == len(MODELS.split(","))


def refs(copy: Copy) -> list[tuple[str, str]]:
    """Name and git reference of every experiment."""
    listed = copy.run("git", "for-each-ref", "--format=%(refname)", "refs/exps").stdout.split()
    return [(ref.rpartition("/")[2], ref) for ref in listed]
