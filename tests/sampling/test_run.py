"""A sample: which rows, whatever the files look like, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.config.sample import Sample
from assay.errors import AssayError
from assay.records.columns import WEIGHT
from assay.sampling import draw
from assay.sampling.run import sampled
from assay.sampling.source import parquet_files
from sampling_sources import expected, source_table, write_files

SPEC = Sample(
    rows=3000,
    key="key",
    label="code",
    positive=["F", "H"],
    keep_positives=True,
    time="day",
    strata=["site"],
    min_per_stratum=2,
    seed=7,
)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return source_table()


@pytest.fixture(scope="module")
def source(table: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(table, tmp_path_factory.mktemp("source") / "one")


def drawn(source: Path, target: Path, spec: Sample = SPEC, **options: Any) -> pd.DataFrame:
    sampled(parquet_files(str(source)), spec, target, "the source", **options)
    return pd.read_parquet(target)


@pytest.mark.slow
@pytest.mark.parametrize(
    "spec",
    [
        SPEC,
        replace(SPEC, keep_positives=False, seed=0),
        replace(SPEC, strata=[], time=None, min_per_stratum=0),
        Sample(rows=500, key="key"),
        Sample(rows=900, key="key", strata=["site", "sick"], min_per_stratum=100),
        Sample(rows=30_000, key="key", strata=["visits"]),
    ],
    ids=["all", "in proportion", "label alone", "no strata", "minimum", "everything"],
)
def test_the_rows_and_weights_are_those_of_an_independent_reckoning(
    table: pd.DataFrame, source: Path, tmp_path: Path, spec: Sample
) -> None:
    found = drawn(source, tmp_path / "sample.parquet", spec)
    assert len(found) == spec.rows
    assert dict(zip(found["key"], found[WEIGHT], strict=True)) == expected(table, spec)
    assert found["key"].is_monotonic_increasing
    pd.testing.assert_frame_equal(
        found.drop(columns=WEIGHT).set_index("key"), table.set_index("key").loc[found["key"]], check_dtype=False
    )


def test_positives_kept_in_full_stand_for_themselves_and_the_weights_for_all_rows(
    table: pd.DataFrame, source: Path, tmp_path: Path
) -> None:
    found = drawn(source, tmp_path / "sample.parquet")
    positive = found["code"] != "-"
    assert positive.sum() == (table["code"] != "-").sum()
    assert set(found.loc[positive, WEIGHT]) == {1}
    assert found[WEIGHT].sum() == pytest.approx(len(table))


@pytest.mark.parametrize(
    ("files", "seed", "rows", "options"),
    [
        (1, None, 10_000, {"threads": 1}),
        (1, None, 10_000, {"threads": 4}),
        (1, None, 10_000, {"memory": "128MiB"}),
        (7, 1, 1_500, {"threads": 1}),
        (40, 2, 100_000, {"threads": 4}),
    ],
    ids=["one thread", "four threads", "little memory", "shuffled, 7 files", "shuffled, 40 files"],
)
def test_the_bytes_depend_on_the_rows_alone(
    table: pd.DataFrame, source: Path, tmp_path: Path, files: int, seed: int | None, rows: int, options: dict
) -> None:
    other = write_files(table, tmp_path / "other", files, seed, rows)
    reports = [
        sampled(parquet_files(str(folder)), SPEC, tmp_path / f"{name}.parquet", name, **more)
        for name, folder, more in (("once", source, {}), ("again", other, options))
    ]
    assert (tmp_path / "once.parquet").read_bytes() == (tmp_path / "again.parquet").read_bytes()
    assert reports[0] == reports[1]


def test_another_seed_gives_other_rows(source: Path, tmp_path: Path) -> None:
    once = drawn(source, tmp_path / "once.parquet")
    again = drawn(source, tmp_path / "again.parquet", replace(SPEC, seed=8))
    assert set(once["key"]) != set(again["key"])


@pytest.mark.slow
def test_a_stratum_short_of_candidates_is_looked_at_whole(
    table: pd.DataFrame, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draw.select, "__defaults__", (-3.0,))
    found = drawn(source, tmp_path / "sample.parquet")
    assert dict(zip(found["key"], found[WEIGHT], strict=True)) == expected(table, SPEC)


def parquet(tmp_path: Path, table: pd.DataFrame) -> Path:
    path = tmp_path / "source.parquet"
    table.to_parquet(path, index=False)
    return path


SMALL = pd.DataFrame({"key": [f"r{number}" for number in range(50)], "code": ["F", *"-" * 49], "x": np.arange(50.0)})
Edit = Callable[[pd.DataFrame], pd.DataFrame]


@pytest.mark.parametrize(
    ("edit", "change", "named"),
    [
        (lambda t: t.assign(key=t["key"].replace("r1", "r2")), {}, "column key is no key: repeated values r2"),
        (lambda t: t.assign(key=t["key"].mask(t["x"] < 3)), {}, "3 rows have no key"),
        (lambda t: t, {"key": "id"}, "no column of the source: id"),
        (lambda t: t, {"strata": ["ward"], "time": "when"}, "no column of the source: when, ward"),
        (lambda t: t, {"key": "x"}, "column x is of type double"),
        (lambda t: t, {"rows": 51}, "51 rows are asked for, and there are 50"),
        (lambda t: t, {"label": "code", "positive": ["E", "H"]}, "code is never one of E, H; it is: -, F"),
        (lambda t: t, {"time": "code"}, "Conversion Error: invalid timestamp"),
        (lambda t: t.rename(columns={"x": WEIGHT}), {}, f"columns of the same name, but for case: {WEIGHT}"),
        (lambda t: t.rename(columns={"x": "KEY"}), {}, "columns of the same name, but for case: key"),
        (lambda t: t.head(0), {}, "the source has no rows"),
    ],
)
def test_what_cannot_be_sampled_is_refused_and_named(tmp_path: Path, edit: Edit, change: dict, named: str) -> None:
    source, target = parquet(tmp_path, edit(SMALL)), tmp_path / "out/sample.parquet"
    with pytest.raises(AssayError) as caught:
        sampled([source], replace(Sample(rows=10, key="key"), **change), target, "the source")
    assert named in str(caught.value)
    assert "to do:" in str(caught.value)
    assert list(target.parent.glob("*")) == []


def test_too_many_strata_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw, "MOST_STRATA", 49)
    with pytest.raises(AssayError, match="more than 49 strata"):
        drawn(parquet(tmp_path, SMALL), tmp_path / "sample.parquet", Sample(rows=50, key="key", strata=["x"]))


NAMES = st.sampled_from(["a", 'a "b"', "select", "size", "place", "weight", "naïve; --", "'", "value_0", "rows"])
VALUES = st.one_of(
    st.none(), st.sampled_from(["", "a", "A", "it's", '"', "\\", "null", "true", "é"]), st.text(max_size=3)
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[pd.DataFrame, Sample]:
    """A small table with a key of numbers or texts and two columns of texts, and a sample of it by both."""
    names = draw(st.lists(NAMES, min_size=3, max_size=3, unique=True))
    keys = draw(st.lists(st.one_of(st.integers(-(2**63), 2**63 - 1)), min_size=1, max_size=25, unique=True))
    texts = [draw(st.lists(VALUES, min_size=len(keys), max_size=len(keys))) for _ in range(2)]
    made = [pd.Series(column, dtype="str") for column in texts]
    key = pd.Series(keys, dtype="int64")
    table = pd.DataFrame({names[0]: key.map("k{}".format) if draw(st.booleans()) else key})
    table = table.assign(**dict(zip(names[1:], made, strict=True)))
    spec = Sample(
        rows=draw(st.integers(1, len(keys))),
        key=names[0],
        strata=names[1:],
        min_per_stratum=0,
        seed=draw(st.integers(0, 2**31)),
    )
    return table, spec


@pytest.mark.slow
@settings(max_examples=25)  # each is a run with files
@given(tables())
def test_any_names_and_values(tmp_path_factory: pytest.TempPathFactory, case: tuple[pd.DataFrame, Sample]) -> None:
    table, spec = case
    folder = tmp_path_factory.mktemp("any")
    found = drawn(parquet(folder, table), folder / "sample.parquet", spec)
    assert dict(zip(found[spec.key], found[WEIGHT], strict=True)) == expected(table, spec)
