"""Files and logs become the same pieces."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assay.bundle.loading import Bundle
from assay.config.dataset import Made, Table
from assay.config.source import Source
from assay.errors import AssayError
from assay.monitoring import pieces
from assay.monitoring.command import read
from assay.monitoring.counts import Counts, counted, of_piece
from assay.monitoring.known import Training
from assay.monitoring.pieces import Piece, of_file, of_log, of_scored
from assay.scoring.files import of_files
from assay.scoring.reason_choice import Reasons
from assay.scoring.scorer import CONTRACT, POPULATION, Scorer
from assay.serving.log import PredictionLog
from assay.serving.model import Model, ScoreRequest


@pytest.fixture(scope="session")
def folder(model: Model, raw: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of all records, and of one that breaks the contract."""
    log = PredictionLog(tmp_path_factory.mktemp("log"))
    records = raw.drop(columns=[name for name in raw if name.endswith("_measured")]).to_dict("records")
    records[0]["TSH"] = "high"
    log.write(model, model([ScoreRequest(one, Reasons.NONE) for one in records]))
    log.close()
    return log.folder


def as_file(raw: pd.DataFrame, path: Path) -> Path:
    raw.to_parquet(path) if path.suffix == ".parquet" else raw.to_csv(path, index=False)
    return path


def same(one: Counts, other: Counts) -> bool:
    """Whether the same was counted; months in any order."""
    if one.months.keys() != other.months.keys():
        return False
    for name, month in one.months.items():
        there = other.months[name]
        rows = [np.array_equal(month.values[key], there.values[key]) for key in month.values]
        rows += [np.array_equal(month.far[key], there.far[key]) for key in month.far]
        if not (all(rows) and np.array_equal(month.scores, there.scores)):
            return False
        fields = ("records", "scored", "alerts", "broken", "unscored", "changed", "new", "low", "high", "last")
        if any(getattr(month, field) != getattr(there, field) for field in fields):
            return False
    return True


def test_a_file_says_of_each_record_its_month_and_why_it_has_no_score(bundle: Bundle, raw: pd.DataFrame) -> None:
    changed = raw.copy()
    changed.loc[0, "TSH"] = "high"
    piece = of_scored(Scorer(bundle)(changed, "a table"))
    assert piece.months.tolist() == [f"19{one[:2]}-{one[2:4]}" for one in raw["patient_id"]]
    assert piece.faults[0] == (CONTRACT, ("TSH_type",))
    assert (POPULATION, ("treated: on_thyroxine",)) in piece.faults.values()
    assert np.isnan(piece.scores[[*piece.faults]]).all()


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_the_counts_do_not_depend_on_the_pieces(
    suffix: str, bundle: Bundle, training: Training, raw: pd.DataFrame, tmp_path: Path
) -> None:
    _, found = of_file(Scorer(bundle), as_file(raw, tmp_path / f"in{suffix}"))
    whole = counted(found, training)
    assert whole.records == len(raw)
    parts = Counts()
    for rows in np.array_split(np.random.default_rng(0).permutation(len(raw)), 7):
        parts.add(of_piece(of_scored(Scorer(bundle)(raw.iloc[rows], "a part")), training))
    assert same(whole, parts)


def test_a_log_has_the_features_and_scores_of_the_file(
    bundle: Bundle, training: Training, raw: pd.DataFrame, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "LINES", 50)
    changed = raw.assign(**dict.fromkeys((), "f"))
    changed.loc[0, "TSH"] = "high"
    of_table = of_scored(Scorer(bundle)(changed, "a table"))
    (here,) = counted(of_log(folder, bundle.columns, bundle.hash), training).months.values()
    today = np.full(len(raw), next(of_log(folder, bundle.columns, bundle.hash)).days[0])
    (there,) = of_piece(Piece(**{**vars(of_table), "days": today}), training).months.values()
    assert all(np.array_equal(here.values[name], there.values[name]) for name in there.values)
    assert (here.scored, here.alerts, here.unscored) == (there.scored, there.alerts, there.unscored)


def test_a_column_that_is_gone_has_no_value_and_is_named(bundle: Bundle, raw: pd.DataFrame, tmp_path: Path) -> None:
    renamed = raw.drop(columns="TSH_measured").rename(columns={"TSH": "tsh"})
    columns, found = of_file(Scorer(bundle), as_file(renamed, tmp_path / "in.csv"))
    assert (columns.absent, columns.unknown) == (("TSH",), ("tsh",))
    assert all(np.isnan(np.asarray(piece.features["TSH"], "float64")).all() for piece in found)


