"""`dvc exp run` and the stages as Hydra apps."""

from pathlib import Path

import pytest
import yaml

from assay.files import md5
from pipeline_copy import Copy


@pytest.mark.slow
def test_a_stage_with_arguments_makes_the_same_model_as_an_experiment(cheap_line: Copy, tmp_path: Path) -> None:
    by_dvc, direct = cheap_line.fork(tmp_path / "by_dvc"), cheap_line.fork(tmp_path / "direct")
    by_dvc.run("dvc", "exp", "run", "-S", "model=hist_gbm", "train")
    direct.stage("train", "model=hist_gbm")
    assert md5(direct.path / "models") == by_dvc.hashes()["models"] != cheap_line.hashes()["models"]


@pytest.mark.slow
def test_a_stage_with_arguments_leaves_no_folders_behind(line: Copy, tmp_path: Path) -> None:
    copy = line.fork(tmp_path / "multirun")
    before = sorted(path.name for path in copy.path.iterdir())
    copy.stage("split", "-m", "split.test_from=1986-07-01,1986-08-01")
    copy.stage("split", "split.test_from=1986-08-01")
    assert sorted(path.name for path in copy.path.iterdir()) == before


@pytest.mark.parametrize(
    ("override", "named"),
    [
        ("model.num_leaves=abc", "model.num_leaves"),
        ("model.num_leave=3", "there is no key model.num_leave: did you mean model.num_leaves?"),
        ("model=xgbost", "there is no model=xgbost: did you mean model=xgboost?"),
        ("criteria.min_recall=1.5", "criteria.min_recall=1.5"),
        ("split.test_from=1985-01-01", "split.test_from"),
        ("dataset.rules.both_queries.where='@pd.io.common.os.getcwd()'", "dataset.rules.both_queries.where: '@'"),
        ("dataset.rules.both_queries.where='agee > 50'", "no column 'agee' (meant: age?) at character 1"),
        ("dataset.knowledge=antigravity", "dataset.knowledge='antigravity'"),
        ("dataset.rule=os.getcwd", "dataset.rule='os.getcwd'"),
        ("model._target_=os.getcwd", "model._target_='os.getcwd'"),
    ],
)
def test_a_wrong_override_is_refused_before_anything_runs(line: Copy, override: str, named: str) -> None:
    refused = line.run("dvc", "exp", "run", "-S", override, fails=True)
    assert named in refused.stderr
    assert "use +" not in refused.stderr
    assert "Running stage" not in refused.stdout
    assert line.git_status() == ""


@pytest.mark.slow
def test_a_model_in_a_yaml_file_of_its_own(cheap: Copy) -> None:
    (cheap.path / "conf/model/naive_bayes.yaml").write_text(
        "name: naive_bayes\nthreshold: null\n_target_: assay.modelling.zoo.logistic\nC: 0.5\n"
    )
    cheap.run("dvc", "exp", "run", "-S", "model=naive_bayes", "-S", "model.C=0.1", "train")
    assert yaml.safe_load((cheap.path / "params.yaml").read_text())["model"]["C"] == 0.1
