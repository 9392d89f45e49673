"""Records are joined with the tables that columns are made of, on the way to their scores."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from assay.bundle.loading import Bundle
from assay.config.dataset import Made, Table
from assay.config.source import Source
from assay.errors import AssayError
from assay.scoring.files import score_file
from assay.scoring.outputs import Target
from assay.scoring.reason_choice import Reasons
from samples import synthetic_raw

TSH = Made("labs", "last", "value", {"test": ["TSH"]}, within=30)


@pytest.fixture(scope="module")
def of_tables(bundle: Bundle) -> Bundle:
    """The bundle, as if TSH came from a table of laboratory values."""
    table = Table(Source(), "person", time="day")
    return replace(bundle, dataset=replace(bundle.dataset, tables={"labs": table}, made={"TSH": TSH}))


@pytest.fixture
def raw(tmp_path: Path) -> pd.DataFrame:
    """Raw records; beside them, without TSH, as records.csv, and with it in labs.csv."""
    records = synthetic_raw(60).drop(columns="target")
    records.to_csv(tmp_path / "whole.csv", index=False)
    records.drop(columns="TSH").to_csv(tmp_path / "records.csv", index=False)
    known = pd.DataFrame({"person": records["patient_id"], "day": "-3", "test": "TSH", "value": records["TSH"]})
    later = known.assign(day="1", value="99")
    pd.concat([later, known, known.assign(test="T3")]).to_csv(tmp_path / "labs.csv", index=False)
    return records


def scored(bundle: Bundle, source: Path, **options: dict[str, Path]) -> bytes:
    out = source.with_name("out.csv")
    score_file(bundle, source, Target.of(out, None), Reasons.ALL, False, 1, **options)
    return out.read_bytes()


def test_scores_are_those_of_the_joined_records(of_tables: Bundle, raw: pd.DataFrame, tmp_path: Path) -> None:
    joined = scored(of_tables, tmp_path / "records.csv", tables={"labs": tmp_path / "labs.csv"})
    assert joined == scored(of_tables, tmp_path / "whole.csv")
    assert len(raw) == joined.count(b"\n") - 1


def test_a_file_that_lacks_made_columns_asks_for_the_tables(
    of_tables: Bundle, raw: pd.DataFrame, tmp_path: Path
) -> None:
    with pytest.raises(AssayError, match=r"missing column TSH(.|\n)*join it with the tables: --table labs=FILE"):
        scored(of_tables, tmp_path / "records.csv")


@pytest.mark.parametrize(("name", "said"), [("lab", "no table lab(.|\n)*the contract has: labs")])
def test_a_table_that_the_contract_lacks_is_refused(
    of_tables: Bundle, raw: pd.DataFrame, tmp_path: Path, name: str, said: str
) -> None:
    with pytest.raises(AssayError, match=said):
        scored(of_tables, tmp_path / "records.csv", tables={name: tmp_path / "labs.csv"})
