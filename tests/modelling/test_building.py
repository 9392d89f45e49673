"""From a configuration to an estimator, and to nothing else."""

import re
import sys
from pathlib import Path

import pytest
import yaml
from sklearn.ensemble import RandomForestClassifier
from sklearn.preprocessing import StandardScaler

from assay.bundle.scoring import score
from assay.errors import AssayError
from assay.modelling import building
from assay.modelling.building import build
from assay.modelling.fitting import fitted
from modelling_samples import configured, labelled
from samples import ROOT

FOREST = {"_target_": "sklearn.ensemble.RandomForestClassifier", "n_estimators": 7}
EVIL = """
from pathlib import Path
Path("executed").touch()
class Model:
    fit = get_params = set_params = None
"""


@pytest.fixture
def evil(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module that leaves a file behind when it is imported."""
    (here / "evil_module.py").write_text(EVIL)
    monkeypatch.syspath_prepend(here)
    monkeypatch.delitem(sys.modules, "evil_module", raising=False)
    return here / "executed"


@pytest.mark.parametrize(
    "error",
    [MemoryError(), ImportError("failed to map a segment", name="scipy.sparse"), ModuleNotFoundError(name="catboost")],
)
def test_what_the_machine_lacks_is_no_fault_of_the_parameters(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(path: str) -> None:
        raise error

    monkeypatch.setattr(building, "import_module", absent)
    with pytest.raises(type(error)):
        build({"name": "any", **FOREST})


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("evil_module.Model", "model._target_='evil_module.Model' is neither"),
        ("os.mkdir", "model._target_='os.mkdir' is neither"),
        ("sklearn.utils.os.mkdir", "No module named"),
        ("sklearn.os", "is no estimator"),
        ("sklearn.ensemble.NoSuchModel", "is no estimator"),
        ("sklearn.utils.parallel.delayed", "is no estimator"),
        ("sklearn.datasets.load_files", "is no estimator"),
        ("sklearn.datasets.fetch_openml", "is no estimator"),
        ("sklearn.externals.joblib.load", "No module named"),
        ("sklearn.pipeline.Parallel", "is no estimator"),
        ("sklearn.pipeline.check_memory", "is no estimator"),
        ("sklearn.utils.Bunch", "is no estimator"),
        ("xgboost.Booster", "is no estimator"),
        ("xgboost.core.ctypes", "is no estimator"),
        ("xgboost.DMatrix", "is no estimator"),
        ("lightgbm.Booster", "is no estimator"),
        ("lightgbm.train", "is no estimator"),
        ("lightgbm.basic.ctypes", "is no estimator"),
        ("assay.modelling.zoo.np", "is no estimator"),
        ("assay.modelling.zoo.hand_rule", "is no estimator"),
        ("assay.modelling.zoo.make_pipeline", "is no estimator"),
        ("assay.modelling.zoo.Pipeline", "is no estimator"),
        ("assay.modelling.zoo.no_such", "is no estimator"),
    ],
)
@pytest.mark.parametrize("nested", [False, True], ids=["itself", "nested"])
def test_a_target_that_is_no_estimator_is_refused(target: str, said: str, nested: bool, evil: Path) -> None:
    inner = {"_target_": target, "value": "executed"}
    model = {"name": "any", **({**FOREST, "estimator": inner} if nested else inner)}
    before = set(Path().iterdir())
    with pytest.raises(AssayError, match=r"conf/model/any\.yaml") as caught:
        build(model)
    assert (
        said.replace("model._target_", "model.estimator._target_" if nested else "model._target_") in caught.value.what
    )
    assert set(Path().iterdir()) == before
    assert "evil_module" not in sys.modules


def test_nothing_is_made_when_one_of_several_names_is_wrong(evil: Path) -> None:
    steps = [["scale", {"_target_": "sklearn.no_such_module.Scaler"}], ["evil", {"_target_": "evil_module.Model"}]]
    with pytest.raises(AssayError, match=r"model\.steps\[1\]\[1\]\._target_='evil_module\.Model'"):
        build({"name": "any", "_target_": "sklearn.pipeline.Pipeline", "steps": steps})
    assert not evil.exists()


def test_estimators_within_estimators_are_made() -> None:
    steps = [["scale", {"_target_": "sklearn.preprocessing.StandardScaler"}], ["forest", FOREST]]
    pipeline = build({"name": "any", "threshold": 0.5, "_target_": "sklearn.pipeline.Pipeline", "steps": steps})
    assert [type(step) for _, step in pipeline.steps] == [StandardScaler, RandomForestClassifier]
    assert pipeline["forest"].n_estimators == 7


def test_the_model_that_contributing_shows_takes_the_feature_table() -> None:
    shown = re.search(r"\n((?:    .*\n)*    _target_:.*\n(?:    .*\n)*)", (ROOT / "CONTRIBUTING.md").read_text())
    assert shown
    model = yaml.safe_load(shown[1])
    assert shown[1].strip().startswith(f"# dvc exp run -S model={model['name']}\n")
    records = labelled(60)
    assert set(score(fitted(model, records), records.X)) != {0.0}


@pytest.mark.parametrize(
    "rule",
    [
        "os.mkdir",
        "evil_module.f",
        "assay.datasets.knowledge",
        "assay.datasets.thyroid.rule.np",
        "assay.datasets.thyroid.rule.suspicious.__call__",
        "assay.datasets.covid.change",
        "assay.datasets.no.f",
        "assay.files.write_text",
    ],
)
def test_a_rule_that_is_no_function_of_a_dataset_is_not_called(rule: str, evil: Path) -> None:
    """Not even by a classifier that was made another way: a model file may hold any text."""
    from assay.modelling.zoo import RuleClassifier

    records = labelled(10)
    classifier = RuleClassifier(rule).fit(records.X, records.y)
    with pytest.raises(AssayError, match=r"assay\.datasets"):
        classifier.predict_proba(records.X)
    assert not evil.exists()
    assert "evil_module" not in sys.modules


def test_a_parameter_that_does_not_exist_names_the_file() -> None:
    with pytest.raises(AssayError, match=r"no_such_parameter.*\n.*conf/model/logistic\.yaml"):
        build(configured("logistic", no_such_parameter=1))
