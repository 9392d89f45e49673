"""Loading a model folder for scoring: all that is needed comes out, and what does not fit is refused."""

import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.bundle import code, loading
from assay.bundle.folder import ENSEMBLE_FILE, SKOPS_FILE, XGBOOST_FILE, describe, save_model
from assay.bundle.hashes import seal
from assay.bundle.loading import Bundle, load, require_libraries
from assay.errors import AssayError
from assay.modelling.building import build
from modelling_samples import configured, labelled
from samples import ROOT

MODELS = Path("models")
BUNDLE = MODELS / "bundle.json"
Content = dict[str, Any]


def written(content: Any) -> None:
    """Put this in place of bundle.json, with hashes that agree."""
    BUNDLE.write_text(content if isinstance(content, str) else json.dumps(content))
    seal(MODELS)


def refusal() -> AssayError:
    with pytest.raises(AssayError) as caught:
        load(MODELS)
    assert caught.value.todo
    assert "models" in caught.value.where
    return caught.value


def test_a_bundle_scores_as_the_line_does(line: Path) -> None:
    found = load(MODELS)
    X = pd.read_parquet("data/features/test.parquet").set_index("record_id")
    predictions = pd.read_parquet("data/predictions/test.parquet")
    assert found.score(X).tolist() == predictions["score"].tolist()
    assert found.columns == tuple(X)
    assert found.threshold == json.loads(Path("data/predictions/thresholds.json").read_text())["model"]["value"]
    assert found.vocabularies == {name: list(X[name].cat.categories) for name in ("sex", "referral_source")}
    assert (found.name, found.dataset.name, found.labels.name) == ("lightgbm", "thyroid", "overt")
    assert found.features.derived is True


def test_a_copy_elsewhere_is_the_same_bundle(line: Path, tmp_path: Path) -> None:
    before = load(MODELS).hash
    MODELS.rename(tmp_path / "shared")
    assert load(tmp_path / "shared").hash == before


def set_at(*keys: Any) -> Callable[[Content], object]:
    """Set the value at a path of keys: the last argument."""

    def change(content: Content) -> None:
        *way, last, value = keys
        node: Any = content
        for key in way:
            node = node[key]
        node[last] = value

    return change


ODD: dict[str, tuple[Callable[[Content], object], str]] = {
    "no format": (lambda c: c.pop("format"), "format None: this release reads format 1"),
    "a later format": (set_at("format", 2), "format 2: this release reads format 1"),
    "a format that is none": (set_at("format", [[]]), "this release reads format 1"),
    "an unknown key": (set_at("run", "rm"), "bundle.run: unknown key"),
    "no threshold": (lambda c: c.pop("threshold"), "bundle.threshold"),
    "a threshold that is none": (set_at("threshold", "value", "high"), "bundle.threshold.value"),
    "a threshold in quotes": (set_at("threshold", "value", "0.5"), "bundle.threshold.value is of another type"),
    "a recalibration in quotes": (set_at("recalibration", {"slope": "1", "intercept": 0}), "slope is of another type"),
    "a truth value for a number": (set_at("threshold", "positives", True), "positives is of another type"),
    "a number for a text": (set_at("config", "dataset", "about", 1), "config.dataset.about is of another type"),
    "no features": (set_at("features", []), "features: none"),
    "a feature twice": (lambda c: c["features"].append(c["features"][0]), "one of them twice"),
    "a category without any": (lambda c: c["features"][1].pop("categories"), "a category has categories"),
    "a recalibration of one number": (set_at("recalibration", {"slope": 1.0}), "recalibration.intercept"),
    "no contract": (lambda c: c["config"].pop("dataset"), "config.dataset"),
    "a contract that contradicts itself": (set_at("config", "dataset", "key", "nowhere"), "names no column: nowhere"),
    "a rule that is code": (
        set_at("config", "dataset", "population", 0, "where", "__import__('os').system('true')"),
        "is not allowed",
    ),
    "code from elsewhere": (set_at("config", "dataset", "knowledge", "os"), "is no module under assay.datasets"),
    "a policy that finds nobody": (set_at("config", "labels", "positive", []), "no record could be positive"),
    "a policy of another kind": (set_at("config", "labels", "codes", "numbers"), "labels.codes=numbers"),
    "a model file elsewhere": (set_at("file", "name", "../model.txt"), "names no model file"),
    "a model file of another hash": (set_at("file", "md5", "0" * 32), "not the model that bundle.json describes"),
    "code that it does not state": (set_at("code", {}), "uses the code of thyroid; it states that of no plug-in"),
    "code of another hash": (set_at("code", "thyroid", "sha256", "0" * 64), "the installed code of thyroid is not"),
    "code of another file": (
        set_at("code", "thyroid", "files", "thyroid/rule.py", "0" * 64),
        "is not that of the training: thyroid/rule.py",
    ),
    "an earlier library": (set_at("versions", "lightgbm", "3.3.0"), "trained with lightgbm 3.3.0, and"),
    "a library without version": (lambda c: c["versions"].pop("lightgbm"), "does not state"),
}