def test_another_file_is_refused(bundle: Bundle, tmp_path: Path) -> None:
    with pytest.raises(AssayError, match="no column of the contract: a, b"):
        of_file(Scorer(bundle), as_file(pd.DataFrame({"a": [1], "b": [2]}), tmp_path / "in.csv"))


def test_a_file_without_records_is_refused(bundle: Bundle, raw: pd.DataFrame, tmp_path: Path) -> None:
    _, found = of_file(Scorer(bundle), as_file(raw.iloc[:0], tmp_path / "in.csv"))
    with pytest.raises(AssayError, match="no rows"):
        list(found)


def test_records_of_another_model_are_passed_over(
    bundle: Bundle, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = next(iter(folder.glob("*.jsonl"))).read_text().splitlines()
    head = json.loads(lines[0])
    (tmp_path / "1.jsonl").write_text("\n".join(lines) + "\n")
    other = {**head, "model": {**head["model"], "hash": "0" * 64, "version": "v0"}}
    (tmp_path / "2.jsonl").write_text("\n".join([json.dumps(other), *lines[1:]]) + "\n")
    assert sum(len(one.ids) for one in of_log(tmp_path, bundle.columns, bundle.hash)) == len(lines) - 1
    assert f"{len(lines) - 1:,} records of other models are passed over: v0/000000000000" in capsys.readouterr().err
    (tmp_path / "1.jsonl").unlink()
    with pytest.raises(AssayError, match="no record of this model, only of v0/000000000000"):
        list(of_log(tmp_path, bundle.columns, bundle.hash))


HOSTILE = {
    "no JSON": "x",
    "no record": "[]",
    "half a record": "{}",
    "too few features": '{"at": "2026-01-01", "id": "a", "score": 0.1, "alert": false, "x": [1]}',
    "no date": '{"at": "soon", "id": "a", "not_scored": {"kind": "contract", "rules": []}}',
    "no reason": '{"at": "2026-01-01", "id": "a", "not_scored": "x"}',
}


@pytest.mark.parametrize("line", HOSTILE)
def test_a_line_that_the_service_does_not_write_is_refused(
    line: str, bundle: Bundle, folder: Path, tmp_path: Path
) -> None:
    head = next(iter(folder.glob("*.jsonl"))).read_text().splitlines()[0]
    (tmp_path / "1.jsonl").write_text(f"{head}\n{HOSTILE[line]}\n")
    with pytest.raises(AssayError, match=r"does not write|not a prediction log"):
        list(of_log(tmp_path, bundle.columns, bundle.hash))


def test_an_empty_folder_is_no_log(bundle: Bundle, tmp_path: Path) -> None:
    with pytest.raises(AssayError, match="no record"):
        list(of_log(tmp_path, bundle.columns, bundle.hash))


TSH = Made("labs", "last", "value", {"test": ["TSH"]}, within=30)


def test_records_are_joined_with_the_tables_that_columns_are_made_of(
    bundle: Bundle, training: Training, raw: pd.DataFrame, tmp_path: Path
) -> None:
    """As if TSH came from a table of laboratory values."""
    tables = {"labs": Table(Source(), "person", time="day")}
    joined = replace(bundle, dataset=replace(bundle.dataset, tables=tables, made={"TSH": TSH}))
    records = as_file(raw.drop(columns="TSH"), tmp_path / "in.csv")
    labs = pd.DataFrame({"person": raw["patient_id"], "day": "-3", "test": "TSH", "value": raw["TSH"]})
    as_file(pd.concat([labs.assign(day="1", value="99"), labs]), tmp_path / "labs.csv")
    with of_files({"labs": tmp_path / "labs.csv"}, joined.dataset) as join:
        columns, pieces = read(joined, records, join)
        found = counted(pieces, training)
    assert (columns.absent, columns.unknown) == ((), ())
    assert same(found, counted(of_file(Scorer(bundle), as_file(raw, tmp_path / "a.csv"))[1], training))
    with pytest.raises(AssayError, match=r"made of other tables: TSH(.|\n)*--table labs=FILE"):
        read(joined, records)
    with (
        pytest.raises(AssayError, match="no table lab"),
        of_files({"lab": tmp_path / "labs.csv"}, joined.dataset),
    ):
        pass
