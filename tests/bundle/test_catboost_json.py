"""CatBoost's JSON: the same scores and bytes, and nothing that would lead its parser astray."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assay.bundle.catboost_check import as_text
from assay.bundle.catboost_json import as_texts
from assay.bundle.folder import describe, load_model, save_model
from assay.errors import AssayError
from assay.modelling.building import build
from modelling_samples import configured, labelled

pytest.importorskip("catboost", reason="CatBoost is optional, and not installed here: make extras")

RECORDS, NEW = labelled(), labelled(120, seed=1)
Content = dict[str, Any]


def fitted(X: pd.DataFrame = RECORDS.X, **changes: Any) -> Any:
    return build(configured("catboost", **changes)).fit(X, RECORDS.y)


def loaded(estimator: Any, folder: Path) -> Any:
    save_model(estimator, folder)
    describe(folder)
    return load_model(folder)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    save_model(fitted(X=with_a_pair(RECORDS.X), n_estimators=200, learning_rate=0.2), folder)
    describe(folder)
    return folder


def with_a_pair(X: pd.DataFrame) -> pd.DataFrame:
    """With a category of two values and no gaps, which splits compare with a value."""
    return X.assign(pair=pd.Categorical(np.where(X["TSH"].fillna(0) > 5, "high", "low")))


def content_of(folder: Path) -> Content:
    return json.loads((folder / "model.json").read_text())


def test_the_file_holds_trees_and_no_settings(good: Path) -> None:
    content = content_of(good)
    assert list(content) == ["ctr_data", "features_info", "model_info", "oblivious_trees", "scale_and_bias"]
    assert list(content["model_info"]) == ["class_params"]


def test_anyone_with_catboost_can_read_it(good: Path) -> None:
    from catboost import CatBoostClassifier

    model = CatBoostClassifier().load_model(good / "model.json", format="json")
    X = with_a_pair(NEW.X)
    texts = X.assign(**{name: as_texts(X[name]) for name in X.select_dtypes("category")})
    np.testing.assert_allclose(model.predict_proba(texts)[:, 1], load_model(good).predict_proba(X)[:, 1], rtol=1e-12)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"n_estimators": 1},
        {"max_depth": 1},
        {"max_depth": 10, "n_estimators": 5},
        {"one_hot_max_size": 100},
        {"boosting_type": "Ordered"},
        {"bootstrap_type": "No", "subsample": None},
        {"border_count": 500},
        {"auto_class_weights": "Balanced"},
        {"boost_from_average": True},
        {"nan_mode": "Max"},
        {"monotone_constraints": [0, 0, 0, 1, 0, -1, 0]},
    ],
    ids=str,
)
def test_whatever_it_is_fitted_with_comes_back_with_the_same_scores(changes: Content, tmp_path: Path) -> None:
    estimator = fitted(**changes)
    again = loaded(estimator, tmp_path)
    np.testing.assert_array_equal(again.predict_proba(NEW.X), estimator.predict_proba(NEW.X))
    np.testing.assert_array_equal(again.contributions(NEW.X), estimator.contributions(NEW.X))
    np.testing.assert_array_equal(again.classes_, estimator.classes_)


@pytest.mark.parametrize(
    "changes",
    [
        {"grow_policy": "Lossguide"},
        {"simple_ctr": ["Buckets"]},
        {"loss_function": "CrossEntropy"},
        {"train_dir": "elsewhere"},
        {"allow_writing_files": True},
    ],
    ids=str,
)
def test_what_cannot_be_kept_is_refused(changes: Content) -> None:
    with pytest.raises(AssayError):
        fitted(**changes)


def test_a_fit_leaves_nothing_behind(here: Path) -> None:
    before = sorted(here.iterdir())
    estimator = fitted(early_stopping_rounds=5)
    estimator.fit(RECORDS.X, RECORDS.y, eval_set=[(NEW.X, NEW.y)])
    estimator.predict_proba(NEW.X)
    assert sorted(here.iterdir()) == before


def test_a_missing_category_is_none_of_the_others() -> None:
    texts = as_texts(pd.Series(pd.Categorical(["", "nan", None, "="])))
    assert texts.nunique() == 4


def test_a_category_is_known_by_its_name(good: Path) -> None:
    X = with_a_pair(NEW.X)
    turned = X.assign(sex=X["sex"].cat.set_categories(["other", "M", "F"]))
    np.testing.assert_array_equal(*(load_model(good).predict_proba(one) for one in (X, turned)))


@pytest.mark.parametrize(
    ("X", "said"),
    [
        (with_a_pair(NEW.X)[["pair", *NEW.X]], "their order"),
        (NEW.X, "pair"),
        (with_a_pair(NEW.X).assign(extra=1.0), "extra"),
        (with_a_pair(NEW.X).rename(columns={"T3": "T4"}), "T3, T4"),
    ],
    ids=["turned", "too few", "too many", "renamed"],
)
def test_other_columns_than_those_of_the_fit_are_refused(X: pd.DataFrame, said: str, good: Path) -> None:
    with pytest.raises(AssayError, match=f"not the features that the model was fitted on: {said}"):
        load_model(good).predict_proba(X)


@pytest.mark.parametrize("name", ["TSH level", "größe 5 %", "a=b", '"', "\\", "\t", "{}", "TSH\n", "self"])
def test_any_name_of_a_feature_comes_back(name: str, tmp_path: Path) -> None:
    X = RECORDS.X.rename(columns={"TSH": f"{name} 2", "sex": name})
    estimator = fitted(X)
    np.testing.assert_array_equal(loaded(estimator, tmp_path).predict_proba(X), estimator.predict_proba(X))


def first(content: Content, key: str) -> Content:
    return content["features_info"][key][0]


def statistic(content: Content, elements: int = 1) -> Content:
    return next(one for one in content["features_info"]["ctrs"] if len(one["elements"]) >= elements)


def table(content: Content) -> Content:
    return next(iter(content["ctr_data"].values()))


def pair(content: Content) -> Content:
    return next(one for one in content["features_info"]["categorical_features"] if one["feature_id"] == "pair")


Change = Callable[[Content], Any]
FEATURES, STATISTICS, TREE, NONE = (
    "features that are none",
    "statistics of categories",
    "a tree that is none",
    "no binary",
)
EVIL: dict[str, tuple[Change, str]] = {
    "a split at no border": (
        lambda c: c["oblivious_trees"][3]["splits"][0].update(split_index=10**6),
        f"{TREE}: number 3",
    ),
    "a split below all": (lambda c: c["oblivious_trees"][0]["splits"][0].update(split_index=-1), NONE),
    "a split at a part": (lambda c: c["oblivious_trees"][0]["splits"][0].update(split_index=0.5), NONE),
    "too few leaves": (lambda c: c["oblivious_trees"][0]["leaf_values"].pop(), TREE),
    "too many leaves": (lambda c: c["oblivious_trees"][0]["leaf_values"].append(0.0), TREE),
    "leaves of many classes": (
        lambda c: c["oblivious_trees"][0].update(leaf_values=c["oblivious_trees"][0]["leaf_values"] * 2),
        TREE,
    ),
    "too few weights": (lambda c: c["oblivious_trees"][0]["leaf_weights"].pop(), TREE),
    "a weight below nothing": (lambda c: c["oblivious_trees"][0]["leaf_weights"].__setitem__(0, -1), TREE),
    "a value without end": (lambda c: c["oblivious_trees"][0]["leaf_values"].__setitem__(0, float("inf")), NONE),
    "a value that is none": (lambda c: c["oblivious_trees"][0]["leaf_values"].__setitem__(0, float("nan")), NONE),
    "a value of a thousand digits": (lambda c: c["oblivious_trees"][0]["leaf_values"].__setitem__(0, 10**999), NONE),
    "a text for a value": (lambda c: c["oblivious_trees"][0]["leaf_values"].__setitem__(0, "1"), NONE),
    "a tree too deep": (
        lambda c: c["oblivious_trees"][0].update(
            splits=[{"split_index": 0}] * 17, leaf_values=[0] * 2**17, leaf_weights=[0] * 2**17
        ),
        TREE,
    ),
    "no trees": (lambda c: c.pop("oblivious_trees"), NONE),
    "trees that are none": (lambda c: c.update(oblivious_trees=[]), NONE),
    "trees of another kind": (lambda c: c.update(trees=[]), NONE),
    "a feature at another place": (lambda c: first(c, "float_features").update(feature_index=99), FEATURES),
    "two features at one place": (lambda c: first(c, "float_features").update(flat_feature_index=1), FEATURES),
    "a feature far away": (lambda c: first(c, "float_features").update(flat_feature_index=10**5), FEATURES),
    "a feature beyond memory": (lambda c: first(c, "float_features").update(flat_feature_index=2**31 - 1), NONE),
    "a feature twice": (lambda c: first(c, "float_features").update(feature_id="TSH"), FEATURES),
    "borders in disorder": (lambda c: first(c, "float_features")["borders"].reverse(), FEATURES),
    "borders too near": (lambda c: first(c, "float_features").update(borders=[1.0, 1.0 + 1e-12]), FEATURES),
    "a border without end": (lambda c: first(c, "float_features").update(borders=[1e39]), NONE),
    "missing values at random": (lambda c: first(c, "float_features").update(nan_value_treatment="Coin"), NONE),
    "one for true": (lambda c: first(c, "float_features").update(has_nans=1), NONE),
    "a value compared twice": (lambda c: pair(c).update(values=pair(c)["values"] * 2), FEATURES),
    "a statistic of no category": (lambda c: statistic(c)["elements"][0].update(cat_feature_index=9), STATISTICS),
    "a statistic of nothing": (lambda c: statistic(c).update(elements=[]), STATISTICS),
    "a statistic of another class": (lambda c: statistic(c).update(target_border_idx=1), NONE),
    "a statistic of another kind": (lambda c: statistic(c).update(ctr_type="Buckets"), NONE),
    "a statistic in disorder": (lambda c: statistic(c).update(borders=[2.0, 1.0]), STATISTICS),
    "a statistic above no border": (
        lambda c: next(e for e in statistic(c, 2)["elements"] if "border" in e).update(border=0.12345),
        STATISTICS,
    ),
    "no tables": (lambda c: c.update(ctr_data={}), STATISTICS),
    "a table more": (lambda c: c["ctr_data"].update(x=table(c)), STATISTICS),
    "a table of another width": (lambda c: table(c).update(hash_stride=2), STATISTICS),
    "a table without width": (lambda c: table(c).update(hash_stride=0), STATISTICS),
    "a table without rows": (lambda c: table(c).update(hash_map=[]), STATISTICS),
    "a table with half a row": (lambda c: table(c)["hash_map"].pop(), STATISTICS),
    "a table with a text": (lambda c: table(c)["hash_map"].__setitem__(1, "1"), STATISTICS),
    "a table with a row twice": (lambda c: table(c).update(hash_map=table(c)["hash_map"] * 2), STATISTICS),
    "a table with the mark of an empty place": (
        lambda c: table(c)["hash_map"].__setitem__(0, str(2**64 - 1)),
        STATISTICS,
    ),
    "a hash beyond all": (lambda c: table(c)["hash_map"].__setitem__(0, "9" * 20), STATISTICS),
    "a hash with a sign": (lambda c: table(c)["hash_map"].__setitem__(0, "+1"), STATISTICS),
    "more than can be counted": (lambda c: table(c)["hash_map"].__setitem__(1, 2**40), NONE),
    "two offsets": (lambda c: c.update(scale_and_bias=[1, [0, 0]]), NONE),
    "no scale": (lambda c: c.update(scale_and_bias=[[0], [0]]), NONE),
    "many classes": (lambda c: c["model_info"]["class_params"].update(class_names=[0, 1, 2]), NONE),
    "true for one": (lambda c: c["model_info"]["class_params"].update(class_names=[False, True]), NONE),
    "settings": (lambda c: c["model_info"].update(params={"train_dir": "elsewhere"}), NONE),
    "a part more": (lambda c: c.update(more=1), NONE),
}
TEXTS: dict[str, tuple[str, str]] = {
    "nothing": ("", "not a model"),
    "no object": ("[]", NONE),
    "a tower": ("[" * 99999, "not a model"),
    "zeros": ("\0" * 999, "not a model"),
    "a part twice": ('{"ctr_data":{},"ctr_data":{}}', "another JSON"),
}


def refused(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AssayError:
    """The refusal of a model file, which no parser of CatBoost's has seen."""

    def called(*_: object, **__: object) -> None:
        raise AssertionError("a parser was called")

    monkeypatch.setattr("catboost.CatBoost.load_model", called)
    (folder / "model.json").write_text(text)
    describe(folder)
    with pytest.raises(AssayError) as caught:
        load_model(folder)
    assert "assay doctor --mend" in caught.value.todo
    return caught.value


@pytest.mark.parametrize("case", EVIL)
def test_a_model_that_leads_nowhere_is_refused(
    case: str, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, said = EVIL[case]
    content = content_of(good)
    change(content)
    assert as_text(content) != as_text(content_of(good))
    assert said in refused(as_text(content), tmp_path, monkeypatch).what


@pytest.mark.parametrize("case", TEXTS)
def test_a_text_that_is_no_model_is_refused(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, said = TEXTS[case]
    assert said in refused(text, tmp_path, monkeypatch).what


def test_the_same_model_written_otherwise_is_refused(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "another JSON" in refused(json.dumps(content_of(good), indent=1), tmp_path, monkeypatch).what


def test_the_checks_know_every_kind_of_split(good: Path) -> None:
    """What is attacked above must be there: values of categories, and statistics of one and of several features."""
    features = content_of(good)["features_info"]
    assert pair(content_of(good))["values"]
    assert {one["ctr_type"] for one in features["ctrs"]} == {"Borders", "Counter"}
    assert {len(one["elements"]) > 1 for one in features["ctrs"]} == {True, False}
