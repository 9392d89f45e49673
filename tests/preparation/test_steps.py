"""A step gives the same for any batches of the records, in any order, and however their summaries are merged."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from assay.config.compose import composed
from assay.config.dataset import Column, Dataset, Repeats
from assay.config.load import typed
from assay.datasets import knowledge
from assay.preparation.prepare import Preparer
from assay.preparation.reconcile import clean, reconcile, stacked, steps
from assay.preparation.steps import DropRepeats, Repair, Step, UniqueKeys, applied, hashed, repeats
from samples import THYROID, raw_record, raw_table

COVID: Dataset = replace(typed(yaml.safe_load(composed(["dataset=covid"]))).dataset, repeats=Repeats(["age"], 1))
TEST = {
    **dict.fromkeys(COVID.columns, ""),
    "gender": "female",
    "pan_day": "4",
    "test_id": "covid",
    "clinic_name": "ward",
    "demo_group": "patient",
    "age": "7",
    "drive_thru_ind": "1",
    "orderset": "0",
    "col_rec_tat": "2",
    "rec_ver_tat": "3",
}
WHO, WHAT = "112231443", ["positive", "negative", "negative", "negative", "invalid", "negative", "positive", "positive"]
TESTS = pd.DataFrame(
    [
        {**TEST, "rownames": str(number), "subject_id": who, "result": result}
        for number, (who, result) in enumerate(zip(WHO, [*WHAT, "negative"], strict=True))
    ],
    dtype="str",
).drop(columns=["fake_first_name", "fake_last_name"])
IDS = ("840801013", "850801014", "850801015", "840801016", "850801017", "860801018")
RESULTS = [raw_record(one, TSH=tsh) for one, tsh in zip(IDS, ("1", "2", "1", "2", "-1", "1"), strict=True)]
TABLES = {"covid": (COVID, TESTS), "thyroid": (THYROID, raw_table(*RESULTS))}


class InPairs:
    """A step whose summaries are merged two by two, each time with the last one first."""

    def __init__(self, step: Step) -> None:
        self.summarise, self.apply, self._merge = step.summarise, step.apply, step.merge

    def merge(self, summaries: Sequence[Any]) -> Any:
        return reduce(lambda one, other: self._merge([other, one]), summaries[1:], self._merge(summaries[:1]))


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
@settings(max_examples=15)
@given(st.data())
def test_any_batches_in_any_order_are_cleaned_to_the_same(name: str, data: st.DataObject) -> None:
    dataset, raw = TABLES[name]
    whole = clean(raw, dataset, "raw")
    order = data.draw(st.permutations(range(len(raw))))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(raw) - 1))))
    prepare = Preparer(dataset)
    edges = zip([0, *cuts], [*cuts, len(raw)], strict=True)
    batches = [prepare(raw.iloc[order[start:end]], "raw") for start, end in edges]
    together = reconcile(batches, dataset, "raw")
    assert_frame_equal(together.records, whole.records, check_exact=True)
    assert_frame_equal(together.quarantined, whole.quarantined)
    assert together.changes == whole.changes
    in_pairs = batches
    for step in (UniqueKeys(), *steps(dataset)):
        in_pairs = applied(InPairs(step), in_pairs)
    found = stacked(in_pairs)
    assert_frame_equal(found.records.sort_values("record_id", ignore_index=True), whole.records, check_exact=True)
    assert found.changes == whole.changes


def test_what_the_steps_did_to_these_tables() -> None:
    """Else the test above would compare what nothing happened to."""
    found = {name: clean(raw, dataset, "raw") for name, (dataset, raw) in TABLES.items()}
    counts = {name: {one.rule: one.count for one in cleaned.changes} for name, cleaned in found.items()}
    assert (counts["covid"]["discordant_same_day"], counts["covid"]["repeated_record"]) == (1, 3)
    assert (counts["thyroid"]["repeated_record"], len(found["thyroid"].quarantined)) == (3, 1)
    assert [type(step) for step in steps(COVID)] == [DropRepeats, Repair]
    for name, (dataset, raw) in TABLES.items():
        repeated = repeats_of_earlier(Preparer(dataset)(raw, "raw").records).sum()
        assert counts[name]["repeated_record"] + counts[name]["sparse_repeat"] == repeated


def repeats_of_earlier(records: pd.DataFrame) -> "pd.Series[bool]":
    """Which records agree with an earlier one, by id, in everything but id and date."""
    told = [name for name in records if name not in ("record_id", "date", "sample_weight")]
    return records.sort_values("record_id").duplicated(told).reindex(records.index)


@pytest.mark.parametrize("size", [1, 2, 6])
def test_a_key_that_comes_again_in_another_batch_is_found(size: int) -> None:
    raw = raw_table(*RESULTS[:3], RESULTS[0], RESULTS[3], RESULTS[1])
    batches = [Preparer(THYROID)(raw.iloc[start : start + size], "raw") for start in range(0, 6, size)]
    broken = stacked(applied(UniqueKeys(), batches)).broken
    assert [(one.rows, one.values) for one in broken] == [((0, 1, 3, 5), (IDS[0], IDS[1]))]


@pytest.mark.parametrize(
    ("key", "written"),
    [
        (Column("number", "id"), ["7", " 7.0", "70e-1"]),
        (Column("date", "id", format="%d/%m/%Y"), ["01/02/2020", "1/2/2020", "1/02/2020"]),
        (Column("flag", "id"), ["yes", "TRUE", "on"]),
    ],
)
def test_a_repeated_key_is_quoted_as_it_is_written(key: Column, written: list[str]) -> None:
    dataset = Dataset("any", key="k", target="y", columns={"k": key, "y": Column("category", "target")})
    raw = pd.DataFrame({"k": written, "y": "a"}, dtype="str")
    batches = [Preparer(dataset)(raw.iloc[[row]], "raw") for row in range(len(raw))]
    (broken,) = stacked(applied(UniqueKeys(), batches)).broken
    assert broken.values == tuple(written)


def test_knowledge_that_repairs_each_record_by_itself_needs_no_summary() -> None:
    prepared = Preparer(THYROID)(raw_table(*RESULTS), "raw")
    (after,) = applied(Repair(knowledge(THYROID)), [prepared])
    assert after == replace(prepared, changes=after.changes)


@pytest.mark.parametrize("name", TABLES)
def test_the_step_and_the_scorecard_call_those_records_repeated_that_are(name: str) -> None:
    """Both compare hashes; here the values of the whole table are compared."""
    dataset, raw = TABLES[name]
    batch = Preparer(dataset)(raw, "raw")
    (after,) = applied(DropRepeats(Repeats(known=["age"], at_least=0)), [batch])
    dropped = batch.records.index.difference(after.records.index)
    assert list(dropped) == list(batch.records.index[repeats_of_earlier(batch.records)])
    assert len(dropped)
    contents = [hashed(batch.records.iloc[start : start + 2]) for start in range(0, len(batch.records), 2)]
    assert repeats(contents) == len(dropped)
