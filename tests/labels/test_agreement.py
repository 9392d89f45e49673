"""Agreement, against published examples and an independent implementation."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from assay.config.schema import Labels
from assay.labels.agreement import agreement, kappa, votes
from decisions import RECORDS, decision

# Cohen (1960), table 1: two psychiatrists on 200 patients.
COHEN = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
# Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), example C: four observers, with gaps.
KRIPPENDORFF = ["123321412***", "1233224125*3", "*3332342251*", "12332441251*"]


def table(*rows: str) -> pd.DataFrame:
    """The votes of annotators a, b, ..., a string of classes each; * for none."""
    return pd.DataFrame(
        [(f"r{n}", chr(97 + who), vote) for who, row in enumerate(rows) for n, vote in enumerate(row) if vote != "*"],
        columns=["record_id", "annotator", "vote"],
    )


def test_kappa_of_cohens_own_example() -> None:
    cells = [(str(i), str(j)) for i, row in enumerate(COHEN) for j, count in enumerate(row) for _ in range(count)]
    found = agreement(table(*map("".join, zip(*cells, strict=True))))["cohen_kappa"]["a and b"]
    assert found["records"] == 200
    assert round(found["value"], 3) == 0.492
    low, high = found["interval"]  # Fleiss, Cohen & Everitt (1969): a large-sample standard error of about .054
    assert (low, high) == (pytest.approx(0.492 - 1.96 * 0.054, abs=0.02), pytest.approx(0.492 + 1.96 * 0.054, abs=0.02))


def test_alpha_of_krippendorffs_own_example() -> None:
    found = agreement(table(*KRIPPENDORFF))
    assert found["records"] == 11  # the twelfth has one observer
    assert round(found["krippendorff_alpha"]["value"], 3) == 0.743
    low, high = found["krippendorff_alpha"]["interval"]
    assert low < 0.743 < high <= 1


@given(st.lists(st.tuples(st.sampled_from("dhu"), st.sampled_from("dhu")), min_size=1, max_size=30))
def test_kappa_equals_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    one, other = zip(*pairs, strict=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = cohen_kappa_score(one, other)
    sides = (np.array([[vote == name for name in "dhu"] for vote in side]) for side in (one, other))
    assert kappa(*sides, np.ones((1, len(pairs)))) == pytest.approx([expected], nan_ok=True)


def test_where_there_is_nothing_to_agree_about() -> None:
    nothing = {"records": 0, "krippendorff_alpha": None, "cohen_kappa": {}}
    assert agreement(table()) == nothing
    assert agreement(table("dhd")) == nothing
    assert agreement(table("dh**", "**dh")) == nothing


def test_agreement_on_one_class_alone_is_undefined_not_perfect() -> None:
    found = agreement(table("hhhh", "hhhh"))
    for figure in (found["krippendorff_alpha"], found["cohen_kappa"]["a and b"]):
        assert figure["records"] == 4
        assert np.isnan([figure["value"], *figure["interval"]]).all()


def test_full_agreement_is_one_and_two_who_share_no_record_are_no_pair() -> None:
    found = agreement(table("dhdhuu***", "dhdhuu*dh", "*******dh"))
    assert found["cohen_kappa"].keys() == {"a and b", "b and c"}
    assert found["krippendorff_alpha"]["value"] == found["cohen_kappa"]["a and b"]["value"] == 1


def test_votes_are_the_standing_decisions_of_annotators_as_classes() -> None:
    said = [
        decision("F", "ann", 1),
        decision("-", "ann", 2),
        decision("K|R", "ben"),
        decision("G|A", "ben", record_id=RECORDS[1]),
        decision("F", "cal", role="adjudicator"),
        decision("F", "dee"),
        decision("withdrawn", "dee", 1),
    ]
    found = votes(said, Labels("overt", 1, "letters", list("ABCDEFH"), ["R"]))
    rows = {(row.record_id, row.annotator): row.vote for row in found.itertuples()}
    assert rows == {
        (RECORDS[0], "ann"): "negative",
        (RECORDS[0], "ben"): "ungradable",
        (RECORDS[1], "ben"): "positive",
    }
