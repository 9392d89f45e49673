"""What makes a decision valid, and how it stands in a line."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.labels.decision import COLUMNS, WITHDRAWN, as_line, faults, harmless, parsed, standing
from decisions import CODES, decision, decisions


@pytest.mark.parametrize("code", ["-", "F", "AK", "K|F", "AB|CD", WITHDRAWN])
def test_a_code_of_the_dataset_is_valid(code: str) -> None:
    assert faults(decision(code), CODES) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("record_id", ""),
        ("record_id", "8408\n1013"),
        ("decision", ""),
        ("decision", "Z"),
        ("decision", "F|"),
        ("decision", "F|A|B"),
        ("decision", "F\n"),
        ("decision", "=F"),
        ("annotator", ""),
        ("annotator", "Ann"),
        ("annotator", "ann lee"),
        ("annotator", "-ann"),
        ("annotator", "ann\n"),
        ("annotator", "a" * 41),
        ("role", "Annotator"),
        ("role", "admin"),
        ("guideline_version", "0"),
        ("guideline_version", "1.0"),
        ("guideline_version", ""),
        ("reason", "two\nlines"),
        ("reason", "=1+1"),
        ("reason", "x" * 501),
        ("time", ""),
        ("time", "2026-01-31T12:00:00"),
        ("time", "2026-01-31T12:00:00+00:00"),
        ("time", "2026-01-31 12:00:00Z"),
        ("time", "2026-02-30T12:00:00Z"),
        ("time", "2026-1-31T12:00:00Z"),
    ],
)
def test_a_bad_value_is_named_with_its_column(column: str, value: str) -> None:
    (fault,) = faults(replace(decision(), **{"code" if column == "decision" else column: value}), CODES)
    assert fault.startswith(f"{column} ")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("TSH is high", "TSH is high"),
        ('says "high", twice', 'says "high", twice'),
        ("two\r\nlines\u2028and\x85more\x00", "two lines and more"),
        ("=1+1", "'=1+1"),
        ("  @SUM(A1)", "'@SUM(A1)"),
        ("-2 SD; +3", "'-2 SD; '+3"),
        ("a=b", "a=b"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\ud800", ""),
    ],
)
def test_a_reason_is_made_harmless(text: str, stored: str) -> None:
    assert harmless(text) == stored


@given(st.text())
def test_what_is_harmless_stays_as_it_is_and_starts_no_formula(text: str) -> None:
    once = harmless(text)
    assert harmless(once) == once
    assert len(once.splitlines()) <= 1
    assert all(not part.strip().startswith(("=", "+", "-", "@")) for part in once.split(";"))


@given(decisions)
def test_a_line_reads_back_as_it_was(one) -> None:
    one = replace(one, reason=harmless(one.reason), time="2026-01-31T12:00:00Z")
    line = as_line(one)
    assert line.count("\n") == 1
    assert parsed(line.removesuffix("\n"), CODES) == one
    assert next(csv.DictReader(io.StringIO(",".join(COLUMNS) + "\n" + line)))["reason"] == one.reason


@given(decisions, st.data())
def test_no_part_of_a_line_passes_for_the_whole(one, data: st.DataObject) -> None:
    line = as_line(replace(one, reason=harmless(one.reason), time="2026-01-31T12:00:00Z")).removesuffix("\n")
    with pytest.raises(ValueError, match=r"^(\w+ '|\d columns|not CSV)"):
        parsed(line[: data.draw(st.integers(0, len(line) - 1))], CODES)


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ([decision("F", minute=1)], ["F"]),
        ([decision("F", minute=1), decision("A", minute=2)], ["A"]),
        ([decision("F", minute=2), decision("A", minute=1)], ["F"]),  # the lines of two branches, merged
        ([decision("F"), decision("A")], ["A"]),  # within a second: the later line
        ([decision("F", minute=1), decision(WITHDRAWN, minute=2)], []),
        ([decision(WITHDRAWN, minute=1), decision("F", minute=2)], ["F"]),
        ([decision("F", "ann"), decision("A", "ben")], ["F", "A"]),
        ([decision("F"), decision("A", role="adjudicator")], ["F", "A"]),
        ([decision("F"), decision("A", record_id="840801014")], ["F", "A"]),
    ],
)
def test_the_last_decision_of_each_stands(said: list, stands: list[str]) -> None:
    assert [one.code for one in standing(said)] == stands
