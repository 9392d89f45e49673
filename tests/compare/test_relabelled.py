"""The label diff of two revisions."""

from dataclasses import dataclass

import pandas as pd
import pytest

from assay.compare.relabelled import SHOWN, as_json, as_markdown, relabelled
from assay.config.schema import Labels
from assay.experiments.former_names import named_as_now
from assay.labels.decision import Decision
from assay.labels.policy import annotate
from assay.labels.precedence import merge
from assay.paths import LABELS
from decisions import decision

OVERT = Labels("overt", 1, "letters", list("ABCDEFH"), ["R"])


@dataclass
class Side:
    """A revision with nothing but labels."""

    name: str
    labels: pd.DataFrame


def side(name: str, codes: dict[str, str], *said: Decision, policy: Labels = OVERT) -> Side:
    records = pd.DataFrame({"record_id": list(codes), "code": list(codes.values())}, dtype="str")
    table = annotate(merge(records, said), pd.Series("", index=records.index, dtype="str"), policy)
    return Side(name, table.set_index("record_id"))


CODES = {"1": "-", "2": "K|F", "3": "R", "4": "-", "5": "-"}
BASE = side("main", CODES)
HEAD = side(
    "workspace",
    {**CODES, "6": "F"},
    decision("F", "ann", record_id="1"),
    decision("F", "ben", record_id="1"),
    decision("K", "ann", record_id="2"),
    decision("S", "ann", record_id="4"),
    decision("-", "ann", record_id="5"),
    decision("F", "ben", record_id="5"),
)


def test_every_record_that_differs_with_codes_classes_and_who_decided() -> None:
    found = as_json(relabelled(BASE, HEAD))
    rows = {row.pop("record_id"): list(row.values()) for row in found["labels"]}
    assert rows == {
        "1": ["-", "F", "negative", "positive", "agreed", "ann ben"],
        "2": ["K|F", "K", "positive", "negative", "single", "ann"],
        "4": ["-", "S", "negative", "negative", "single", "ann"],
    }
    assert found["flips"] == {"positive to negative": 1, "negative to positive": 1}
    assert found["records"] == {"common": 5, "added": 1, "removed": 0}
    assert found["disputed"] == ["5"]
    assert found["decided_by"]["base"] == {"source": 5, "single": 0, "agreed": 0, "adjudicated": 0, "disputed": 0}
    assert found["decided_by"]["head"] == {"source": 2, "single": 2, "agreed": 1, "adjudicated": 0, "disputed": 1}


def test_the_same_for_people() -> None:
    shown = as_markdown(relabelled(BASE, HEAD)).splitlines()
    assert shown[0] == "### Labels of workspace against main: 3 of 5 records differ"
    assert "Classes (overt v1 to overt v1): 1 from negative to positive, 1 from positive to negative." in shown[2]
    assert "| agreed | 0 | 1 |" in shown
    assert "Disputed, the source code stays in force: 5." in shown
    assert r"| 1 | \- to F | negative to positive | agreed ann ben |" in shown
    assert r"| 2 | K\|F to K | positive to negative | single ann |" in shown
    assert r"| 4 | \- to S | negative | single ann |" in shown


def test_nothing_differs() -> None:
    found = relabelled(BASE, BASE)
    assert as_json(found)["labels"] == []
    assert "no change" in as_markdown(found)
    assert "| record |" not in as_markdown(found)


def test_another_policy_changes_classes_without_a_decision() -> None:
    found = as_json(relabelled(BASE, side("hyper", CODES, policy=Labels("hyper", 1, "letters", ["A"], ["R"]))))
    assert found["policies"] == ("overt v1", "hyper v1")
    assert [list(row.values())[1:] for row in found["labels"]] == [["K|F", "K|F", "positive", "negative", "source", ""]]


@pytest.mark.parametrize("sides", [(0, 1), (1, 0)])
def test_a_revision_from_before_there_were_decisions(sides: tuple[int, int]) -> None:
    recorded = BASE.labels.drop(columns=["code_in_force", "decided_by", "decisions", "annotators"])
    old = Side("old", named_as_now(recorded.rename(columns={"code_resolved": "decided_code"}), LABELS))
    both = (old, HEAD)
    assert len(relabelled(*(both[number] for number in sides)).records) == 3


def test_a_long_list_is_cut_for_people_and_whole_for_programs() -> None:
    many = {str(number): "-" for number in range(SHOWN + 5)}
    found = relabelled(side("main", many), side("workspace", dict.fromkeys(many, "F")))
    assert "And 5 more: --json has them all." in as_markdown(found)
    assert len(as_json(found)["labels"]) == SHOWN + 5
