"""What columns that nobody has described seem to be."""

import pandas as pd
import pytest

from assay.onboarding.guess import guess, is_unique, markers


def column(*values: object, n: int = 60) -> pd.Series:
    return pd.Series([str(values[i % len(values)]) for i in range(n)], dtype="str")


NUMBERED = pd.Series([str(i) for i in range(60)], dtype="str")
NAMES = pd.Series([f"Ann {i}" for i in range(60)], dtype="str")
PROSE = pd.Series([f"The patient came in on day {i} and said that all was well with the world" for i in range(60)])
DATES = pd.Series(pd.date_range("2020-01-01", periods=60).strftime("%d.%m.%Y"), dtype="str")
WARDS = pd.Series([f"w{i % 25}" for i in range(60)], dtype="str")


@pytest.mark.parametrize(
    ("name", "values", "entry"),
    [
        ("smoker", column("Yes", "no"), {"type": "flag"}),
        ("smoker", column("TRUE", "FALSE", ""), {"type": "flag", "nullable": True}),
        ("drive", column("1", "0"), {"type": "flag"}),
        ("age", column("1", "2.5", "3e1"), {"type": "number"}),
        ("sex", column("F", "M", ""), {"type": "category", "values": ["F", "M"], "nullable": True}),
        ("ward", WARDS, {"type": "category"}),
        ("day", DATES, {"type": "date", "format": "%d.%m.%Y"}),
        ("notes", PROSE, {"type": "text", "role": "ignore"}),
        ("patient_id", NUMBERED, {"type": "text", "role": "id"}),
        ("subjectId", column("1", "2", "3"), {"type": "text", "role": "id"}),
        ("userID", NUMBERED, {"type": "text", "role": "id"}),
        ("malic_acid", column("1.7", "2.1"), {"type": "number"}),
        ("rownames", NUMBERED, {"type": "text", "role": "id"}),
        ("Unnamed: 0", NUMBERED, {"type": "text", "role": "id"}),
        ("row", column("1", "2"), {"type": "number"}),
        *(
            (name, NAMES, {"type": "text", "role": "personal"})
            for name in ("last_name", "FirstName", "NAME2", "nameOfMother")
        ),
        ("classNR", NUMBERED, {"type": "number"}),
        ("tournament", NUMBERED, {"type": "number"}),
        ("patient", NUMBERED, {"type": "text", "role": "id"}),
        ("Case No.", NUMBERED, {"type": "text", "role": "id"}),
        ("visit_no", NUMBERED, {"type": "number"}),
        ("student", column("Yes", "No"), {"type": "flag"}),
        ("phone_service", column("Yes", "No"), {"type": "flag"}),
        ("count", NUMBERED, {"type": "number"}),
        ("account", column(2**53, 2**53 + 1), {"type": "text", "role": "ignore"}),
        ("mass", column(2**53, "1e30"), {"type": "number"}),
        ("empty", column(""), {"type": "text", "role": "ignore", "nullable": True}),
    ],
)
def test_a_column_by_its_name_and_values(name: str, values: pd.Series, entry: dict) -> None:
    assert guess(name, values).entry == entry


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"x": ["1", "NA", "2"]}, ["", "NA"]),
        ({"x": ["1", "  ", "?"]}, ["", "  ", "?"]),
        ({"x": ["1", "-", "2.5"]}, ["", "-"]),
        ({"code": ["A", "-", "B"]}, [""]),
        ({"x": ["1", "NULL"], "y": ["n/a", "b"]}, ["", "NULL", "n/a"]),
    ],
)
def test_what_seems_to_mean_no_value(values: dict, found: list[str]) -> None:
    assert markers(pd.DataFrame(values, dtype="str")) == found


def test_uniqueness_needs_a_value_for_every_record() -> None:
    assert is_unique(NUMBERED)
    assert not is_unique(pd.Series(["a", ""]))
