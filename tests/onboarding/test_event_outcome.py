"""An outcome that is asked for as an event: who has it by hand and who has it in the draft, record by record."""

import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from assay.config.compose import composed
from assay.config.load import typed
from assay.config.outcome import Outcome as Event
from assay.errors import AssayError
from assay.onboarding.dataset import init_dataset
from assay.onboarding.draft import Draft, draft
from assay.onboarding.event_outcome import asked_for
from assay.onboarding.outcome import Answer
from assay.preparation.reconcile import clean
from samples import ROOT

ROWS = 400
GAPS = {"died": [3, 4], "days": [3, 9]}  # the rows without a value


def study() -> pd.DataFrame:
    """Deaths and days until them or the last visit; `severity` tells those dead within a year apart."""
    generator = np.random.default_rng(1)
    days = generator.integers(1, 900, ROWS)
    died = generator.random(ROWS) < 0.4
    table = pd.DataFrame(
        {
            "age": generator.integers(20, 90, ROWS),
            "severity": np.where(died & (days <= 365), 9.5, generator.normal(3, 1, ROWS).round(2)),
            "hba1c": generator.normal(5.5, 0.8, ROWS).round(1),
            "days": days,
            "died": died.astype(int),
            "status": np.where(died, "dead", "alive"),
        }
    ).astype("str")
    for column, rows in GAPS.items():
        table.loc[rows, column] = ""
    return table


def by_hand(table: pd.DataFrame, horizon: float) -> pd.Series:
    """The codes of a death within the horizon, by the definition."""
    died, days = pd.to_numeric(table["died"]), pd.to_numeric(table["days"])
    code = pd.Series("unknown", table.index)
    code[(died == 1) & (days <= horizon)] = "event"
    code[((died == 0) & (days >= horizon)) | (days > horizon) & died.notna()] = "no event"
    code[died.isna() & days.isna()] = ""
    return code


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """conf/ and what composes it, with a study that is to be described."""
    import shutil

    shutil.copytree(ROOT / "conf", tmp_path / "conf")
    (tmp_path / "src").symlink_to(ROOT / "src")
    monkeypatch.chdir(tmp_path)
    study().to_csv("study.csv", index=False)
    return tmp_path


@pytest.mark.parametrize(
    ("condition", "kind"), [("died == 1", "number"), ("died == '1'", "category"), ("died", "flag")]
)
def test_the_records_with_an_event_within_the_horizon_are_those_by_hand(
    repository: Path, condition: str, kind: str
) -> None:
    event = Event(condition, "days", 365)
    _, drafted, _ = init_dataset(repository / "study.csv", None, None, Answer(event=event))
    config = typed(yaml.safe_load(composed(["dataset=study"])))
    table, expected = study(), by_hand(study(), 365)
    records = clean(table, config.dataset, "here").records
    assert config.dataset.columns["died"].type == kind
    assert records["code"].tolist() == expected.tolist()
    assert (config.labels.positive, config.labels.ungradable) == (["event"], ["unknown"])
    assert not {"died", "days"} & {*records}
    lost = int((expected == "unknown").sum()) - 2  # rows 4 and 9 lack one of both values
    count = int((expected == "event").sum())
    assert drafted.outcome[1:] == [
        f"positive: {condition}, with days of 365 at most: {count} ({100 * count / ROWS:.1f} % of {ROWS} records)",
        f"negative: days of 365 or later, no event by then: {(expected == 'no event').sum()}",
        f"left out: {lost} lost before 365 without the event (censored), 2 without a value that tells, "
        "1 without any value",
    ]
    assert f"# {drafted.outcome[1]}\n" in Path("conf/dataset/study.yaml").read_text()


def test_a_threshold_needs_no_time(repository: Path) -> None:
    _, drafted, _ = init_dataset(repository / "study.csv", None, None, Answer(event=Event("hba1c >= 6.5")))
    dataset = typed(yaml.safe_load(composed(["dataset=study"]))).dataset
    high = study()["hba1c"].astype(float) >= 6.5
    assert clean(study(), dataset, "here").records["code"].tolist() == [*np.where(high, "event", "no event")]
    assert drafted.outcome[-1] == "left out: none"


def told(column: list[str], event: Event) -> Draft:
    """The draft of a table with these values of `x`, again and again, and times."""
    rows = 60
    table = pd.DataFrame({"x": [column[row % len(column)] for row in range(rows)], "days": map(str, range(rows))})
    table["age"] = [str(20 + row % 31) for row in range(rows)]
    return draft("study", table.astype("str"), {"uri": "x"}, None, Answer(event=event))


@pytest.mark.parametrize(
    ("column", "event", "asked"),
    [
        (["1", "0", "Unknown"], Event("x == '1'", "days", 30), "Unknown 20"),
        (["1", "0", "9"], Event("x == 1"), "9 20"),
        (["1", "0", "9"], Event("x == '1'"), "9 20"),
        (["4.5", "6.5", "7.5", "-999"], Event("x >= 6.5"), "-999 15"),
        (["4.5", "6.5", "7.5", "-999"], Event("x < 6.5"), "-999 15"),
        (["dead", "alive", "lost to follow-up"], Event("x == 'dead'"), "lost to follow-up 20"),
    ],
)
def test_values_that_may_mean_that_nobody_knows_are_asked_about(column: list[str], event: Event, asked: str) -> None:
    found = told(column, event)
    assert found.is_open
    assert f"??? {asked}: if nobody knows the outcome of these records" in found.dataset


