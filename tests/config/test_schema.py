"""What a configuration may say."""

import re
from typing import Any

import pytest

from assay.config.fields import Within
from assay.config.load import typed
from assay.errors import AssayError
from samples import plain


def test_the_committed_configuration_is_accepted() -> None:
    config = typed(plain())
    assert (config.dataset.name, config.labels.name, config.model.name) == ("thyroid", "overt", "lightgbm")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("model__num_leaves", 1),
        ("model__subsample", 0),
        ("model__subsample", 1.01),
        ("model__learning_rate", float("nan")),
        ("model__threshold", 1.5),
        ("model__early_stopping_rounds", 0),
        ("baselines__logistic__C", 0),
        ("training__folds", 1),
        ("training__confidence", 0.4),
        ("criteria__min_recall", 1.0),
        ("criteria__max_alerts_per_1000", -1),
        ("evaluation__resamples", 0),
        ("evaluation__threshold_probability", 0),
        ("evaluation__seed", -1),
        ("labels__version", 0),
        ("criteria__quality__validity", 1.01),
        ("criteria__quality__validity", float("nan")),
        ("criteria__promotion__fresh_within_days", -1),
        ("criteria__cost__at_most__bundle_mb", -0.1),
        ("dataset__sample__rows", 0),
    ],
)
def test_a_value_out_of_its_range_is_named(key: str, value: float) -> None:
    with pytest.raises(AssayError, match=key.replace("__", ".")):
        typed(plain(**{key: value}))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("model__num_leaves", "deep"),
        ("model__num_leaves", 3.5),
        ("training__refit", "perhaps"),
        ("labels__positive", "A"),
        ("dataset__columns__TSH__nullable", "perhaps"),
        ("evaluation__seed", None),
        ("baselines__logistic__max_iter", "many"),
    ],
)
def test_a_value_of_the_wrong_type_is_named(key: str, value: Any) -> None:
    with pytest.raises(AssayError, match=f"{re.escape(key.replace('__', '.'))}[.=]"):
        typed(plain(**{key: value}))


