"""What stops a stage in memory stops it out of core with the same message, and leaves what was there."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from assay.config.compose import composed
from assay.errors import AssayError
from assay.paths import CLEANED
from assay.records import streaming
from assay.stages import annotate, clean, featurize, split
from samples import forget_statements, synthetic_raw

Spoil = Callable[[pd.DataFrame], pd.DataFrame]


def with_value(column: str, value: str, *rows: int) -> Spoil:
    def spoilt(raw: pd.DataFrame) -> pd.DataFrame:
        raw.loc[raw.index[list(rows)], column] = value
        return raw

    return spoilt


@pytest.fixture
def line(line: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sys.argv", ["stage"])
    monkeypatch.setattr(streaming, "ROWS", 50)
    return line


def said(stage: Callable[[], None], capsys: pytest.CaptureFixture[str], *overrides: str) -> dict[str, str]:
    """What the stage says by each engine."""
    found = {}
    for engine in ("local", "stream"):
        Path("params.yaml").write_text(composed([f"engine={engine}", *overrides]))
        with pytest.raises(SystemExit):
            stage()
        found[engine] = capsys.readouterr().err
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (with_value("patient_id", "850101000", 5, 90, 300), "4 value(s) repeated"),
        (with_value("sex", "?", 3, 200), "sex"),
        (with_value("TSH", "much", 7, 350), "TSH"),
        (lambda raw: raw.drop(columns="TSH"), "missing column TSH"),
        (lambda raw: raw.iloc[:0], "no rows"),
    ],
    ids=["repeated keys", "values", "types", "columns", "empty"],
)
def test_clean(line: Path, capsys: pytest.CaptureFixture[str], spoil: Spoil, named: str) -> None:
    before = CLEANED.read_bytes()
    spoil(synthetic_raw()).to_csv("data/raw/records.csv", index=False)
    found = said(clean.main, capsys)
    assert named in found["local"]
    assert found["stream"] == found["local"]
    assert CLEANED.read_bytes() == before
    assert not list(Path("data").rglob(".writing-*"))


def test_a_decision_on_no_record(line: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Path("annotations/decisions.csv").open("a") as ledger:
        ledger.write("000000000,F,ann,annotator,1,,2026-01-31T12:00:00Z\n")
    found = said(annotate.main, capsys)
    assert "there is no such record" in found["local"]
    assert found["stream"] == found["local"]


@pytest.mark.parametrize(
    "overrides",
    [
        ["split.validation_from=1984-01-01"],
        ["split.test_from=1999-01-01"],
        ["split.test_from=1999-01-01", "dataset.group=pregnant"],
        ["split=group", "dataset.group=pregnant"],
    ],
)
def test_a_fold_that_lacks_a_class(line: Path, capsys: pytest.CaptureFixture[str], overrides: list[str]) -> None:
    found = said(split.main, capsys, *overrides)
    assert "both classes are needed" in found["local"]
    assert found["stream"] == found["local"]


def test_labels_of_other_records(line: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = pd.read_parquet("data/annotated/labels.parquet")
    table.iloc[::-1].to_parquet("data/annotated/labels.parquet", index=False)
    forget_statements()
    Path("params.yaml").write_text(composed(["engine=stream"]))
    with pytest.raises(SystemExit):
        split.main()
    assert "not the labels of these records" in capsys.readouterr().err


def test_records_of_a_fold_that_are_not_there(line: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pd.read_parquet(CLEANED).iloc[50:].to_parquet(CLEANED, index=False)
    forget_statements()
    Path("params.yaml").write_text(composed(["engine=stream"]))
    with pytest.raises(SystemExit):
        featurize.main()
    assert "records of the folds are not among the cleaned ones" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("overrides", "named"),
    [
        (["engine.memory=much"], "engine.memory=much is no whole number of MiB or GiB, such as 800MiB or 2GiB"),
        (["engine=dask", "engine.partitions=3"], "engine.partitions=3 needs as many engine.workers, which are 2"),
        (["engine.memory=0GiB"], "engine.memory=0GiB is no whole number"),
        (["engine.memory=1.5GiB"], "engine.memory=1.5GiB is no whole number"),
        (["engine.sample=100"], "engine.sample=100 needs engine=stream or engine=dask"),
        *(
            (["engine=dask", f"engine.scheduler={one}"], f"engine.scheduler={one} is no address like tcp://HOST:8786")
            for one in ("head:8786", "http://head:8786", "tcp://head", "tcp://", "tcp://head:87865555")
        ),
        (["engine.name=spark"], "engine.name=spark is none of: local, stream"),
        (["layout.part_rows=0"], "layout.part_rows"),
    ],
)
def test_settings_that_are_none(overrides: list[str], named: str) -> None:
    with pytest.raises(AssayError) as caught:
        composed(overrides)
    assert named in str(caught.value)
