"""Which names of code a configuration may hold: judged before anything is imported."""

from dataclasses import replace

import pytest

from assay.config.dataset_faults import faults
from assay.config.targets import function_fault, knowledge_fault, model_faults, target_fault
from samples import THYROID


@pytest.mark.parametrize(
    "name",
    [
        "sklearn.ensemble.ExtraTreesClassifier",
        "sklearn.dummy.DummyClassifier",
        "xgboost.XGBClassifier",
        "lightgbm.LGBMClassifier",
        "assay.modelling.zoo.catboost",
        "assay.modelling.zoo.logistic",
        "assay.modelling.zoo.RuleClassifier",
    ],
)
def test_estimators_of_the_zoo_and_of_model_libraries_may_be_named(name: str) -> None:
    assert target_fault(name, "model._target_") is None


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "subprocess.Popen",
        "builtins.exec",
        "pandas.read_pickle",
        "joblib.load",
        "importlib.import_module",
        "hydra.utils.instantiate",
        "sklearnx.Evil",
        "catboost.CatBoostClassifier",
        "sklearn",
        "sklearn._loss.loss.HalfBinomialLoss",
        "sklearn.utils.__builtins__.exec",
        "sklearn.ensemble.__loader__",
        "sklearn..os",
        "sklearn.ensemble.ExtraTreesClassifier\n",
        "sklearn.ensemble.ExtraTreesClassifier()",
        ".sklearn.ensemble.X",
        "sklearn/../evil.X",
        "ѕklearn.ensemble.X",
        "evil.sklearn.Model",
        "assay.modelling.zoo",
        "assay.modelling.zoo._ordinal",
        "assay.modelling.zoo.np.load",
        "assay.modelling.building.build",
        "assay.files.write_text",
        "assay.stages.train.main",
        "",
        None,
        5,
        ["sklearn.dummy.DummyClassifier"],
    ],
)
def test_no_other_target_may_be_named(name: object) -> None:
    found = target_fault(name, "model._target_")
    assert found is not None
    assert found.startswith("model._target_=")
    assert "sklearn" in found


@pytest.mark.parametrize(
    "name", ["os", "assay", "assay.datasets", "assay.files", "assay.datasets.._x", "evil", "assay.datasets._x"]
)
def test_knowledge_is_a_module_under_the_datasets(name: str) -> None:
    found = faults(replace(THYROID, knowledge=name))
    assert found == [f"dataset.knowledge={name!r} is no module under assay.datasets"]
    assert knowledge_fault("assay.datasets.thyroid", "") is None


@pytest.mark.parametrize(
    "name", ["os.system", "assay.datasets.knowledge", "assay.files.write_text", "assay.datasets.thyroid.rule.__doc__"]
)
def test_a_hand_rule_is_a_function_under_the_datasets(name: str) -> None:
    found = faults(replace(THYROID, rule=name))
    assert found == [f"dataset.rule={name!r} is no function of a module under assay.datasets"]
    assert function_fault("assay.datasets.thyroid.rule.suspicious", "") is None


RULE = "assay.modelling.zoo.RuleClassifier"
TREES, FOREST = "sklearn.ensemble.ExtraTreesClassifier", {"_target_": "sklearn.ensemble.RandomForestClassifier"}


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"estimator": {"_target_": "os.system", "command": "x"}}, "model.estimator._target_='os.system'"),
        ({"steps": [["a", FOREST], ["b", {"_target_": "os.abort"}]]}, "model.steps[1][1]._target_='os.abort'"),
        ({"a": {"b": {"c": {"_target_": "os.abort"}}}}, "model.a.b.c._target_='os.abort'"),
        ({"_partial_": True}, "model._partial_ is not allowed"),
        ({"_args_": [1]}, "model._args_ is not allowed"),
        ({"_recursive_": False}, "model._recursive_ is not allowed"),
        ({"_convert_": "all"}, "model._convert_ is not allowed"),
        ({"_call_": True}, "model._call_ is not allowed"),
        ({"func": {**FOREST, "_partial_": True}}, "model.func._partial_ is not allowed"),
        ({"memory": "/tmp/cache"}, "model.memory='/tmp/cache' is not allowed"),
        ({"param_grid": {"pipe__memory": ["/tmp/cache"]}}, "model.param_grid.pipe__memory="),
        ({"memory": {"_target_": "joblib.Memory", "location": "/tmp"}}, "model.memory._target_='joblib.Memory'"),
        ({"train_dir": "/tmp"}, "model.train_dir='/tmp' is not allowed"),
        ({"forcedsplits_filename": "/etc/passwd"}, "model.forcedsplits_filename='/etc/passwd' is not allowed"),
        ({"input_model": "x.txt"}, "model.input_model='x.txt' is not allowed"),
        ({"fs": "/etc/passwd"}, "model.fs='/etc/passwd' is not allowed"),
        ({"model_in": "x.txt"}, "model.model_in='x.txt' is not allowed"),
        ({"estimator": {**FOREST, "mlist": "x.txt"}}, "model.estimator.mlist='x.txt' is not allowed"),
        ({"machines": "example.org:1"}, "the library would open a connection"),
        ({"objective": "binary fs=/etc/passwd"}, "is another parameter to LightGBM"),
        ({"metric": [["auc"], "auc\nfs=/etc/passwd"]}, "is another parameter to LightGBM"),
        ({"fs=/etc/passwd x": 1}, "is another parameter to LightGBM"),
        ({"input": "filename"}, "model.input='filename' is not allowed"),
        (
            {"_target_": "assay.modelling.zoo.RuleClassifier", "rule": "os.system"},
            "model.rule='os.system' is no function",
        ),
        ({"e": {"_target_": "assay.modelling.zoo.RuleClassifier", "rule": 3}}, "model.e.rule=3 is no function"),
    ],
)
def test_what_a_model_may_not_say_is_named_at_any_depth(parameters: dict, said: str) -> None:
    found = model_faults({"name": "evil", "_target_": TREES, **parameters}, "model")
    assert said in "; ".join(found)


@pytest.mark.parametrize(
    "parameters",
    [
        {"n_estimators": 300, "class_weight": {0: 1, 1: 5}, "memory": None, "fit_path": True},
        {"estimator": FOREST, "cv": 5},
        {"steps": [["scale", {"_target_": "sklearn.preprocessing.StandardScaler"}], ["forest", FOREST]]},
        {"input": "content"},
        {"metric": ["auc", "binary_logloss"], "monotone_constraints": {"a=b": 1, "a b": -1}},
    ],
)
def test_what_estimators_need_may_be_said(parameters: dict) -> None:
    assert model_faults({"name": "fine", "_target_": TREES, **parameters}, "model") == []
