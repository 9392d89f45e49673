"""An ensemble: the mean of its members' log odds; its folder, and what was made of that to do harm."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import AdaBoostClassifier

from assay.bundle.ensemble import MeanLogOdds
from assay.bundle.folder import describe, load_model, save_model
from assay.bundle.scoring import DECIMALS, LOWEST, log_odds, score, score_and_log_odds
from assay.errors import AssayError
from assay.files import md5, write_json
from assay.modelling.building import build
from modelling_samples import MODELS, configured, labelled

RECORDS = labelled(120)
UNSTOPPED = {"early_stopping_rounds": None, "early_stopping": False}
MEMBERS = ("lightgbm", "logistic", "xgboost")


def alone(name: str) -> Any:
    """The model without early stopping, fitted."""
    model = configured(name)
    return build({**model, **{key: UNSTOPPED[key] for key in UNSTOPPED if key in model}}).fit(RECORDS.X, RECORDS.y)


def ensemble(*names: str) -> Any:
    members = {name: {**configured(name)} for name in names}
    for member in members.values():
        member.update({key: UNSTOPPED[key] for key in UNSTOPPED if key in member})
    return build({**configured("ensemble"), "members": members}).fit(RECORDS.X, RECORDS.y)


# --- Log odds


@pytest.mark.parametrize("name", MODELS)
def test_log_odds_are_those_of_the_probability(name: str) -> None:
    model = alone(name)
    found, said = log_odds(model, RECORDS.X), model.predict_proba(RECORDS.X)[:, 1]
    assert (found.shape, found.dtype) == (said.shape, np.dtype("float64"))
    np.testing.assert_allclose(expit(found), said, atol=2e-6)
    np.testing.assert_array_equal(score_and_log_odds(model, RECORDS.X), (score(model, RECORDS.X), found))


def test_a_pipeline_says_what_its_last_step_says() -> None:
    model = alone("logistic")
    np.testing.assert_array_equal(log_odds(model, RECORDS.X), model.decision_function(RECORDS.X))
    np.testing.assert_array_equal(
        score_and_log_odds(model, RECORDS.X)[0], model.predict_proba(RECORDS.X)[:, 1].round(DECIMALS)
    )


@pytest.mark.parametrize("estimator", [AdaBoostClassifier(random_state=0), LinearDiscriminantAnalysis()])
def test_a_decision_function_counts_only_if_it_is_log_odds(estimator: Any) -> None:
    X = RECORDS.X[["FTI", "sick"]].astype(float)
    model = estimator.fit(X, RECORDS.y)
    np.testing.assert_allclose(expit(log_odds(model, X)), model.predict_proba(X)[:, 1], atol=1e-8)


def test_a_certain_model_has_finite_log_odds() -> None:
    assert np.abs(log_odds(alone("rule"), RECORDS.X)).max() == pytest.approx(-logit(LOWEST))


def test_each_record_has_the_log_odds_that_it_has_alone() -> None:
    model = ensemble(*MEMBERS)
    together = log_odds(model, RECORDS.X)
    single = [log_odds(model, RECORDS.X.iloc[[number]])[0] for number in range(20)]
    np.testing.assert_allclose(single, together[:20], rtol=1e-12)


# --- The model


def test_its_log_odds_are_the_mean_of_those_of_its_members() -> None:
    model = ensemble(*MEMBERS)
    each = [log_odds(alone(name), RECORDS.X) for name in MEMBERS]
    np.testing.assert_allclose(log_odds(model, RECORDS.X), np.mean(each, axis=0), rtol=1e-12)
    probability = model.predict_proba(RECORDS.X)
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    np.testing.assert_array_equal(model.predict(RECORDS.X), (probability[:, 1] > 0.5).astype(int))


def test_one_member_is_the_member() -> None:
    np.testing.assert_allclose(
        ensemble("logistic").predict_proba(RECORDS.X), alone("logistic").predict_proba(RECORDS.X), rtol=1e-12
    )


def test_weights_reach_every_member_and_one_that_takes_none_is_refused() -> None:
    weight = np.where(RECORDS.y == 1, 5.0, 1.0)
    plain, weighted = (
        build(configured("ensemble", members={"logistic": configured("logistic")})).fit(RECORDS.X, RECORDS.y, one)
        for one in (None, weight)
    )
    assert log_odds(weighted, RECORDS.X).mean() > log_odds(plain, RECORDS.X).mean() + 0.5
    neighbours = {"name": "n", "_target_": "sklearn.neighbors.KNeighborsClassifier"}
    with pytest.raises(AssayError, match="no sample weights"):
        build(configured("ensemble", members={"n": neighbours})).fit(RECORDS.X[["FTI"]], RECORDS.y, weight)


# --- Its folder


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of an ensemble, one member for each format."""
    folder = tmp_path_factory.mktemp("good")
    save_model(ensemble(*MEMBERS), folder)
    describe(folder)
    return folder


@pytest.fixture
def bundle(good: Path, here: Path) -> Path:
    return Path(shutil.copytree(good, here / "models"))


def test_each_member_is_in_a_folder_of_its_own(good: Path) -> None:
    assert {path.relative_to(good).as_posix() for path in good.rglob("*") if path.is_file()} == {
        "bundle.json",
        "ensemble.json",
        "lightgbm/model.txt",
        "logistic/model.skops",
        "xgboost/model.ubj",
    }


def test_it_comes_back_with_the_same_scores_and_members(good: Path) -> None:
    back = load_model(good)
    assert isinstance(back, MeanLogOdds)
    assert sorted(back.members_) == sorted(MEMBERS)
    np.testing.assert_array_equal(back.predict_proba(RECORDS.X), ensemble(*MEMBERS).predict_proba(RECORDS.X))


