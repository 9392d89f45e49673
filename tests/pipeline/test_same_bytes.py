"""The same bytes in any folder, for any hash seed and any number of threads."""

import pytest

from pipeline_copy import Copy

MODELS = ["majority", "rule", "random_forest", "hist_gbm"]


@pytest.fixture(scope="module")
def pair(line: Copy, tmp_path_factory: pytest.TempPathFactory) -> tuple[Copy, Copy]:
    """Two clones, one in a folder with a space in its name, under different hash seeds and thread counts."""
    folder = tmp_path_factory.mktemp("pair")
    return (
        line.fork(folder / "one", PYTHONHASHSEED="1", OMP_NUM_THREADS="1"),
        line.fork(folder / "the other", PYTHONHASHSEED="7", OMP_NUM_THREADS="2"),
    )


FEW_RESAMPLES = "evaluation.resamples=200"  # resamples are the same for every model: the first test has them all


def forced(pair: tuple[Copy, Copy], *choices: str) -> list[dict[str, str]]:
    """The hashes of both after a forced run of everything, side by side."""
    for copy in pair:
        copy.run("assay", "params", *choices)
    for process in [copy.start("dvc", "repro", "--force", "--quiet") for copy in pair]:
        _, err = process.communicate()
        assert process.returncode == 0, err
    return [copy.hashes() for copy in pair]


def test_xgboost_as_committed(pair: tuple[Copy, Copy], line: Copy) -> None:
    one, other = forced(pair)
    assert one == other == line.hashes()


def test_logistic(pair: tuple[Copy, Copy]) -> None:
    one, other = forced(pair, "model=logistic", FEW_RESAMPLES)
    assert one == other


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_every_other_model_of_the_zoo(pair: tuple[Copy, Copy], model: str) -> None:
    one, other = forced(pair, f"model={model}", FEW_RESAMPLES)
    assert one == other
