"""Records that are joined with other tables: the same bytes by each engine, however rows and keys are divided."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assay.engine import spill
from assay.files import files_md5, read_json
from assay.joins import join
from assay.records import streaming
from samples import synthetic_raw
from small_line import run_small_line

STAGES = ["clean", "annotate", "split", "profile", "featurize", "train", "audit"]
CONTRACT = [
    "+dataset.tables.labs={source:{uri:labs.csv,sha256:'',licence:none,citation:none},key:person,time:day}",
    "+dataset.tables.clinics={source:{uri:clinics.csv,sha256:'',licence:none,citation:none},key:name,of:referral_source}",
    "+dataset.made.TSH={table:labs,take:last,value:value,where:{test:[TSH]},within:30}",
    "+dataset.made.T3={table:labs,take:last,value:value,where:{test:[T3]}}",
    "+dataset.made.T3_trend={table:labs,take:trend,value:value,where:{test:[T3]}}",
    "+dataset.made.clinic_mean={table:clinics,take:mean,value:size}",
    "+dataset.made.last_test={table:labs,take:last,value:test}",
    "+dataset.columns.T3_trend={type:number,nullable:true}",
    "+dataset.columns.clinic_mean={type:number,nullable:true}",
    "+dataset.columns.last_test={type:category,values:[TSH,T3],nullable:true}",
]
MADE = ("TSH", "T3")  # of the columns that records have without tables
SMALL = ["layout.part_rows=140", "model.n_estimators=20", "baselines.xgboost.n_estimators=20"]


def shuffled(table: pd.DataFrame) -> pd.DataFrame:
    return table.sample(frac=1, random_state=1)


def tables(raw: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Values of two tests from before and after each record, of which the last one before is the record's own."""
    rng = np.random.default_rng(0)
    known = pd.concat(
        [pd.DataFrame({"person": raw["patient_id"], "day": "-3", "test": test, "value": raw[test]}) for test in MADE]
    )
    known = known[known["value"] != ""]
    before = known.assign(day=rng.integers(-900, -30, len(known)), value=rng.normal(2, 1, len(known)).round(3))
    after = known.assign(day="1", value="99")
    sizes = rng.normal(50, 20, 60)
    sources = rng.choice(raw["referral_source"].unique(), 60)
    clinics = pd.DataFrame({"name": sources, "size": sizes})
    return {"labs": shuffled(pd.concat([known, before, after])), "clinics": clinics}


def made(folder: Path, *overrides: str) -> dict[str, str]:
    """The hashes of all that the stages write, but for what states the engine."""
    raw = shuffled(synthetic_raw())
    run_small_line(folder, [*CONTRACT, *SMALL, *overrides], STAGES, tables(raw), raw.drop(columns=list(MADE)))
    written = files_md5(folder / "data") | {f"../{file}": md5 for file, md5 in files_md5(folder / "reports").items()}
    written |= {f"../models/{file}": md5 for file, md5 in files_md5(folder / "models").items()}
    return {file: md5 for file, md5 in written.items() if not file.startswith("lineage/")}


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """What the stages write from memory, and where."""
    folder = tmp_path_factory.mktemp("joined") / "local"
    return folder, made(folder)


@pytest.fixture
def _divided(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of few rows, and few keys at a time."""
    monkeypatch.setattr(streaming, "ROWS", 80)
    monkeypatch.setattr(spill, "BUCKET", 60)
    monkeypatch.setattr(join, "PAIR", 1 << 20)


@pytest.mark.slow
@pytest.mark.usefixtures("_divided")
def test_out_of_core(local: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    assert made(tmp_path / "stream", "engine=stream", "engine.memory=300MiB") == local[1]
    assert not list((tmp_path / "stream" / "data").glob(".writing-*"))


@pytest.mark.slow
@pytest.mark.usefixtures("_divided")
def test_on_a_cluster(local: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="dask is an extra: make extras")
    assert made(tmp_path / "dask", "engine=dask") == local[1]


def test_what_is_joined_is_what_was_taken_apart(local: tuple[Path, dict[str, str]]) -> None:
    folder, _ = local
    whole = synthetic_raw().set_index("patient_id")
    cleaned = pd.concat(map(pd.read_parquet, sorted((folder / "data/cleaned/records.parquet").iterdir())))
    for test in MADE:
        expected = pd.to_numeric(whole.loc[cleaned["record_id"], test])
        assert cleaned[test].tolist() == pytest.approx(expected.tolist(), nan_ok=True)
    counts = read_json(folder / "reports/cleaning.json")["tables"]
    rows = int((whole[["TSH", "T3"]] != "").to_numpy().sum())
    assert (counts["labs"]["rows"], counts["labs"]["before"]) == (3 * rows, 2 * rows)
    assert counts["clinics"]["rows"] == counts["clinics"]["before"] == 60


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda labs: labs.assign(value=[*labs["value"][:-1], "high"]), "column value: no number: high"),
        (lambda labs: labs.assign(person="0" + labs["person"]), "are written in another way than those of the records"),
        (lambda labs: labs.assign(day="1"), "was known at the time of its record"),
        (lambda labs: labs[labs["test"] == "TSH"], "no row of labs has 'T3' in column test"),
        (lambda labs: labs.assign(day=-40), "no row of labs counts for any record, within 30"),
        (lambda labs: labs.drop(columns="day"), "missing column day"),
        (lambda labs: labs[:0], "the table has no rows"),
    ],
    ids=["value", "keys", "times", "where", "window", "columns", "empty"],
)
def test_what_stops_a_join_stops_it_by_each_engine(
    spoil: Callable[[pd.DataFrame], pd.DataFrame],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    raw, found = synthetic_raw(), {}
    spoilt = {**tables(raw), "labs": spoil(tables(raw)["labs"])}
    records = raw.drop(columns=list(MADE))
    for engine in ("local", "stream"):
        with pytest.raises(SystemExit):
            run_small_line(tmp_path / engine, [*CONTRACT, f"engine={engine}"], ["clean"], spoilt, records)
        found[engine] = capsys.readouterr().err
        assert not list((tmp_path / engine / "data").rglob(".writing-*"))
    assert said in found["local"]
    assert found["stream"] == found["local"]
