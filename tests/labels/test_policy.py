"""Label policies: from diagnosis codes to labels, and why a record is left out."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.config.schema import Labels
from assay.errors import AssayError
from assay.labels.policy import Counts, annotate, any_letter, more_likely, require_classes
from assay.labels.precedence import merge

OVERT = Labels("overt", 1, "letters", list("ABCDEFH"), ["R"])
letters = st.text("ABCDEFGHIJKLMNOPQRST", min_size=1, max_size=3)
codes = st.just("-") | letters | st.builds("{}|{}".format, letters, letters)


def annotated(code: str, outside: str = "", policy: Labels = OVERT) -> pd.Series:
    records = pd.DataFrame({"record_id": ["1"], "code": [code]}, dtype="str")
    return annotate(merge(records, []), pd.Series([outside], dtype="str"), policy).iloc[0]


@pytest.mark.parametrize(
    ("code", "decided", "label", "excluded"),
    [
        ("-", "-", False, ""),
        ("A", "A", True, ""),
        ("G", "G", False, ""),
        ("K", "K", False, ""),
        ("AK", "AK", True, ""),
        ("KA", "KA", True, ""),
        ("C|I", "I", False, ""),
        ("K|F", "F", True, ""),
        ("R", "R", False, "ungradable"),
        ("FR", "FR", True, "ungradable"),
        ("R|F", "F", True, ""),
    ],
)
def test_the_label_of_a_code_under_overt(code: str, decided: str, label: bool, excluded: str) -> None:
    row = annotated(code)
    assert (row["code"], row["code_resolved"], row["label"], row["excluded"]) == (code, decided, label, excluded)
    assert (row["policy"], row["policy_version"]) == ("overt", 1)


def test_being_outside_the_population_comes_before_being_ungradable() -> None:
    assert annotated("R", outside="treated: on_thyroxine")["excluded"] == "treated: on_thyroxine"


def test_a_policy_without_ungradable_codes_excludes_none() -> None:
    assert annotated("R", policy=Labels("all", 1, "letters", ["A"], []))["excluded"] == ""


@given(st.lists(codes, min_size=1), st.sets(st.sampled_from("ABCDEFGHR"), min_size=0).map(sorted))
def test_labels_equal_a_plain_reading_of_each_code(texts: list[str], wanted: list[str]) -> None:
    series = pd.Series(texts, dtype="str")
    expected = [any(letter in text.split("|")[-1] for letter in wanted) for text in texts]
    assert any_letter(more_likely(series), wanted).tolist() == expected


def test_counts() -> None:
    records = pd.DataFrame({"record_id": list("abcde"), "code": ["-", "A", "AK", "R", "F"]}, dtype="str")
    outside = pd.Series(["", "", "", "", "treated"], dtype="str")
    labels, found = annotate(merge(records, []), outside, OVERT), Counts()
    for row in range(len(labels)):
        found.add(labels.iloc[[row]])
    assert found.stated() == {
        "records": 5,
        "used": 3,
        "positive": 2,
        "prevalence": pytest.approx(2 / 3),
        "excluded": {"ungradable": 1, "treated": 1},
        "positive_by_code": {"A": 1, "AK": 1},
    }


def test_a_class_that_no_record_has_is_named_with_those_that_are_there() -> None:
    codes = pd.Series(["sick", "well", ""], dtype="str")
    require_classes(codes, Labels("p", 1, "whole", ["sick"], []))
    require_classes(pd.Series(["AK", "-"], dtype="str"), Labels("p", 1, "letters", ["A"], ["K"]))
    with pytest.raises(AssayError, match="no record has the class 'Sick', 'odd'; there are: sick, well"):
        require_classes(codes, Labels("p", 1, "whole", ["Sick"], ["odd"]))
