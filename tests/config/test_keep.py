"""What an experiment left in params.yaml is written into conf/, value by value."""

import shutil
from pathlib import Path

import pytest

from assay.config.compose import composed, difference
from assay.config.keep import kept
from assay.errors import AssayError
from samples import ROOT

KEPT = [
    (
        ["training.folds=4", "model.num_leaves=3"],
        [("conf/config.yaml", "  folds: 4           # contiguous"), ("conf/model/lightgbm.yaml", "\nnum_leaves: 3\n")],
    ),
    (["model=logistic"], [("conf/config.yaml", "  - model: logistic\n")]),
    (["model@baselines.logistic=hist_gbm"], [("conf/config.yaml", "  - model@baselines.logistic: hist_gbm\n")]),
    (["dataset=covid"], [("conf/config.yaml", "  - dataset: covid\n"), ("conf/config.yaml", "  - labels: ${dataset}")]),
    (
        ["labels=hypo", "split=random", "split.seed=4"],
        [
            ("conf/labels/thyroid.yaml", "- hypo"),
            ("conf/split/thyroid.yaml", "- random"),
            ("conf/split/random.yaml", "seed: 4"),
        ],
    ),
    (
        ["split=days", "split.validation_from=1986-02-01", "split.test_from=1986-09-01"],
        [("conf/split/thyroid.yaml", "- days"), ("conf/split/days.yaml", "test_from: '1986-09-01'\n")],
    ),
    (["split.test_from=1986-09-01"], [("conf/split/temporal.yaml", 'test_from: "1986-09-01"\n')]),
    (["features.drop=[TSH,log_TSH]"], [("conf/features/clinical.yaml", "drop: [TSH, log_TSH]\n")]),
    (["debug=fast"], [("conf/config.yaml", "  refit: false ")]),
    (["criteria.beat_baselines=[rule]"], [("conf/criteria/screening.yaml", "beat_baselines: [rule]  # average")]),
    (
        ["dataset.rule=null"],
        [("conf/dataset/thyroid.yaml", "\nrule: null\n"), ("conf/model/rule.yaml", "${dataset.rule}")],
    ),
    (["dataset.columns.TSH.range=[0,500]"], [("conf/dataset/thyroid.yaml", "hormone, range: [0, 500], plausible:")]),
    (["dataset.about='a: \"b\" # ä'"], [("conf/dataset/thyroid.yaml", "about: 'a: \"b\" # ä'\nwords:")]),
    (["labels.about='1e3'"], [("conf/labels/overt.yaml", "about: '1e3'\n")]),
    (["model.learning_rate=1e-5"], [("conf/model/lightgbm.yaml", "learning_rate: 1.0e-05")]),
]
REFUSED = [
    (["model=logistic", "model.C=0.3"], "baselines.logistic.C would change as well", "conf/model/logistic.yaml"),
    (["dataset=covid", "labels=contrary"], "labels=contrary: its place in conf/ is computed", "conf/config.yaml"),
    (["baselines.rule.rule=null"], "baselines.rule.rule=None: its place in conf/ is computed", "conf/model/rule.yaml"),
    (["dataset.limits=[none]"], "spread over lines", "conf/dataset/thyroid.yaml"),
    (["labels.codes=whole"], "no file sets labels.codes", "conf"),
    (["+dataset.columns.sick.available=false"], r"only one of .* has dataset\.columns\.sick\.available", "conf"),
]


