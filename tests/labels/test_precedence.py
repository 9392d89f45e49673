"""Which decision wins."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.labels.decision import Decision
from assay.labels.precedence import Verdict, merge, verdict
from decisions import RECORDS, codes, decision

ADJUDICATOR = {"role": "adjudicator"}

CASES: dict[str, tuple[list[Decision], Verdict]] = {
    "nobody": ([], Verdict("source", "", (), 0)),
    "one": ([decision("F")], Verdict("single", "F", ("ann",), 1)),
    "one, who says what the source says": ([decision("-")], Verdict("single", "-", ("ann",), 1)),
    "one, twice": ([decision("F", minute=1), decision("A", minute=2)], Verdict("single", "A", ("ann",), 1)),
    "one, who says the same twice, is not two": ([decision("F"), decision("F")], Verdict("single", "F", ("ann",), 1)),
    "one, withdrawn": ([decision("F"), decision("withdrawn", minute=1)], Verdict("source", "", (), 0)),
    "two who agree": ([decision("F", "ben"), decision("F", "ann")], Verdict("agreed", "F", ("ann", "ben"), 2)),
    "two who differ in how sure they are": (
        [decision("K|F", "ann"), decision("F", "ben")],
        Verdict("disputed", "", ("ann", "ben"), 2),
    ),
    "two who differ": ([decision("F", "ann"), decision("-", "ben")], Verdict("disputed", "", ("ann", "ben"), 2)),
    "two who differ within a class": (
        [decision("F", "ann"), decision("E", "ben")],
        Verdict("disputed", "", ("ann", "ben"), 2),
    ),
    "two against one": (
        [decision("F", "ann"), decision("F", "ben"), decision("-", "cal")],
        Verdict("disputed", "", ("ann", "ben", "cal"), 3),
    ),
    "two, of whom one came round": (
        [decision("F", "ann"), decision("-", "ben", 1), decision("F", "ben", 2)],
        Verdict("agreed", "F", ("ann", "ben"), 2),
    ),
    "two who agreed, until one did no more": (
        [decision("F", "ann"), decision("F", "ben", 1), decision("-", "ben", 2)],
        Verdict("disputed", "", ("ann", "ben"), 2),
    ),
    "two, of whom one withdrew": (
        [decision("F", "ann"), decision("-", "ben"), decision("withdrawn", "ben", 1)],
        Verdict("single", "F", ("ann",), 1),
    ),
    "adjudicated": (
        [decision("F", "ann"), decision("-", "ben"), decision("A", "cal", **ADJUDICATOR)],
        Verdict("adjudicated", "A", ("cal",), 3),
    ),
    "adjudicated against two who agree": (
        [decision("F", "ann"), decision("F", "ben"), decision("-", "cal", **ADJUDICATOR)],
        Verdict("adjudicated", "-", ("cal",), 3),
    ),
    "adjudicated before the others decided": (
        [decision("-", "cal", 1, **ADJUDICATOR), decision("F", "ann", 2), decision("F", "ben", 3)],
        Verdict("adjudicated", "-", ("cal",), 3),
    ),
    "adjudicated twice": (
        [decision("A", "dee", 2, **ADJUDICATOR), decision("-", "cal", 1, **ADJUDICATOR)],
        Verdict("adjudicated", "A", ("dee",), 2),
    ),
    "an adjudication withdrawn": (
        [decision("F"), decision("-", "cal", **ADJUDICATOR), decision("withdrawn", "cal", 1, **ADJUDICATOR)],
        Verdict("single", "F", ("ann",), 1),
    ),
    "who adjudicates does not agree with himself": (
        [decision("F", "ann"), decision("F", "ann", **ADJUDICATOR)],
        Verdict("adjudicated", "F", ("ann",), 2),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_verdict_on_a_record(case: str) -> None:
    said, expected = CASES[case]
    assert verdict(said) == expected


def test_every_record_gets_the_code_in_force_and_its_origin() -> None:
    records = pd.DataFrame({"record_id": RECORDS, "code": ["-", "K|F", "R"], "TSH": 1.0}, index=[5, 6, 7])
    said = [
        decision("F", "ann", record_id=RECORDS[1]),
        decision("A", "ben", record_id=RECORDS[1]),
        decision("-", "ann", record_id=RECORDS[2]),
    ]
    merged = merge(records, said)
    assert merged.index.tolist() == [5, 6, 7]
    assert merged.to_dict("list") == {
        "record_id": list(RECORDS),
        "code": ["-", "K|F", "R"],
        "code_in_force": ["-", "K|F", "-"],
        "decided_by": ["source", "disputed", "single"],
        "decisions": [0, 2, 1],
        "annotators": ["", "ann ben", "ann"],
    }


def test_types_are_the_same_with_and_without_decisions() -> None:
    records = pd.DataFrame({"record_id": RECORDS, "code": "-"}, dtype="str")
    assert merge(records, []).dtypes.equals(merge(records, [decision()]).dtypes)


@st.composite
def independent(draw: st.DrawFn) -> tuple[list[Decision], list[Decision]]:
    """Decisions with a time of their own each, in two orders."""
    names, roles = st.sampled_from(["ann", "ben", "cal"]), st.sampled_from(["annotator", "adjudicator"])
    words = st.sampled_from(["F", "K|F", "-", "withdrawn"]) | codes
    drawn = draw(st.lists(st.tuples(words, names, roles, st.sampled_from(RECORDS)), max_size=12))
    said = [decision(code, who, n, role=role, record_id=record) for n, (code, who, role, record) in enumerate(drawn)]
    return said, draw(st.permutations(said))


@given(independent())
def test_the_order_of_the_lines_does_not_matter(orders: tuple[list[Decision], list[Decision]]) -> None:
    records = pd.DataFrame({"record_id": RECORDS, "code": ["-", "F", "R"]}, dtype="str")
    one, other = (merge(records, said) for said in orders)
    pd.testing.assert_frame_equal(one, other)