@pytest.mark.parametrize("key", ["modell", "model__num_leave", "criteria__min_recal", "baselines__rule__depth"])
def test_an_unknown_key_is_named(key: str) -> None:
    config = plain()
    *path, last = key.split("__")
    node = config
    for name in path:
        node = node[name]
    node[last] = 1
    with pytest.raises(AssayError, match=last):
        typed(config)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"split__validation_from": "1986-07-01"}, "split.test_from must come after"),
        ({"split__test_from": "1986-13-01"}, "split.test_from=1986-13-01 is not a date"),
        ({"split__data_until": "1987-01-40"}, "split.data_until=1987-01-40 is not a date"),
        ({"split__data_until": "1986-06-30"}, "split.data_until must not come before split.test_from"),
        ({"labels__positive": []}, "labels.positive is empty"),
        ({"dataset__source__uri": ["a.csv", "b.csv"]}, r"2 file\(s\) in uri and 1 in sha256"),
        ({"dataset__source__uri": {"a": 1}}, "dataset.source.uri={'a': 1} must be a text, or a list of texts"),
        ({"dataset__source__uri": [], "dataset__source__sha256": []}, "must be a text, or a list of texts"),
        (
            {"dataset__source__uri": ["a.csv", "b.csv"], "dataset__source__sha256": ["1", "1"]},
            "dataset.source.sha256 has the same hash twice",
        ),
        (
            {"dataset__source__uri": ["a.csv", "https://s3cr3t@b/c"], "dataset__source__sha256": ["1", "2"]},
            "dataset.source.uri holds a name or password",
        ),
        ({"labels__ungradable": ["A"]}, "code A is both"),
        ({"criteria__beat_baselines": ["experts"]}, "names experts"),
        ({"criteria__promotion__as_of": "1987-02-30"}, "criteria.promotion.as_of=1987-02-30 is not a date"),
        ({"criteria__cost__at_most": {"bundle_gb": 1}}, "criteria.cost.at_most.bundle_gb is none of: bundle_mb"),
        ({"version": 1}, "reads version 2"),
        ({"audit__records": 1}, "audit.records=1 must be at least 30, or 0 for all"),
        ({"audit__records": 29}, "audit.records=29 must be at least 30, or 0 for all"),
        ({"dataset__slices": {"age": [40, 60, 40]}}, r"dataset.slices.age=\[40, 60, 40\]: the edges must ascend"),
        ({"dataset__slices": {"age": [40, 40]}}, r"dataset.slices.age=\[40, 40\]: the edges must ascend"),
        ({"dataset__slices": {"sex": [1]}}, r"dataset.slices.sex=\[1\]: bands need type number, not category"),
        (
            {"dataset__slices": {"patient_id": [1]}},
            r"dataset.slices.patient_id=\[1\]: bands need type number, not text",
        ),
        ({"dataset__slices": {"nobody": [1]}}, "dataset.slices.nobody names no column: nobody"),
        ({"dataset__personal": ["age"]}, r"dataset.personal=\['age'\] are not the columns of that role: \[\]"),
        ({"dataset__columns__age__role": "personal"}, r"dataset.personal=\[\] are not .*: \['age'\]"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_contradiction_is_named(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(AssayError, match=said):
        typed(plain(**changes))


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("nullable", True, "patient_id.nullable: every record needs its key; give each record its key, or leave out"),
        ("otherwise", "missing", "patient_id.otherwise=missing: every record needs its key; choose stop or quarantine"),
    ],
)
def test_a_key_that_may_be_missing_is_refused(setting: str, value: Any, said: str) -> None:
    with pytest.raises(AssayError, match=f"^dataset.columns.{said}"):
        typed(plain(**{f"dataset__columns__patient_id__{setting}": value}))
    typed(plain(**{f"dataset__columns__patient_id__{setting}": value, "dataset__key": None}))


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("pattern", "number", "needs type category or text, not number"),
        ("pattern", "flag", "needs type category or text, not flag"),
        ("pattern", "date", "needs type category or text, not date"),
        ("values", "number", "needs type category or flag, not number"),
        ("values", "date", "needs type category or flag, not date"),
        ("values", "text", "needs type category or flag, not text"),
    ],
)
def test_what_a_column_of_this_type_would_not_be_checked_for_is_refused(name: str, kind: str, said: str) -> None:
    config = plain()
    config["dataset"]["columns"]["more"] = {"type": kind, "role": "ignore", name: ["a"] if name == "values" else "a"}
    with pytest.raises(AssayError) as caught:
        typed(config)
    assert caught.value.what.startswith(f"dataset.columns.more.{name} {said}")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("time__pattern", r"\d{9}", "has no (group) that says what it takes"),
        ("time__pattern", "((((", "is no regular expression"),
        ("time__pattern", r"(\d)\1", "is no regular expression of RE2"),
        ("time__format", "%Q", "is no format of dates"),
        ("time__format", "year", "is no format of dates"),
        ("time__format", "%Y\0", "is no format of dates"),
        ("columns__patient_id__pattern", r"(?=a)", "is no regular expression of RE2"),
    ],
)
def test_a_pattern_or_format_that_reads_nothing_or_takes_for_ever_is_refused(key: str, value: str, said: str) -> None:
    with pytest.raises(AssayError) as caught:
        typed(plain(**{f"dataset__{key}": value}))
    assert said in caught.value.what
    assert caught.value.what.startswith(f"dataset.{key.replace('__', '.')}=")


@pytest.mark.parametrize("name", ["record_id", "code", "date", "rule", "sample_weight", "code (own)", "a [b]", "x: y"])
def test_a_column_may_have_any_name(name: str) -> None:
    config = plain()
    config["dataset"]["columns"][name] = config["dataset"]["columns"]["TSH"]
    assert typed(config).dataset.columns[name].type == "number"


def test_the_column_of_the_time_may_be_called_date() -> None:
    config = plain()
    config["dataset"]["columns"]["date"] = {"type": "date", "role": "ignore"}
    config["dataset"]["time"] = {"column": "date"}
    assert typed(config).dataset.time


SAMPLE = {"rows": 100, "key": "patient_id"}


def test_a_sample_is_typed_and_filled_up() -> None:
    sample = typed(plain(dataset__sample={**SAMPLE, "positive": [1], "label": "target"})).dataset.sample
    assert (sample.rows, sample.positive, sample.granularity, sample.min_per_stratum) == (100, ["1"], "month", 1)
    assert typed(plain()).dataset.sample is None


def test_key_and_label_of_a_sample_are_by_default_those_of_the_contract() -> None:
    sample = typed(plain(dataset__sample={"rows": 100, "positive": ["F"]})).dataset.sample
    assert (sample.key, sample.label) == ("patient_id", "target")
    assert typed(plain(dataset__sample={"rows": 100})).dataset.sample.label is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rows": 0}, r"dataset\.sample\.rows=0"),
        ({"rows": "many"}, "rows"),
        ({"seed": -1}, r"dataset\.sample\.seed=-1"),
        ({"row": 1}, "row"),
        ({"granularity": "hour"}, "granularity=hour is none of: day"),
        ({"label": "target"}, "go together"),
        ({"keep_positives": True}, "keep_positives needs"),
        ({"strata": ["patient_id"]}, "cannot make strata"),
        ({"strata": ["ward"], "time": "when"}, "names no column: when; .*names no column: ward"),
    ],
)
def test_a_sample_that_cannot_be_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(AssayError, match=said):
        typed(plain(dataset__sample={**SAMPLE, **change}))


