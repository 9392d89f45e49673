"""Files of raw records become files of scores: a row for each, whatever the batches and threads."""

import csv
import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assay.bundle.loading import Bundle
from assay.errors import AssayError
from assay.records import streaming
from assay.records.columns import RECORD_ID
from assay.records.streaming import CsvRecords
from assay.scoring import files
from assay.scoring.files import Job, chosen_reasons, in_order, model_name, score, score_file
from assay.scoring.outputs import Output, Target, as_csv
from assay.scoring.reason_choice import Reasons
from assay.scoring.scorer import Scorer
from samples import LABS, raw_record, raw_table, synthetic_raw
from score_parity import differences

RAW = "data/raw/records.csv"


def as_text(raw: pd.DataFrame) -> bytes:
    return raw.to_csv(index=False, quoting=csv.QUOTE_ALL).encode()  # else a carriage return alone stays unquoted


def scores(scorer: Scorer, content: bytes, reasons: Reasons = Reasons.NONE, **options: Any) -> list[dict[str, str]]:
    """The rows for a CSV."""
    out = io.BytesIO()
    job = Job(scorer, as_csv(out), reasons, "f.csv", model_name(scorer.bundle), None)
    tally = score(job, CsvRecords(io.BytesIO(content), "f.csv", ""), **options)
    found = list(csv.DictReader(io.StringIO(out.getvalue().decode(), newline="")))
    assert len(found) == tally.rows
    return found


def only(scorer: Scorer, **values: str) -> dict[str, str]:
    """The row for one record."""
    (found,) = scores(scorer, as_text(raw_table(raw_record("260801013", **values))))
    return found


@pytest.mark.parametrize(
    ("values", "not_scored", "changed"),
    [
        ({}, "", ""),
        ({"target": ""}, "", ""),
        ({"target": "F"}, "", ""),
        ({"target": "R"}, "ungradable", ""),
        ({"target": "no such code"}, "contract: target not like -|[A-T]+(\\|[A-T]+)? (target_pattern)", ""),
        ({"TSH": "high"}, "contract: TSH not a number (TSH_type)", ""),
        ({"TSH": "-1"}, "contract: TSH outside 0 to 1000 mU/L (TSH_range)", ""),
        ({"age": "455"}, "", "contract: age outside 0 to 120 years (age_range)"),
        ({"age": "455", "sick": ""}, "contract: sick missing (sick_missing)", ""),
        ({"patient_id": ""}, "contract: patient_id missing (patient_id_missing); contract: patient_id no date", ""),
        ({"on_thyroxine": "t"}, "outside the population: treated: on_thyroxine", ""),
        (dict.fromkeys(LABS, ""), "outside the population: no laboratory result", ""),
        ({"TSH_measured": "f"}, "contract: TSH_measured it says whether TSH is there (TSH_measured_at_odds)", ""),
    ],
)
def test_a_record_has_a_score_or_the_reason_why_not(
    values: dict[str, str], not_scored: str, changed: str, scorer: Scorer
) -> None:
    found = only(scorer, **values)
    assert found["not_scored"].startswith(not_scored)
    assert (found["changed"], found[RECORD_ID]) == (changed, values.get("patient_id", "260801013"))
    if not_scored:
        assert (found["score"], found["alert"], found["reasons"]) == ("", "", "")
    else:
        assert 0 <= float(found["score"]) <= 1
        assert found["alert"] == str(float(found["score"]) >= scorer.bundle.threshold).lower()


def test_each_row_names_the_model_and_its_data(bundle: Bundle, scorer: Scorer) -> None:
    found = only(scorer)
    assert found["model"] == f"{bundle.name}/{bundle.hash[:12]}"
    assert found["data"] == bundle.description["lineage"]["data/features"][:12]