def stated(folder: Path, change: Callable[[dict], object]) -> None:
    """Change what ensemble.json says of the members, and bundle.json so that it agrees."""
    content = json.loads((folder / "ensemble.json").read_text())
    changed = change(content["members"])
    disguised(folder, json.dumps({"members": content["members"] if changed is None else changed}).encode())


def disguised(folder: Path, content: bytes) -> None:
    (folder / "ensemble.json").write_bytes(content)
    write_json(folder / "bundle.json", {"file": {"name": "ensemble.json", "md5": md5(folder / "ensemble.json")}})


def moved(name: str) -> Callable[[Path], object]:
    """The member logistic under another name, its folder where that name leads."""
    return lambda folder: stated(folder, lambda members: members.update({name: members.pop("logistic")}))


def nested(folder: Path) -> None:
    inner = folder / "inner"
    shutil.copytree(folder, inner, ignore=shutil.ignore_patterns("inner"))
    file = {"name": "ensemble.json", "md5": md5(inner / "ensemble.json")}
    stated(folder, lambda members: members.update(inner=file))


def elsewhere(folder: Path) -> None:
    shutil.move(folder / "logistic", folder.parent / "outside")


EVIL: dict[str, tuple[Callable[[Path], object], str]] = {
    "a member that is above": (lambda f: (elsewhere(f), moved("../outside")(f)), "names no members"),
    "a member by its absolute path": (
        lambda f: (elsewhere(f), moved(str(f.parent.absolute() / "outside"))(f)),
        "names no members",
    ),
    "a member that is the folder": (moved("."), "names no members"),
    "a member without a name": (moved(""), "names no members"),
    "a name of two lines": (moved("logistic\n"), "names no members"),
    "a name in other letters": (moved("lögistic"), "names no members"),
    "a very long name": (moved("a" * 61), "names no members"),
    "another name": (moved("other"), "the model file is missing"),
    "a file by its path": (
        lambda f: stated(f, lambda m: m["logistic"].update(name="../logistic/model.skops")),
        "names no model file",
    ),
    "a pickle": (lambda f: stated(f, lambda m: m["logistic"].update(name="model.pkl")), "names no model file"),
    "the other format": (
        lambda f: stated(f, lambda m: m["logistic"].update(name="model.ubj")),
        "a second model beside model.ubj",
    ),
    "no hash": (lambda f: stated(f, lambda m: m["logistic"].pop("md5") and None), "not the model that ensemble.json"),
    "another hash": (
        lambda f: stated(f, lambda m: m["logistic"].update(md5="0" * 32)),
        "not the model that ensemble.json",
    ),
    "no file": (lambda f: stated(f, lambda m: m.update(logistic=None)), "names no model file"),
    "a changed member": (
        lambda f: (f / "logistic/model.skops").write_bytes(b"PK"),
        "not the model that ensemble.json describes",
    ),
    "a missing member": (lambda f: (f / "logistic/model.skops").unlink(), "the model file is missing"),
    "a missing folder": (lambda f: shutil.rmtree(f / "logistic"), "the model file is missing"),
    "a second model in a member": (lambda f: (f / "logistic/model.ubj").write_bytes(b"evil"), "a second model beside"),
    "a second model beside it": (lambda f: (f / "model.txt").write_bytes(b"evil"), "a second model beside ensemble"),
    "an ensemble as a member": (nested, "a member is an ensemble itself: inner"),
    "no members": (lambda f: stated(f, lambda _: {}), "names no members"),
    "a list": (lambda f: stated(f, lambda m: list(m)), "names no members"),
    "no mapping": (lambda f: disguised(f, b"[1]"), "names no members"),
    "no JSON": (lambda f: disguised(f, b"{"), "not a model file"),
    "no text": (lambda f: disguised(f, b"\xff\xfe"), "not a model file"),
    "a tower": (lambda f: disguised(f, b'{"members":' * 100_000), "not a model file"),
    "a great many": (
        lambda f: stated(f, lambda m: {f"m{n}": m["logistic"] for n in range(200_000)}),
        "the model file is missing",
    ),
    "a member that is no model": (
        lambda f: (
            (f / "logistic/model.skops").write_bytes(b"PK"),
            stated(f, lambda m: m["logistic"].update(md5=md5(f / "logistic/model.skops"))),
        ),
        "not a model file",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", EVIL)
def test_a_folder_that_is_not_what_was_saved_is_refused(case: str, bundle: Path) -> None:
    change, said = EVIL[case]
    change(bundle)
    with pytest.raises(AssayError) as caught:
        load_model(bundle)
    assert said in caught.value.what
    assert str(bundle) in caught.value.where
    assert "assay doctor --mend" in caught.value.todo


def test_no_parser_sees_a_member_before_the_bytes_of_all_of_them_are_checked(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def called(*_: object, **__: object) -> None:
        raise AssertionError("a parser was called")

    for parser in ("xgboost.XGBClassifier.load_model", "lightgbm.Booster.__init__", "skops.io.loads"):
        monkeypatch.setattr(parser, called)
    path = bundle / "xgboost/model.ubj"  # the last by name
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(AssayError, match="not the model that ensemble"):
        load_model(bundle)


def test_a_member_that_leads_elsewhere_is_held_to_its_hash(bundle: Path) -> None:
    shutil.rmtree(bundle / "logistic")
    (bundle.parent / "outside").mkdir()
    (bundle.parent / "outside/model.skops").write_bytes(b"evil")
    (bundle / "logistic").symlink_to(bundle.parent / "outside")
    with pytest.raises(AssayError, match="not the model that ensemble"):
        load_model(bundle)