@pytest.mark.parametrize(
    ("column", "event", "line"),
    [
        (["1", "0", "9"], Event("x in [1, 9]"), "left out: none"),
        (["1", "0", "2", "3"], Event("x == 1"), "left out: none"),
        (["5.5", "<7", "8.5"], Event("x >= 6.5"), "left out: 20 with a limit of detection that does not tell"),
        (["5,5", "7,5", "8,5"], Event("x >= 6.5"), "x: ',' is a decimal mark in 60 values"),
        (["5.5 %", "7.5 %", "8.5 %"], Event("x >= 6.5"), "x: '%' beside the number is left out in 60 of 60 values"),
    ],
)
def test_how_the_values_of_an_event_are_read_is_said(column: list[str], event: Event, line: str) -> None:
    found = told(column, event)
    assert not found.is_open
    assert line in found.outcome


@pytest.mark.parametrize(
    ("column", "event", "said"),
    [
        (["9", "10", "11"], Event("x >= '10'"), "'>=' takes number, not a text"),
        (["a", "b", "c"], Event("x >= 'b'"), "x holds texts, which are not more or less"),
        (["2024-01-09", "2024-02-10"], Event("x > '10.01.2024'"), "is no date like"),
        (["50 days", "3", "4"], Event("x > 3"), "'days' stands after 20 of 60 numbers"),
    ],
)
def test_an_event_that_would_be_told_otherwise_than_meant_is_refused(
    column: list[str], event: Event, said: str
) -> None:
    with pytest.raises(AssayError, match=said) as caught:
        told(column, event)
    assert caught.value.where
    assert caught.value.todo


def test_a_leak_is_sought_among_labelled_records_alone() -> None:
    """With the censored as negative ones, the severity of the dead would not stand out."""
    table = study()
    table.loc[by_hand(table, 365) == "unknown", "severity"] = "9.5"
    remarks = draft("study", table, {"uri": "x"}, None, Answer(event=Event("died == 1", "days", 365))).remarks
    assert [one for one in remarks if "predicts" in one] == [
        "severity: predicts the target alone (area under the ROC curve 1.000): a leak? If so, set that role"
    ]


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (Event("died = 1"), "'=' is not allowed"),
        (Event("dead == 1"), "no column 'dead'"),
        (Event("status > 3"), "takes text, not a number"),
        (Event("`${x}` == 1"), "in a column: `\\${x}` == 1, \\${x}"),
        (Event("status == 'gone'"), "the event came for none .status: alive"),
        (Event("hba1c > 0"), "no record is negative"),
        (Event("died == 1", "days"), "--time COLUMN and --horizon NUMBER go together"),
        (Event("died == 1", "status", 365), "status is no column of numbers"),
        (Event("died == 1", "before", 365), "1 times in before are below 0, like -4"),
    ],
)
def test_an_event_that_says_nothing_is_refused(event: Event, said: str) -> None:
    table = study().assign(before=lambda one: ["-4", *one["hba1c"][1:]])
    with pytest.raises(AssayError, match=said):
        draft("study", table, {"uri": "x"}, None, Answer(event=event))


@pytest.mark.parametrize("name", ["${x}", "??? x", "a ${oc.env:HOME}"])
def test_a_class_that_the_configuration_would_look_up_is_named_with_a_way_around_it(
    repository: Path, name: str
) -> None:
    """As the name of a feature, or a value of it, it does no harm."""
    table = study().assign(status=np.where(study()["status"] == "dead", name, "alive"), site=[name, "b"] * (ROWS // 2))
    table = table.rename(columns={"age": name})
    table.to_csv("odd.csv", index=False)
    with pytest.raises(AssayError) as caught:
        init_dataset(repository / "odd.csv", None, "status")
    assert caught.value.what.endswith(f"in a class: {name}")
    event = shlex.split(caught.value.todo.rpartition("--event ")[2])[0]
    init_dataset(repository / "odd.csv", None, None, Answer(event=Event(event)))
    config = typed(yaml.safe_load(composed(["dataset=odd"])))
    records = clean(table, config.dataset, "here").records
    assert (records["code"] == "event").tolist() == (table["status"] == name).tolist()
    assert records["site"].tolist() == table["site"].tolist()
    assert records[name].tolist() == table[name].astype(float).tolist()


@pytest.mark.parametrize(
    ("event", "time", "horizon", "others", "said"),
    [
        (None, "days", 365, [], "say when an event counts"),
        ("died", None, None, ["died"], "there is no target"),
        ("died", "days", -1, [], "above 0"),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    event: str | None, time: str | None, horizon: float | None, others: list[str], said: str
) -> None:
    with pytest.raises(AssayError, match=said):
        asked_for(event, time, horizon, others)
