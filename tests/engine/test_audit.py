"""The audit on records by number, and on a sample of them."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assay.audit.checks import CHECKS
from assay.audit.duplicates import alike_hashed
from assay.config.compose import composed
from assay.engine import audit as module
from assay.engine.audit import NumberedRecords, taken
from assay.paths import AUDIT, CLEANED, FEATURES, SPLIT, fold
from assay.records import streaming
from assay.records.folds import FOLDS, TEST, TRAIN
from assay.records.parts import write_parts
from assay.stages import audit
from assay.tables import read_table, write_table
from samples import forget_statements

SOME = 90


@pytest.fixture
def line(line: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small line, for stages without arguments, in small batches."""
    monkeypatch.setattr("sys.argv", ["stage"])
    monkeypatch.setattr(streaming, "ROWS", 40)
    return line


def audited(*overrides: str) -> dict[str, dict]:
    Path("params.yaml").write_text(composed(["debug=fast", "model.n_estimators=40", *overrides]))
    audit.main()
    return {one["code"]: one for one in json.loads(AUDIT.read_text())}


def test_every_check_says_on_how_many_records_it_ran(line: Path) -> None:
    whole, some = audited("audit.records=0"), audited(f"audit.records={SOME}")
    told = f"; on {SOME} of {len(read_table(CLEANED))} records"
    for check in CHECKS:
        before, after = whole[check.code], some[check.code]
        if check.of_all or after["verdict"] == "not applicable":
            assert after == before
        else:
            assert after["figure"].endswith(told)
            assert "records;" not in before["figure"]
    assert "features of" in some["A08"]["figure"]
    assert some["A08"]["verdict"] == "passed"


def test_a_sample_of_all_records_is_all_of_them(line: Path) -> None:
    whole = audited("audit.records=0")
    assert audited(f"audit.records={len(read_table(CLEANED))}") == whole
    assert audited() == whole


def test_the_draw_depends_on_the_ids_alone(line: Path) -> None:
    table = read_table(CLEANED)
    first = set(taken(CLEANED, NumberedRecords(SOME).drawn)["record_id"])
    write_parts(CLEANED, table.sample(frac=1, random_state=0), 35)
    assert set(taken(CLEANED, NumberedRecords(SOME).drawn)["record_id"]) == first
    assert len(first) == SOME
    assert not np.array_equal(sorted(first), table["record_id"].head(SOME))


def test_records_have_the_number_of_their_row_and_others_a_higher_one(line: Path) -> None:
    known = read_table(CLEANED)["record_id"]
    ids = pd.Series([known[7], "unknown", known[2], known[7], "other", "unknown"], dtype="str")
    test = pd.concat([read_table(fold(SPLIT, TEST)).head(6)]).assign(record_id=ids)
    write_table(fold(SPLIT, TEST), test)
    rows = NumberedRecords(0)
    numbers = rows.folds[TEST]
    assert numbers[[0, 2, 3]].tolist() == [7, 2, 7]
    assert (numbers[[1, 4, 5]] >= len(known)).all()
    assert len(np.unique(numbers)) == 4
    assert rows.names(pd.Index(numbers)) == ids.tolist()
    everyone = [rows.folds[name] for name in FOLDS if name != TEST]
    assert not np.isin(numbers[[1, 4]], np.concatenate(everyone)).any()


def test_a_table_is_read_for_ids_only_where_some_are_not_known_yet(line: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids, read = read_table(CLEANED)["record_id"], []
    invented = read_table(fold(SPLIT, TEST)).assign(record_id=lambda table: "new " + table["record_id"])
    write_table(fold(SPLIT, TEST), invented)
    rows = NumberedRecords(0)
    last = pd.Index(rows.folds[TEST])
    monkeypatch.setattr(module, "taken", lambda path, *others: (read.append(path), taken(path, *others))[1])
    assert rows.names(pd.Index([5, 2])) == [ids[5], ids[2]]
    assert rows.names(pd.Index([2, 5, 2])) == [ids[2], ids[5], ids[2]]
    assert read == [CLEANED]
    assert rows.names(pd.Index([7, 5])) == [ids[7], ids[5]]
    assert rows.names(last[:2]) == invented["record_id"].head(2).tolist()
    assert read == [CLEANED, CLEANED, fold(SPLIT, TEST)]
    assert rows.names(pd.Index([])) == []


@pytest.mark.parametrize("records", [0, SOME])
def test_records_that_are_invented_or_repeated_are_named(
    records: int, line: Path, capsys: pytest.CaptureFixture
) -> None:
    table = read_table(fold(SPLIT, TRAIN))
    invented = table.head(2).assign(record_id=["invented-1", "invented-2"])
    write_table(fold(SPLIT, TRAIN), pd.concat([table, invented, table.tail(1)], ignore_index=True))
    forget_statements()
    with pytest.raises(SystemExit):
        audited(f"audit.records={records}")
    message = capsys.readouterr().err
    assert "A01" in message
    assert "record ids that stand there twice: 1" in message
    assert "record ids not among the annotated records: 2" in message
    assert "invented-1" in message
    assert table["record_id"].iloc[-1] in message


@pytest.mark.parametrize("records", [0, SOME])
def test_a_feature_that_was_fitted_elsewhere_is_found_in_a_sample(
    records: int, line: Path, capsys: pytest.CaptureFixture
) -> None:
    table = read_table(fold(FEATURES, TRAIN))
    write_table(fold(FEATURES, TRAIN), table.assign(age=table["age"] - table["age"].mean()))
    forget_statements()
    with pytest.raises(SystemExit):
        audited(f"audit.records={records}")
    message = capsys.readouterr().err
    assert "A08" in message
    assert "another when computed from train alone" in message
    named = message.split("rows:")[1].split("\n")[0]
    assert named.split(",")[0].strip() in set(table["record_id"])


def test_near_duplicates_are_drawn_together() -> None:
    rng = np.random.default_rng(0)
    numbers = pd.DataFrame(np.exp(rng.normal(size=(2000, 4)))).where(rng.random((2000, 4)) < 0.8).add_prefix("n")
    content = numbers.assign(sex=pd.Categorical(rng.choice(["F", "M"], 2000)), flag=rng.random(2000) < 0.1)
    converted = content.assign(**{name: content[name] * 1.0005 for name in numbers})
    one, other = (alike_hashed(table, "sample for audit") for table in (content, converted))
    assert (one == other).mean() > 0.99
    assert len(np.unique(one)) > 1000  # or a draw of some would be one of a few kinds
    shuffled = content.sample(frac=1, random_state=0)
    assert set(alike_hashed(shuffled, "sample for audit")) == set(one)


def test_with_few_different_contents_the_draw_is_as_large_as_asked(line: Path) -> None:
    rows = NumberedRecords(SOME)
    assert rows.drawn_alike(lambda batch: batch[["sex"]].assign(x=1.0)).sum() == SOME
