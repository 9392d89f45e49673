"""Labels that have arrived, read by the label policy of the bundle."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from assay.bundle.loading import Bundle
from assay.config.schema import Labels
from assay.errors import AssayError
from assay.monitoring.arrived import arrived, read_labels

POLICY = Labels(name="overt", version=1, codes="letters", positive=["A", "F"], ungradable=["R"])
CODES = r"-|[A-T]+(\|[A-T]+)?"


def read(column: str, values: list[object]) -> pd.DataFrame:
    ids = [f"{place:09}" for place in range(len(values))]
    return arrived(pd.DataFrame({"record_id": ids, column: values}), POLICY, CODES, "labels.csv")


@pytest.mark.parametrize(
    ("column", "values", "label", "ungradable"),
    [
        ("code", ["F", "-", "A|K", "K|A", "R"], [True, False, False, True, False], [False] * 4 + [True]),
        ("label", ["0", "1"], [False, True], [False] * 2),
        ("label", [0, 1], [False, True], [False] * 2),
        ("label", [1.0, 0.0], [True, False], [False] * 2),
        ("label", [True, False], [True, False], [False] * 2),
        ("code", ["F", "", None], [True], [False]),  # two have not arrived
        ("label", [None, 1.0], [True], [False]),
        ("code", [], [], []),
    ],
)
def test_codes_and_labels(column: str, values: list[object], label: list[bool], ungradable: list[bool]) -> None:
    found = read(column, values)
    assert (found["label"].tolist(), found["ungradable"].tolist()) == (label, ungradable)


@pytest.mark.parametrize(("column", "values"), [("code", ["F", "F"]), ("label", ["0", "0.0", "false"])])
def test_ids_are_texts_and_the_same_label_twice_is_one(column: str, values: list[str]) -> None:
    table = pd.DataFrame({"record_id": "7", column: values})
    assert arrived(table, POLICY, CODES, "").index.tolist() == ["7"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"record_id": ["1"]}, "need the column record_id and one of code and label"),
        ({"record_id": ["1"], "code": ["F"], "label": ["1"]}, "need the column record_id and one of code and label"),
        ({"id": ["1"], "code": ["F"]}, "need the column record_id and one of code and label"),
        ({"record_id": ["1", "1"], "code": ["F", "-"]}, "records with two different labels"),
        ({"record_id": ["1"], "code": ["Z"]}, "code 'Z' is not a code of the dataset"),
        ({"record_id": ["1"], "code": ["F\n"]}, "is not a code of the dataset"),
        ({"record_id": ["1"], "label": ["2"]}, "label '2' is not 0 or 1"),
        ({"record_id": ["1"], "label": ["F"]}, "label 'F' is not 0 or 1"),
        ({"record_id": ["1", "1"], "label": ["0", "true"]}, "records with two different labels"),
        ({"record_id": ["", " ", "1"], "label": ["1", "0", "1"]}, "labels without a record_id: 2"),
    ],
)
def test_what_is_no_label_is_refused(table: dict[str, list[str]], message: str) -> None:
    with pytest.raises(AssayError, match=message):
        arrived(pd.DataFrame(table), POLICY, CODES, "labels.csv")


def test_without_a_key_labels_need_the_ids_of_score(bundle: Bundle, tmp_path: Path) -> None:
    unkeyed = replace(bundle, dataset=replace(bundle.dataset, key=None))
    path = tmp_path / "labels.csv"
    path.write_text("patient_id,target\n840801001,F\n")
    with pytest.raises(AssayError, match="the contract has no key"):
        read_labels(path, unkeyed)
    path.write_text("record_id,code\n0,F\n")
    assert read_labels(path, unkeyed)["label"].tolist() == [True]
