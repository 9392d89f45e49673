"""Tables with any names, values and classes: what comes out equals what went in, or a stop names the place."""

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf

from assay.config.dataset import (
    CATEGORY,
    DAY,
    FEATURE,
    FLAG,
    ID,
    NUMBER,
    Column,
    Dataset,
    Outside,
    Rule,
    Time,
    cleaned_name,
    passes,
)
from assay.config.dataset_faults import faults
from assay.config.load import typed_as
from assay.config.questions import questions
from assay.config.schema import Features
from assay.contract.population import exclusions, slices
from assay.contract.values import NO, YES
from assay.errors import AssayError, sample
from assay.onboarding.draft import draft
from assay.onboarding.guess import MARKERS
from assay.preparation.features import categorised, features, vocabularies
from assay.preparation.reconcile import clean
from assay.records.feature_table import read_features, write_features
from assay.records.reading import read

ROWS = 30
ALL = Features(name="all", derived=True, drop=[])
OF_ASSAY = ["record_id", "code", "date", "sample_weight", "rule", "label", "fold", "score", "group", "excluded"]
OF_YAML = ["on", "no", "null", "true", "~", "1E30", "1e3", "0x1F", "1_000", "12:30", ".5", "2020-01-31", "?", "k: v"]
OF_LIBRARIES = ["age [years]", "TSH < 4.5", 'say "x"', "a,b", "{x}", "a b", "a_b", "self", "index", "baseline"]
OF_PAGES = [
    "<script>",
    "|",
    "`x`",
    "# x",
    "%s",
    "$x$",
    "\\n",
    "\u202e",
    "größe",
    "日本",
    " lead",
    "trail ",
    "x.y",
    "${x}",
]
KNOWN = [*OF_ASSAY, *OF_YAML, *OF_LIBRARIES, *OF_PAGES, "code (own)"]
WORDS = st.one_of(
    st.sampled_from(KNOWN),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8),
)
NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: repr(round(value, 3)))


@st.composite
def columns(draw: st.DrawFn) -> list[str]:
    """The values of a column: numbers, a flag, or texts of a few kinds; some are missing."""
    few = draw(st.lists(WORDS, min_size=2, max_size=5, unique=True))
    cell = draw(st.sampled_from([NUMBERS, st.sampled_from(["yes", "no"]), st.sampled_from(few)]))
    gaps = draw(st.booleans())
    return draw(st.lists(st.one_of(cell, st.just("")) if gaps else cell, min_size=ROWS, max_size=ROWS))


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    """Names, the last of which is the target, and the values of each column."""
    names = draw(st.lists(WORDS, min_size=2, max_size=6, unique=True))
    classes = draw(st.lists(WORDS, min_size=2, max_size=2, unique=True))
    target = [classes[i % 3 == 0] for i in range(ROWS)]
    return names, [*(draw(columns()) for _ in names[:-1]), target]


def written(names: list[str], values: list[list[str]], folder: Path) -> Path:
    path = folder / "table.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([names, *zip(*values, strict=True)])
    return path


def contract(raw: pd.DataFrame, target: str) -> Dataset:
    """The contract as drafted, read as the configuration reads it."""
    source = {"uri": "table.csv", "sha256": "0" * 64, "licence": "unknown", "citation": "unknown"}
    text = draft("table", raw, source, target).dataset
    plain = OmegaConf.to_container(OmegaConf.create(text), resolve=True)
    if asked := [text for column in plain["columns"].values() for _, text in questions(column["type"], "type")]:
        raise AssayError(sample(asked), where="conf/", todo="answer it")
    found = typed_as(Dataset, plain, "dataset")
    assert faults(found) == []
    return found


def same(kind: str, before: pd.Series, after: pd.Series, missing: list[str]) -> bool:
    """Whether values are the same; a text that the contract calls missing has become none."""
    there = ~before.isin(missing)
    assert after[~there].isna().all()
    before, after = before[there], after[there]
    if kind == NUMBER:
        return before.astype("float64").tolist() == after.astype("float64").tolist()
    if kind == FLAG:
        said = before.str.strip().str.lower()
        assert said.isin([*YES, *NO]).all()
        return said.isin(YES).tolist() == after.astype("bool").tolist()
    if kind == DAY:
        return pd.to_datetime(before).dt.date.tolist() == pd.to_datetime(after).dt.date.tolist()
    return before.tolist() == after.astype("str").tolist()


def missing_of(dataset: Dataset, name: str) -> list[str]:
    """The texts that mean no value in a column."""
    own = dataset.columns[name].missing
    return dataset.missing if own is None else own


