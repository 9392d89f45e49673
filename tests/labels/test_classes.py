"""Classes, and how they differ."""

import pandas as pd

from assay.labels.classes import Effect, classes, flips, in_words


def labels(label: list[bool], excluded: list[str], decided_by: str = "source") -> pd.DataFrame:
    ids = [str(number) for number in range(len(label))]
    return pd.DataFrame({"record_id": ids, "label": label, "excluded": excluded, "decided_by": decided_by})


BEFORE = labels([True, False, True, False], ["", "", "ungradable", "treated: on_thyroxine"])
AFTER = labels([False, False, True, True], ["", "ungradable", "", "treated: on_thyroxine"], "single")


def test_a_record_has_one_of_four_classes() -> None:
    assert classes(BEFORE).tolist() == ["positive", "negative", "ungradable", "excluded"]


def test_flips_are_counted_by_direction() -> None:
    found = flips(BEFORE, AFTER)
    assert found == {("positive", "negative"): 1, ("negative", "ungradable"): 1, ("ungradable", "positive"): 1}
    assert in_words(found)["positive to negative"] == 1
    assert flips(BEFORE, BEFORE) == {}


def test_what_decisions_made_of_a_table() -> None:
    after = AFTER.assign(decided_by=["single", "agreed", "adjudicated", "disputed"])
    found = Effect()
    for row in range(len(after)):
        found.add(BEFORE.iloc[[row]], after.iloc[[row]])
    assert found.stated() == {
        "decided_by": {"source": 0, "single": 1, "agreed": 1, "adjudicated": 1, "disputed": 1},
        "disputed": ["3"],
        "labels_changed": {"positive to negative": 1, "negative to ungradable": 1, "ungradable to positive": 1},
    }