@pytest.fixture(autouse=True)
def _own_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "conf", tmp_path / "conf")
    policy = (ROOT / "conf/labels/covid.yaml").read_text()  # another one that fits its classes
    policy = policy.replace("name: covid", "name: contrary").replace("[positive]", "[negative]")
    (tmp_path / "conf/labels/contrary.yaml").write_text(policy)
    days = (
        "name: days\nby: time\nvalidation_from: ???\ntest_from: ???\ndata_until: null\n"  # as `assay start` leaves it
    )
    (tmp_path / "conf/split/days.yaml").write_text(days)
    (tmp_path / "src").symlink_to(ROOT / "src")
    shutil.copy(ROOT / "params.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)


def texts() -> dict[str, str]:
    return {str(file): file.read_text() for file in Path("conf").rglob("*.yaml")}


def lines_changed(before: dict[str, str]) -> int:
    return sum(
        one != other
        for file, text in texts().items()
        for one, other in zip(before[file].splitlines(), text.splitlines(), strict=True)
    )


@pytest.mark.slow
@pytest.mark.parametrize(("overrides", "expected"), KEPT, ids=lambda value: " ".join(map(str, value)))
def test_conf_says_what_params_said_and_nothing_else_changes(
    overrides: list[str], expected: list[tuple[str, str]]
) -> None:
    Path("params.yaml").write_text(order := composed(overrides))
    before = texts()
    changes = kept()
    assert Path("params.yaml").read_text() == order
    assert difference(composed()) == ""
    for file, said in expected:
        assert said in Path(file).read_text()
    if "dataset.about" not in overrides[0]:  # four lines there become one
        assert lines_changed(before) == len(changes)


@pytest.mark.slow
@pytest.mark.parametrize(("overrides", "said", "where"), REFUSED, ids=lambda value: str(value))
def test_what_conf_cannot_say_is_named_and_nothing_is_written(overrides: list[str], said: str, where: str) -> None:
    Path("params.yaml").write_text(order := composed(overrides))
    before = texts()
    with pytest.raises(AssayError, match=said) as caught:
        kept()
    assert (caught.value.where, "assay params" in caught.value.todo) == (where, True)
    assert (texts(), Path("params.yaml").read_text()) == (before, order)


def test_nothing_to_keep_changes_nothing() -> None:
    before = texts()
    assert kept() == []
    assert (texts(), Path("params.yaml").read_bytes()) == (before, (ROOT / "params.yaml").read_bytes())


def test_a_value_out_of_its_range_does_not_reach_conf() -> None:
    params = Path("params.yaml")
    params.write_text(params.read_text().replace("folds: 5", "folds: 1"))
    before = texts()
    with pytest.raises(AssayError, match=r"training\.folds=1 must be from 2 to 50"):
        kept()
    assert texts() == before


@pytest.mark.slow
def test_a_file_that_two_keys_share_is_written_where_both_changed() -> None:
    Path("params.yaml").write_text(composed(["model=logistic", "model.C=0.3", "baselines.logistic.C=0.3"]))
    assert [line for line in kept() if ".C:" in line] == ["conf/model/logistic.yaml: model.C: 1.0 -> 0.3"]


@pytest.mark.slow
def test_a_file_that_two_datasets_build_on_stays_as_it_is() -> None:
    other, shared, own = (Path("conf/split", f"{name}.yaml") for name in ("shop", "temporal", "thyroid"))
    other.write_text("defaults:\n  - temporal\n")
    Path("params.yaml").write_text(order := composed(["split.test_from=1986-09-01", "split.data_until=1987-01-31"]))
    before, text = shared.read_text(), own.read_text()
    said = [
        'conf/split/thyroid.yaml: split.test_from: "1986-09-01"',
        "conf/split/thyroid.yaml: split.data_until: '1987-01-31'",
    ]
    assert sorted(kept()) == sorted(said)
    assert (shared.read_text(), composed()) == (before, order)
    assert own.read_text().startswith(text)
    Path("params.yaml").write_text(composed(["split.test_from=1986-10-01"]))
    assert kept() == ['conf/split/thyroid.yaml: split.test_from: "1986-09-01" -> "1986-10-01"']


@pytest.mark.slow
def test_a_value_within_others_is_added_with_its_place() -> None:
    for part in ("dataset", "labels", "split"):
        for name in ("north", "south"):
            named = f"name: {name}\n" if part == "dataset" else ""
            Path(f"conf/{part}/{name}.yaml").write_text(f"defaults:\n  - thyroid\n{named}")
    menu = Path("conf/config.yaml")
    menu.write_text(menu.read_text().replace("- dataset: thyroid", "- dataset: north"))
    Path("params.yaml").write_text(order := composed(["dataset.columns.TSH.range=[0,500]"]))
    assert kept() == ["conf/dataset/north.yaml: dataset.columns: {TSH: {range: [0, 500]}}"]
    assert composed() == order
    Path("params.yaml").write_text(composed(["dataset.columns.T3.range=[0,500]"]))
    with pytest.raises(AssayError, match=r"dataset\.columns\.T3\.range=\[0, 500\]: its place") as caught:
        kept()
    assert caught.value.where == "conf/dataset/north.yaml"


@pytest.mark.slow
def test_the_last_file_that_sets_a_key_is_written() -> None:
    menu = Path("conf/config.yaml")
    menu.write_text(menu.read_text().replace("debug: null", "debug: fast"))
    Path("params.yaml").write_text(composed(["training.folds=3"]))
    assert kept() == ["conf/debug/fast.yaml: training.folds: 2 -> 3"]