@pytest.mark.parametrize("case", ODD)
def test_a_description_that_does_not_fit_is_refused(case: str, line: Path) -> None:
    change, said = ODD[case]
    content = json.loads(BUNDLE.read_text())
    change(content)
    written(content)
    assert said in refusal().what


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", '"a"', "[" * 100_000, '{"format": 1, "format": 1}', '{"format": 1, "threshold": NaN}', "\x00"],
)
def test_a_description_that_is_none_is_refused(text: str, line: Path) -> None:
    written(text)
    refusal()


def test_nothing_is_parsed_before_its_hash_is_checked(line: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("read", "model_of"):
        monkeypatch.setattr(loading, name, lambda *_: pytest.fail("it was parsed"))
    BUNDLE.write_text(BUNDLE.read_text() + "\n")
    assert "not the file that hashes.json lists" in refusal().what


def test_a_folder_of_an_earlier_release_says_what_to_do(line: Path) -> None:
    (MODELS / "hashes.json").unlink()
    said = refusal()
    assert "no bundle of this release" in said.what
    assert "dvc repro train" in said.todo


def test_other_versions_can_be_allowed(line: Path) -> None:
    content = json.loads(BUNDLE.read_text())
    content["versions"]["lightgbm"] = "3.3.0"
    written(content)
    assert "allow other versions" in refusal().todo
    assert load(MODELS, other_versions=True).name == "lightgbm"


@pytest.mark.parametrize(
    ("trained", "installed", "said"),
    [
        ("3.2.0", "3.2.9", None),
        ("3.2.0", "3.2.1rc1", None),
        ("3.2.0", "3.20.0", "trained with xgboost-cpu 3.2.0, and 3.20.0 is installed"),
        ("3.2.0", "4.2.0", "4.2.0 is installed"),
        ("3.2.0", None, "needs xgboost-cpu, which is not installed"),
    ],
)
def test_versions_are_the_same_but_for_the_last_part(
    trained: str, installed: str | None, said: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # `xgboost` is the same library, built for a GPU.
    monkeypatch.setattr(loading, "_installed", {"xgboost": installed}.get)
    if said is None:
        require_libraries({"xgboost-cpu": trained}, [XGBOOST_FILE], "models")
        return
    with pytest.raises(AssayError, match=said):
        require_libraries({"xgboost-cpu": trained}, [XGBOOST_FILE], "models")


@pytest.mark.parametrize("lacking", ["scikit-learn", "skops"])
@pytest.mark.parametrize("other_versions", [False, True])
def test_each_library_that_reads_a_model_must_be_there(
    lacking: str, other_versions: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = {"scikit-learn": "1.9.1", "skops": "0.13.0"}
    monkeypatch.setattr(loading, "_installed", {**trained, lacking: None}.get)
    with pytest.raises(AssayError, match=f"the model needs {lacking}, which is not installed") as caught:
        require_libraries(trained, [SKOPS_FILE], "models", other_versions=other_versions)
    assert caught.value.todo == f"install {lacking}"


def test_the_versions_of_other_models_do_not_matter() -> None:
    with pytest.raises(AssayError, match="scikit-learn"):
        require_libraries({"xgboost-cpu": "0.1"}, [SKOPS_FILE], "models")


def test_each_member_of_an_ensemble_needs_its_library(line: Path) -> None:
    content, records = json.loads(BUNDLE.read_text()), labelled(60)
    (MODELS / "model.txt").unlink()
    save_model(build(configured("ensemble")).fit(records.X, records.y), MODELS)
    kept = {name: content[name] for name in content if name not in ("format", "file")}
    describe(MODELS, **kept)
    seal(MODELS)
    assert json.loads(BUNDLE.read_text())["file"]["name"] == ENSEMBLE_FILE
    assert hasattr(load(MODELS).estimator, "members_")
    describe(MODELS, **kept | {"versions": content["versions"] | {"xgboost-cpu": "1.0.0"}})
    seal(MODELS)
    assert "trained with xgboost-cpu 1.0.0" in refusal().what


def test_code_that_was_edited_since_is_refused_and_not_run(line: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = code.installed("thyroid")
    monkeypatch.setattr(code, "installed", lambda _: real | {"thyroid/features.py": b"raise SystemExit"})
    said = refusal()
    assert said.what == "the installed code of thyroid is not that of the training: thyroid/features.py"
    assert "revision that trained the model" in said.todo


NUMBERS, TEXTS = st.integers() | st.floats(allow_nan=False), st.text(max_size=5)
JUNK = st.none() | st.booleans() | NUMBERS | TEXTS | st.lists(NUMBERS, max_size=2) | st.just({})


def places(node: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if not isinstance(node, dict | list) or not node:
        return [way] if way else []
    keys = node if isinstance(node, dict) else range(len(node))
    return ([way] if way else []) + [place for key in keys for place in places(node[key], (*way, key))]


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_stands_in_a_description_it_is_loaded_or_refused(line: Path, data: st.DataObject) -> None:
    if not (line / "as_it_was").exists():
        (line / "as_it_was").write_text(BUNDLE.read_text())
    content = deepcopy(json.loads((line / "as_it_was").read_text()))
    way = data.draw(st.sampled_from(places(content)))
    set_at(*way, data.draw(JUNK))(content)
    written(content)
    try:
        assert isinstance(load(MODELS), Bundle)
    except AssayError as error:
        assert error.todo


WITHOUT = (
    "sklearn",
    "hydra",
    "omegaconf",
    "dvc",
    "dvclive",
    "matplotlib",
    "typer",
    "jinja2",
    "duckdb",
    "yaml",
    "xgboost",
)
LOADED = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name in {without!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
from pathlib import Path
import pandas as pd
from assay.bundle.loading import load
X = pd.read_parquet("data/features/test.parquet").set_index("record_id")
print(load(Path("models")).score(X).tolist())
print(sorted({{name.split(".")[1] for name in sys.modules if name.startswith("assay.")}}))
"""


def test_the_default_model_needs_little_and_scores_the_same_without_the_rest(line: Path) -> None:
    """As on a machine that has nothing but the bundle and what scoring needs."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(without=WITHOUT)],
        env={"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    scores, rooms = done.stdout.splitlines()
    assert json.loads(scores) == pd.read_parquet("data/predictions/test.parquet")["score"].tolist()
    assert set(rooms.strip("[]").replace("'", "").split(", ")) == {
        "arithmetic", "bundle", "config", "datasets", "errors", "files", "machine", "paths", "records",
        "text",
    }  # fmt: skip