def checked(names: list[str], values: list[list[str]], folder: Path) -> Dataset:
    """Run the table through draft, clean and featurize, and compare every value with what went in."""
    went_in = pd.DataFrame(dict(zip(names, map(pd.Series, values), strict=True)), dtype="str")
    raw = read(written(names, values, folder))
    assert list(raw) == names
    dataset = contract(raw, names[-1])
    found = clean(raw, dataset, "table.csv")
    assert len(found.records) == ROWS
    in_file = went_in[dataset.key] if dataset.key else sorted(found.records["record_id"])
    records = found.records.set_index("record_id").loc[in_file]
    expected = went_in[names[-1]].mask(lambda one: one.isin(missing_of(dataset, names[-1])), "")
    assert records["code"].tolist() == expected.tolist()
    table = features(records, dataset, ALL)
    write_features(folder / "features.parquet", categorised(table, vocabularies(table)), 250_000)
    learned = read_features(folder / "features.parquet")
    for name, column in dataset.columns.items():
        missing = missing_of(dataset, name)
        if passes(dataset, name):
            there = records[cleaned_name(dataset, name)].reset_index(drop=True)
            assert same(column.type, went_in[name], there, missing)
        if column.role == FEATURE and column.type in (NUMBER, FLAG, CATEGORY):
            assert same(column.type, went_in[name], learned[name].reset_index(drop=True), missing)
    assert list(slices(records, dataset)) == list(dataset.slices)
    assert exclusions(records, dataset).eq("").all()
    return dataset


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(table=(["0", "target"], [["word"] * (ROWS - 1) + ["None"], ["yes", "no", "no"] * (ROWS // 3)]))
@given(table=tables())
def test_what_comes_out_equals_what_went_in_or_a_stop_names_the_place(
    table: tuple[list[str], list[list[str]]], tmp_path: Path
) -> None:
    try:
        checked(*table, tmp_path)
        event("the same")
    except AssayError as stop:
        event(f"stopped: {stop.what[:40]}")
        assert stop.where, stop
        assert stop.todo, stop


@pytest.mark.parametrize("name", [name for name in KNOWN if name != "${x}"])
def test_a_column_may_have_any_name(name: str, tmp_path: Path) -> None:
    """As a feature, as the target, and as the class that is looked for."""
    numbers = [f"{i}.5" for i in range(ROWS)]
    classes = [name if i % 3 == 0 else "well" for i in range(ROWS)]
    found = checked([name, "outcome"], [numbers, [f"{one}." for one in classes]], tmp_path)
    assert found.columns[name].role == (ID if name == "record_id" else FEATURE)
    assert checked(["lab", name], [numbers, [f"{one}." for one in classes]], tmp_path).target == name
    if name not in MARKERS:
        assert checked(["lab", "outcome"], [numbers, classes], tmp_path).target == "outcome"


@pytest.mark.parametrize("name", ["record_id", "code"])
def test_who_comes_several_times_is_the_group_whatever_the_column_is_called(name: str, tmp_path: Path) -> None:
    people = [str(i // 3) for i in range(ROWS)]
    classes = ["sick" if i % 4 == 0 else "well" for i in range(ROWS)]
    dataset = checked([name, "lab", "outcome"], [people, [f"{i}.5" for i in range(ROWS)], classes], tmp_path)
    assert (dataset.key, dataset.group) == (None, "record_id" if name == "record_id" else None)


@pytest.mark.parametrize("name", [*OF_ASSAY, "code (own)"])
def test_a_number_called_like_a_column_of_assay_is_a_feature_like_any_other(name: str, tmp_path: Path) -> None:
    columns = {name: Column("number"), "day": Column("date"), "sick": Column("flag", role="target")}
    rules = {"low": Rule(where=f"`{name}` < 3", then="quarantine", why="low")}
    outside = [Outside(where=f"`{name}` > 27", reason="high")]
    dataset = Dataset(
        "any", columns=columns, target="sick", time=Time("day"), rules=rules, population=outside, slices={name: [10]}
    )
    assert [one for one in faults(dataset) if "source" not in one] == []
    days = pd.date_range("2020-01-01", periods=ROWS).strftime("%Y-%m-%d")
    raw = pd.DataFrame({name: [f"{i}.5" for i in range(ROWS)], "day": days, "sick": ["yes", "no"] * (ROWS // 2)})
    cleaned = clean(raw, dataset, "a table")
    assert cleaned.quarantined["rule"].tolist() == ["low"] * 3
    records = cleaned.records.set_index("record_id")
    assert records["code"].tolist() == raw["sick"][3:].tolist()
    assert records["date"].dt.strftime("%Y-%m-%d").tolist() == days[3:].tolist()
    assert exclusions(records, dataset).tolist() == [*[""] * (ROWS - 6), *["high"] * 3]
    assert slices(records, dataset)[name].tolist() == [*["under 10"] * 7, *["10 and over"] * (ROWS - 10)]
    write_features(tmp_path / "features.parquet", features(records, dataset, ALL), 250_000)
    assert read_features(tmp_path / "features.parquet")[name].tolist() == [i + 0.5 for i in range(3, ROWS)]