OUTCOME = {"event": "target == 'A' or TSH > 6", "time": "age", "horizon": 60}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "dataset.target=target: null, because dataset.outcome makes the codes"),
        ({}, r"dataset.outcome.event: no column 'TSH'"),  # it is a feature: the outcome would be known beforehand
        ({"event": "target =="}, "dataset.outcome.event: no expression"),
        ({"event": "target > 'A'"}, "dataset.outcome.event: target holds texts, which are not more or less"),
        ({"horizon": None}, "go together"),
        ({"time": None}, "go together"),
        ({"horizon": 0}, "dataset.outcome.horizon=0.0 must be above 0"),
        ({"time": "target"}, "dataset.outcome.time=target must be a column of type number and role target"),
        (
            {"event": "age > 5", "time": None, "horizon": None},
            "columns.target: role target, and dataset.outcome does not",
        ),
    ],
)
def test_an_outcome_that_cannot_be_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(AssayError, match=said):
        typed(plain(dataset__outcome={**OUTCOME, **change}))


def test_the_time_of_an_outcome_begins_with_the_record() -> None:
    with pytest.raises(AssayError, match=r"needs dataset.columns.age.range from 0 on"):
        typed(
            plain(dataset__outcome=OUTCOME, dataset__columns__age__role="target", dataset__columns__age__range=[-1, 9])
        )


def test_a_sample_without_its_keys_is_none() -> None:
    with pytest.raises(AssayError, match="rows"):
        typed(plain(dataset__sample={"key": "patient_id"}))
    with pytest.raises(AssayError, match=r"dataset\.sample=5: input should be a dictionary"):
        typed(plain(dataset__sample=5))


def test_all_faults_are_named_at_once() -> None:
    wrong: dict[str, Any] = {
        "evaluation__seed": -1,
        "training__folds": "many",
        "model__num_leaves": 0,
        "baselines__logistic__C": float("nan"),
        "criteria__quality__validity": 2,
        "dataset__columns__age__nullable": "perhaps",
    }
    with pytest.raises(AssayError) as caught:
        typed(plain(**wrong))
    named = [part.partition("=")[0] for part in caught.value.what.split("; ")]
    assert sorted(named) == sorted(key.replace("__", ".") for key in wrong)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("model__num_leaves", 0, "model.num_leaves=0 must be from 2 to 131072"),
        ("model__num_leaves", 131073, "model.num_leaves=131073 must be from 2 to 131072"),
        ("model__subsample", 0, "model.subsample=0.0 must be above 0, at most 1"),
        ("baselines__logistic__C", -1, "baselines.logistic.C=-1.0 must be above 0"),
        ("criteria__quality__validity", 2, "criteria.quality.validity=2.0 must be from 0 to 1"),
        ("evaluation__resamples", 5_000_000, "evaluation.resamples=5000000 must be from 20 to 1000000"),
        ("labels__version", 0, "labels.version=0 must be at least 1"),
    ],
)
def test_a_range_is_said_with_the_value(key: str, value: float, said: str) -> None:
    with pytest.raises(AssayError) as caught:
        typed(plain(**{key: value}))
    assert (caught.value.what, caught.value.todo) == (said, "correct the value")


def test_a_range_without_a_low_end_is_said_too() -> None:
    assert str(Within(float("-inf"), 3)) == "at most 3"


@pytest.mark.parametrize(
    ("key", "value"), [("model__num_leaves", 64), ("model__subsample", 1), ("evaluation__seed", 0)]
)
def test_the_ends_of_a_range_are_allowed(key: str, value: float) -> None:
    typed(plain(**{key: value}))


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("model__num_leave", "num_leaves"),
        ("baselines__logistic__class_weigt", "class_weight"),
        ("dataset__columns__age__nullabel", "nullable"),
        ("dataset__sample__rowss", "rows"),
        ("dataset__rules__both_queries__thn", "then"),
    ],
)
def test_an_unknown_key_is_answered_with_the_nearest_at_its_place(key: str, near: str) -> None:
    with pytest.raises(AssayError) as caught:
        typed(plain(**({"dataset__sample": SAMPLE} | {key: 1})))
    assert caught.value.what == f"{key.replace('__', '.')}: unknown key, did you mean {near}?"


def test_a_model_without_a_schema_needs_a_name_and_a_target() -> None:
    config = plain()
    config["model"] = {"name": "extra_trees", "_target_": "sklearn.ensemble.ExtraTreesClassifier", "n_estimators": 5}
    assert typed(config).model["n_estimators"] == 5
    config["model"] = {"name": "extra_trees"}
    with pytest.raises(AssayError, match=r"model\._target_ is missing"):
        typed(config)