@pytest.mark.parametrize("reasons", [Reasons.ALERTS, Reasons.ALL, Reasons.NONE])
def test_reasons_are_for_those_that_were_asked_for(reasons: str, scorer: Scorer) -> None:
    found = scores(scorer, as_text(synthetic_raw(120)), reasons)
    assert {one["alert"] for one in found} == {"", "true", "false"}
    with_reasons = {one["alert"] for one in found if one["reasons"]}
    assert with_reasons == {Reasons.ALERTS: {"true"}, Reasons.ALL: {"true", "false"}, Reasons.NONE: set()}[reasons]
    assert all(one["reasons"] for one in found if one["alert"] in with_reasons)


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_the_bytes_do_not_depend_on_threads_and_rows_not_on_batches(
    suffix: str, small_line: Path, bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, written = small_line / RAW, []
    for number, (rows, threads) in enumerate([(400, 1), (400, 3), (1000, 2), (60, 1), (60, 4)]):
        monkeypatch.setattr(streaming, "ROWS", rows)
        out = tmp_path / f"{number}{suffix}"
        score_file(bundle, source, Target.of(out, None), Reasons.ALERTS, False, threads)
        written.append(out.read_bytes())
    assert written[0] == written[1]
    assert written[3] == written[4]
    if suffix != ".parquet":  # whose groups of rows are the batches
        assert len({*written}) == 1


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_records_get_the_scores_of_the_line_or_its_reasons_for_none(
    rows: int, small_line: Path, bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "ROWS", rows)
    score_file(bundle, small_line / RAW, Target.of(tmp_path / "out.parquet", None), Reasons.NONE, False, 2)
    assert differences(small_line, bundle, pd.read_parquet(tmp_path / "out.parquet")) == {}


def test_parquet_gives_what_a_csv_gives(bundle: Bundle, small_line: Path, tmp_path: Path) -> None:
    raw = synthetic_raw()
    numbers = {name: pd.to_numeric(raw[name]) for name in (*LABS, "age")}
    raw.assign(**numbers).to_parquet(tmp_path / "in.parquet")
    for source in (small_line / RAW, tmp_path / "in.parquet"):
        score_file(bundle, source, Target.of(tmp_path / f"{source.suffix[1:]}.jsonl", None), Reasons.ALERTS, False, 1)
    assert (tmp_path / "csv.jsonl").read_bytes() == (tmp_path / "parquet.jsonl").read_bytes()


def test_what_a_score_does_not_need_may_be_there_or_not(scorer: Scorer) -> None:
    raw = synthetic_raw(60).assign(target="-")
    measured = [f"{lab}_measured" for lab in LABS]
    assert scores(scorer, as_text(raw.drop(columns=["target", *measured]))) == scores(scorer, as_text(raw))


@pytest.mark.parametrize(
    ("change", "what", "todo"),
    [
        ({"drop": ["TSH"]}, "missing column TSH", "a column without values needs its name too"),
        ({"drop": ["patient_id", "sex"]}, "missing column sex, patient_id", ""),
        ({"rename": {"TSH": "tsh"}}, "missing column TSH; unknown column tsh", "give them these names"),
        ({"add": "remark"}, "unknown column remark", "--extra ignore"),
    ],
)
def test_columns_that_are_not_those_of_the_contract_are_refused(
    change: dict[str, Any], what: str, todo: str, scorer: Scorer
) -> None:
    raw = synthetic_raw(5).drop(columns=change.get("drop", [])).rename(columns=change.get("rename", {}))
    raw = raw.assign(**{change["add"]: "x"}) if "add" in change else raw
    with pytest.raises(AssayError) as caught:
        scores(scorer, as_text(raw))
    assert (caught.value.what, todo in caught.value.todo) == (what, True)


def test_other_marks_than_commas_are_told(scorer: Scorer) -> None:
    with pytest.raises(AssayError, match="to do: write ',' between the cells"):
        scores(scorer, b"age;sex;TSH\n40;F;1.5\n")


def test_other_columns_can_be_left_unread(scorer: Scorer) -> None:
    raw = synthetic_raw(20)
    more = raw.assign(**{"a remark": 'line\n"feed"', "Unnamed: 0": ""})
    assert scores(scorer, as_text(more), ignore_extra=True) == scores(scorer, as_text(raw))


def test_a_file_without_records_is_refused(scorer: Scorer) -> None:
    with pytest.raises(AssayError, match="the table has no rows"):
        scores(scorer, as_text(synthetic_raw(1).iloc[:0]))


@pytest.mark.parametrize(
    ("without", "asked", "found"),
    [
        (None, None, Reasons.ALERTS),
        (None, Reasons.ALL, Reasons.ALL),
        ("it is a rule", None, Reasons.NONE),
        ("it is a rule", Reasons.NONE, Reasons.NONE),
    ],
)
def test_a_model_without_reasons_gives_none_unless_they_are_asked_for(
    without: str | None, asked: str | None, found: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert chosen_reasons(without, asked) == found
    assert ("warning: no reasons" in capsys.readouterr().err) == (without is not None and asked is None)
    with pytest.raises(AssayError, match="no exact reasons: it is a rule"):
        chosen_reasons("it is a rule", Reasons.ALL)


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8) | st.sampled_from(
    ["", "1e999", "-0", "9" * 400, "inf", "nan", "1,5", "0x1F", "=1+1", "٣", " 7 ", "t", "F", "260801013", "2" * 70]
)


@given(st.lists(st.dictionaries(st.sampled_from([*raw_record("260801013")]), CELL, max_size=6), min_size=1, max_size=5))
@example([{"patient_id": "a\r\nb"}, {"patient_id": "\r"}, {"patient_id": "\n"}])
@example([{"patient_id": "0" * 9}, {"patient_id": "990229001"}])
def test_any_text_in_any_cell_gives_one_row(scorer: Scorer, changes: list[dict[str, str]]) -> None:
    records = [raw_record("260801013") | one for one in changes]
    found = scores(scorer, as_text(raw_table(*records)), Reasons.ALL)
    assert [one[RECORD_ID] for one in found] == [one["patient_id"] for one in records]
    assert all((one["score"] == "") == bool(one["not_scored"]) for one in found)


def test_results_come_in_order_and_few_items_are_taken_ahead() -> None:
    taken: list[int] = []

    def items() -> Any:
        for number in range(50):
            taken.append(number)
            yield number

    for place, result in enumerate(in_order(lambda number: number, items(), threads=3)):
        assert result == place
        assert len(taken) <= place + 5


def test_a_failing_batch_ends_it(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Output:
        raise MemoryError

    monkeypatch.setattr(files, "rows", fail)
    monkeypatch.setattr(streaming, "ROWS", 5)
    with pytest.raises(MemoryError):
        scores(scorer, as_text(synthetic_raw(60)), threads=3)


def test_pandas_selects_by_the_alerts_of_each_format(scorer: Scorer, tmp_path: Path) -> None:
    rows = synthetic_raw().assign(on_thyroxine=lambda raw: ["t", "f"] * (len(raw) // 2))
    (tmp_path / "in.csv").write_bytes(as_text(rows))
    for name in ("out.csv", "out.parquet"):
        score_file(scorer.bundle, tmp_path / "in.csv", Target.of(tmp_path / name, None), Reasons.NONE, False, 1)
    typed = {"record_id": "str", "alert": "boolean"}
    found = [pd.read_parquet(tmp_path / "out.parquet"), pd.read_csv(tmp_path / "out.csv", dtype=typed)]
    for table in found:
        assert table.alert.dtype == "boolean"
        assert table.alert.isna().equals(table.score.isna())
        assert table.alert.isna().any()
        assert len(table[table.alert]) == (table.alert == True).sum() > 0  # noqa: E712 - a missing one is not true
    assert [*found[0][found[0].alert].record_id] == [*found[1][found[1].alert].record_id]
