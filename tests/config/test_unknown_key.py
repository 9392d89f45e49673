"""A misspelt key is refused with the nearest one, by our commands and by DVC's, and nobody is told to use +."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assay.config.compose import composed
from assay.config.unknown_key import unknown
from assay.errors import AssayError
from assay.sweep.plan import plan
from samples import ROOT

CASES = [
    (["model.num_leave=3"], "there is no key model.num_leave: did you mean model.num_leaves?"),
    (["num_leave=3"], "there is no key num_leave: did you mean model.num_leaves?"),
    (["modl=logistic"], "there is no key modl: did you mean model?"),
    (["split.test_form=1986-08-01"], "there is no key split.test_form: did you mean split.test_from?"),
    (
        ["dataset.columns.TSHH.unit=x"],
        "there is no key dataset.columns.TSHH.unit: did you mean dataset.columns.TSH.unit",
    ),
    (
        ["model=logistic", "model.num_leaves=3"],
        "there is no key model.num_leaves in this configuration: it is one of model=lightgbm",
    ),
    (
        ["engine=stream", "engine.scheduler=tcp://head:8786"],
        "there is no key engine.scheduler in this configuration: it is one of engine=dask",
    ),
    (
        ["engine.workers=4"],
        "there is no key engine.workers in this configuration: it is one of engine=dask, engine=stream",
    ),
    (["model=logistic", "model.bananas=3"], "there is no key model.bananas; model has: name, threshold"),
    (["training.bananas=1"], "there is no key training.bananas; training has: folds, confidence, refit"),
    (["bananas=1"], "there is no key bananas; at the top has: version, dataset"),
    (["+model.num_leave=3"], "model.num_leave: unknown key, did you mean num_leaves?"),
    (["+training.fold=4"], "training.fold: unknown key, did you mean folds?"),
    (["model=lgistic"], "there is no model=lgistic: did you mean model=logistic?"),
    (["labels=ovrt"], "there is no labels=ovrt: did you mean labels=overt?"),
    (["model@baselines.rule=logstic"], "there is no model=logstic: did you mean model=logistic?"),
    (["model=zzz"], "there is no model=zzz; model has: catboost, ensemble, ensemble_catboost"),
    (["sweep=depth"], "Could not override 'sweep'"),
    (["model.num_leaves=deep"], "model.num_leaves=deep: value 'deep' of type 'str' could not be converted to Integer"),
]


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize(
    ("overrides", "said"), CASES, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_the_nearest_key_is_named(overrides: list[str], said: str) -> None:
    with pytest.raises(AssayError) as caught:
        composed(overrides)
    assert caught.value.what.startswith(said)
    assert "use +" not in str(caught.value)
    assert caught.value.todo in ("correct the override", "correct the key")


def test_a_sweep_says_so_too_before_anything_runs() -> None:
    with pytest.raises(
        AssayError, match=r"did you mean model\.num_leaves\?\n.*where: model\.num_leave=2\n.*nothing has run"
    ):
        plan("depth", [["model.num_leave=2,3"]])


@pytest.mark.slow
def test_a_stage_says_so_too() -> None:
    command = [sys.executable, "-m", "assay.stages.split", "split.test_form=1986-08-01"]
    refused = subprocess.run(command, capture_output=True, text=True)
    assert refused.returncode != 0
    assert "did you mean split.test_from?" in refused.stderr
    assert "+split" not in refused.stderr


@pytest.mark.parametrize(
    ("override", "said"),
    [
        (
            "model.num_leaves=-1",
            "model.num_leaves=-1 must be from 2 to 131072\n  where: the configuration\n  to do: correct the value",
        ),
        ("model=lgistic", "there is no model=lgistic: did you mean model=logistic?"),
        ("model.num_leave=3", "there is no key model.num_leave: did you mean model.num_leaves?"),
    ],
)
def test_dvc_says_it_in_our_words_alone(override: str, said: str) -> None:
    command = (
        "from dvc.utils.hydra import compose_and_dump as compose; "
        "from dvc.exceptions import DvcException\n"
        f"try: compose('/dev/null', {str(ROOT / 'conf')!r}, None, 'config', {str(ROOT / 'src')!r}, [{override!r}])\n"
        "except DvcException as error: print(error, end='')"
    )
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == (said, "")


def test_a_name_that_is_like_none_is_answered_with_those_that_there_are() -> None:
    assert unknown("a.z", {"a": {"b": 1, "c": 2}}) == "there is no key a.z; a has: b, c"
    assert unknown("a.b.z", {"a": {"b": 1, "c": 2}}) == "there is no key a.b.z; a has: b, c"
    assert unknown("a.b.z", {"a": {"b": {}, "c": 2}}) == "there is no key a.b.z: a.b has none"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "said", "todo"),
    [
        (b"a: [1\n b: 2", "while parsing a flow sequence; in .*zz.yaml", "correct the file in conf/"),
        (b"\xff\xfename", "not text in UTF-8", "save it so"),
        (b"- a\n- b\n", r"model=\['a', 'b'\]: input should be a valid dictionary", "correct the value"),
    ],
    ids=["no YAML", "no text", "a list"],
)
def test_a_file_of_conf_that_is_none_is_named(
    content: bytes, said: str, todo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "conf", tmp_path / "conf")
    (tmp_path / "src").symlink_to(ROOT / "src")
    (tmp_path / "conf/model/zz.yaml").write_bytes(content)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AssayError, match=said) as caught:
        composed(["model=zz"])
    assert caught.value.todo == todo
