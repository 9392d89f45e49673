"""LightGBM's text: the same scores and bytes, and nothing that would lead its parser astray."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assay.bundle.folder import describe, load_model, save_model
from assay.bundle.lightgbm_text import canonical
from assay.errors import AssayError
from assay.modelling.building import build
from modelling_samples import configured, labelled

RECORDS, NEW = labelled(), labelled(120, seed=1)
RAW = {"name": "raw", "threshold": None, "_target_": "lightgbm.LGBMClassifier", "n_estimators": 5, "verbosity": -1}


def fitted(**changes: object):
    return build(configured("lightgbm", **changes)).fit(RECORDS.X, RECORDS.y)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    save_model(fitted(), folder)
    describe(folder)
    return folder


def text_of(folder: Path) -> str:
    return (folder / "model.txt").read_text()


def test_the_file_holds_trees_and_no_settings(good: Path) -> None:
    text = text_of(good)
    assert text.startswith("tree\nversion=v4\n")
    assert text.endswith('end of trees\n\npandas_categorical:[["F", "M"], ["SVI", "SVHC", "other"]]\n')
    assert "parameters" not in text
    assert "threads" not in text


def test_anyone_with_lightgbm_can_read_it(good: Path) -> None:
    from lightgbm import Booster

    own = Booster(model_file=good / "model.txt").predict(NEW.X)
    np.testing.assert_array_equal(own, load_model(good).predict_proba(NEW.X)[:, 1])


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"num_leaves": 2, "n_estimators": 1},
        {"min_child_samples": 1000},
        {"early_stopping_rounds": 2},
        {"boosting_type": "rf", "subsample": 0.6},
        {"boosting_type": "dart"},
        {"monotone_constraints": [0, 0, 0, 1, 0, -1, 0]},
        {"max_cat_to_onehot": 1, "min_data_per_group": 1, "cat_smooth": 1},
    ],
    ids=str,
)
def test_whatever_it_is_fitted_with_comes_back_with_the_same_scores(changes: dict, tmp_path: Path) -> None:
    estimator = build(configured("lightgbm", **changes))
    stopping = {"eval_X": NEW.X, "eval_y": NEW.y} if "early_stopping_rounds" in changes else {}
    estimator.fit(RECORDS.X, RECORDS.y, **stopping)
    save_model(estimator, tmp_path)
    describe(tmp_path)
    loaded = load_model(tmp_path)
    np.testing.assert_array_equal(loaded.predict_proba(NEW.X), estimator.predict_proba(NEW.X))
    np.testing.assert_array_equal(loaded.classes_, estimator.classes_)


def test_a_category_that_was_not_seen_counts_as_missing(good: Path) -> None:
    strange = NEW.X.assign(referral_source=pd.Categorical(["Mars"] * 120, categories=["Mars", "other"]))
    missing = NEW.X.assign(referral_source=pd.Categorical([None] * 120, categories=["SVI", "SVHC", "other"]))
    scores = [load_model(good).predict_proba(one) for one in (strange, missing)]
    np.testing.assert_array_equal(*scores)


def test_a_category_is_known_by_its_name(good: Path) -> None:
    other = NEW.X.assign(sex=NEW.X["sex"].cat.set_categories(["other", "M", "F"]))
    np.testing.assert_array_equal(*(load_model(good).predict_proba(X) for X in (NEW.X, other)))


@pytest.mark.parametrize(
    ("X", "said"),
    [
        (NEW.X[NEW.X.columns[::-1]], "their order"),
        (NEW.X.drop(columns="TSH"), "TSH"),
        (NEW.X.assign(extra=1.0), "extra"),
        (NEW.X.rename(columns={"T3": "T4"}), "T3, T4"),
    ],
    ids=["turned", "too few", "too many", "renamed"],
)
def test_other_columns_than_those_of_the_fit_are_refused(X: pd.DataFrame, said: str, good: Path) -> None:
    with pytest.raises(AssayError, match=f"not the features that the model was fitted on: {said}"):
        load_model(good).predict_proba(X)


@pytest.mark.parametrize("name", ["TSH level", "größe 5 %", "a=b", "Tree=0", "\t", "end of trees"])
def test_a_column_may_have_an_odd_name(name: str, tmp_path: Path) -> None:
    train, new = (part.X.rename(columns={"TSH": name}) for part in (RECORDS, NEW))
    estimator = build(configured("lightgbm")).fit(train, RECORDS.y)
    save_model(estimator, tmp_path)
    describe(tmp_path)
    np.testing.assert_array_equal(load_model(tmp_path).predict_proba(new), estimator.predict_proba(new))


@pytest.mark.parametrize("changes", [{"linear_tree": True}, {"objective": "cross_entropy"}], ids=str)
def test_a_model_that_could_not_be_read_is_not_written(changes: dict, tmp_path: Path) -> None:
    numbers = RECORDS.X[["TSH", "T3", "FTI"]].fillna(0)
    estimator = build({**RAW, **changes}).fit(numbers, RECORDS.y)
    with pytest.raises(AssayError, match="the model file holds"):
        save_model(estimator, tmp_path)
    assert list(tmp_path.iterdir()) == []


# --- A text that was made to do harm: LightGBM's parser does not see it.


def number(tree: str, field: str, at: int, value: str) -> str:
    """The text of a tree with another number in a field."""
    found = re.search(rf"^{field}=(.*)$", tree, re.M)
    assert found is not None
    numbers = found[1].split(" ")
    numbers[at] = value
    return tree.replace(found[0], f"{field}={' '.join(numbers)}", 1)


def in_tree(field: str, value: str, at: int = 0, which: int = 1) -> Callable[[str], str]:
    """Change a number of a tree, and the size that the header says it has."""

    def change(text: str) -> str:
        return with_tree(text, which, lambda tree: number(tree, field, at, value))

    return change


def with_tree(text: str, which: int, change: Callable[[str], str]) -> str:
    header, _, rest = text.partition("\n\n")
    trees = re.split(r"(?<=\n\n\n)(?=Tree=)", rest.partition("end of trees")[0])
    trees[which] = change(trees[which])
    sizes = " ".join(str(len(tree)) for tree in trees)
    header = re.sub("(?<=tree_sizes=).*", sizes, header)
    return f"{header}\n\n{''.join(trees)}end of trees{rest.partition('end of trees')[2]}"


def replaced(old: str, new: str) -> Callable[[str], str]:
    return lambda text: re.sub(old, new, text, count=1)


EVIL: dict[str, tuple[Callable[[str], str], str]] = {
    "a child that is not there": (in_tree("left_child", "1000000"), "a tree that is none: number 1"),
    "a leaf that is not there": (in_tree("right_child", "-1000000"), "a tree that is none"),
    "a circle": (in_tree("left_child", "0"), "a tree that is none"),
    "a child twice": (in_tree("right_child", "1"), "a tree that is none"),
    "a feature that is not there": (in_tree("split_feature", "1000000"), "a tree that is none"),
    "a feature before the first": (in_tree("split_feature", "-1"), "a tree that is none"),
    "many leaves": (in_tree("num_leaves", "2000000000"), "a tree that is none"),
    "fewer leaves": (in_tree("num_leaves", "2"), "a tree that is none"),
    "no leaves": (in_tree("num_leaves", "0"), "a tree that is none"),
    "minus one leaf": (in_tree("num_leaves", "-1"), "a tree that is none"),
    "two numbers of leaves": (in_tree("num_leaves", "6 6"), "a tree that is none"),
    "many categories": (in_tree("num_cat", "1000000"), "a tree that is none"),
    "a decision of another kind": (in_tree("decision_type", "12"), "a tree that is none"),
    "a category from nowhere": (in_tree("decision_type", "1", which=0), "a tree that is none"),
    "a set of categories that is not there": (
        lambda text: with_tree(
            text, 0, lambda tree: number(number(tree, "decision_type", 0, "1"), "threshold", 0, "1e9")
        ),
        "a tree that is none",
    ),
    "a threshold that is none": (in_tree("threshold", "nan"), "a tree that is none"),
    "a value that is none": (in_tree("leaf_value", "0x10"), "a tree that is none"),
    "a linear tree": (in_tree("is_linear", "1"), "a tree that is none"),
    "a field of a linear tree": (
        lambda text: with_tree(text, 0, lambda tree: tree.replace("is_linear=0", "is_linear=0\nleaf_const=1")),
        "a tree that is none",
    ),
    "a tree without a field": (
        lambda text: with_tree(text, 0, lambda tree: re.sub("left_child=.*\n", "", tree)),
        "a tree that is none",
    ),
    "a tree without an end": (lambda text: with_tree(text, 0, lambda tree: tree.rstrip("\n")), "a tree that is none"),
    "another tree first": (lambda text: with_tree(text, 0, lambda tree: tree.replace("Tree=0", "Tree=7")), "a tree"),
    "a size beyond the end": (replaced(r"tree_sizes=\d+", "tree_sizes=9000000000"), "trees of another size"),
    "a negative size": (replaced(r"tree_sizes=\d+", "tree_sizes=-1"), "no binary model"),
    "a size too few": (replaced(r"tree_sizes=\d+ ", "tree_sizes="), "trees of another size"),
    "no sizes": (replaced(r"tree_sizes=.*\n", ""), "no binary model"),
    "many features": (replaced("max_feature_idx=6", "max_feature_idx=600000000"), "another number of features"),
    "too few features": (replaced("feature_names=age ", "feature_names="), "another number of features"),
    "a feature twice": (replaced("feature_names=age sex", "feature_names=sex sex"), "another number of features"),
    "a feature without a name": (replaced("feature_names=age sex", "feature_names= sex"), "another number of features"),
    "many classes": (replaced("num_class=1", "num_class=1000000000"), "no binary model"),
    "many trees at once": (replaced("num_tree_per_iteration=1", "num_tree_per_iteration=0"), "no binary model"),
    "another objective": (replaced("objective=binary sigmoid:1", "objective=lambdarank"), "no binary model"),
    "another version": (replaced("version=v4", "version=v5"), "no binary model"),
    "a line more": (replaced("label_index=0", "label_index=0\nparser_config_str=x"), "no binary model"),
    "parameters": (
        replaced("end of trees\n", "end of trees\n\nparameters:\n[data: /etc/passwd]\nend of parameters\n"),
        "categories that are none",
    ),
    "no categories": (replaced("pandas_categorical:.*", ""), "categories that are none"),
    "categories of objects": (replaced(r'\["F"', '[{"a": 1}'), "categories that are none"),
    "categories twice": (replaced('"F", "M"', '"F", "F"'), "categories that are none"),
    "a tower of categories": (replaced("pandas_categorical:.*", f"pandas_categorical:{'[' * 99999}"), "not a model"),
    "a line at the end": (lambda text: f"{text}x\n", "not a model"),
    "nothing": (lambda text: "", "no binary model"),
    "zeros": (lambda text: "\0" * len(text), "no binary model"),
    "no end of trees": (replaced("end of trees\n", ""), "no binary model"),
}


@pytest.mark.parametrize("case", EVIL)
def test_a_text_that_would_lead_the_parser_astray_is_refused(
    case: str, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def called(*_: object, **__: object) -> None:
        raise AssertionError("a parser was called")

    monkeypatch.setattr("lightgbm.Booster.__init__", called)
    folder = Path(shutil.copytree(good, tmp_path / "models"))
    change, said = EVIL[case]
    changed = change(text_of(good))
    assert changed != text_of(good)
    (folder / "model.txt").write_text(changed)
    describe(folder)
    with pytest.raises(AssayError, match=said) as caught:
        load_model(folder)
    assert "assay doctor --mend" in caught.value.todo


def test_a_split_by_what_is_missing_alone_comes_back(tmp_path: Path) -> None:
    X = RECORDS.X.assign(T3=RECORDS.X["T3"].where(RECORDS.y == 0))
    estimator = build(configured("lightgbm")).fit(X, RECORDS.y)
    save_model(estimator, tmp_path)
    describe(tmp_path)
    assert re.search("threshold=(.* )?inf", text_of(tmp_path))
    np.testing.assert_array_equal(load_model(tmp_path).predict_proba(X), estimator.predict_proba(X))


def test_the_checks_know_every_kind_of_split() -> None:
    """What is attacked above must be there: splits by number and by category, with missing values and without."""
    text = canonical(fitted().booster_.model_to_string())
    kinds = {int(kind) for line in re.findall("decision_type=(.*)", text) for kind in line.split()}
    assert {1, 2, 10} <= kinds
