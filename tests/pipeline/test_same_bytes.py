"""The same bytes in any folder, for any hash seed and any number of threads: every model of the zoo.

xgboost, as committed, from raw records to reports: the line of these tests ran in one folder (conftest.py),
`assay verify` runs it in another (test_verify.py), and both must give what is committed.
"""

import pytest

from pipeline_copy import Copy

MODELS = ["majority", "rule", "logistic", "random_forest", "hist_gbm"]


@pytest.fixture(scope="module")
def pair(cheap_line: Copy, tmp_path_factory: pytest.TempPathFactory) -> tuple[Copy, Copy]:
    """Two copies, one in a folder with a space in its name, under different hash seeds and thread counts."""
    folder = tmp_path_factory.mktemp("pair")
    return (
        cheap_line.fork(folder / "one", PYTHONHASHSEED="1", OMP_NUM_THREADS="1"),
        cheap_line.fork(folder / "the other", PYTHONHASHSEED="7", OMP_NUM_THREADS="2"),
    )


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_every_other_model_of_the_zoo(pair: tuple[Copy, Copy], model: str) -> None:
    for copy in pair:
        copy.run("assay", "params", f"model={model}")
    forced = ("dvc", "repro", "--force", "--single-item", "--quiet", "train", "evaluate")
    for process in [copy.start(*forced) for copy in pair]:
        _, err = process.communicate()
        assert process.returncode == 0, err
    one, other = (copy.hashes() for copy in pair)
    assert one == other
