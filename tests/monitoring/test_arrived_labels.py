"""Labels that have arrived, read by the label policy of the bundle."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from assay.bundle.loading import Bundle
from assay.config.dataset import Column, Dataset, Written
from assay.config.outcome import Outcome
from assay.config.schema import Labels
from assay.config.source import Dialect
from assay.errors import AssayError
from assay.monitoring.arrived_labels import arrived, read_labels
from assay.monitoring.label_file import codes as codes_of
from assay.monitoring.label_file import label_file

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


def unlike(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        ("patient_id;target\n840801001;F\n840801002;-\n", "utf-8", "cells are separated by a semicolon"),
        ("May\n\npatient_id\ttarget\n" + "840801001\tF\n840801002\t-\n" * 9, "utf-16", "2 line(s) above the header"),
        ("patient_id, target\n840801001, F\n840801002, -\n", "utf-8", "3 cells have spaces around them"),
        ("patient_id;target;by\n840801001;F;Müller\n840801002;-;Jörg\n", "cp1252", "it reads Müller, Jörg"),
    ],
)
def test_labels_from_another_program_are_read_and_that_is_said(
    bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture, text: str, encoding: str, said: str
) -> None:
    found = read_labels(unlike(tmp_path / "labels.csv", text, encoding), bundle)
    assert found["label"].to_dict() == {"840801001": True, "840801002": False}
    warned = capsys.readouterr().err
    assert "labels.csv is not written as the contract says of records: " in warned
    assert said in warned


def test_labels_that_are_written_as_the_records_are_read_so(
    bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """The key of the first has a space, which no other program's habit takes off."""
    source = replace(bundle.dataset.source, dialect=Dialect(separator=";"))
    there = replace(bundle, dataset=replace(bundle.dataset, source=source))
    found = read_labels(unlike(tmp_path / "labels.csv", "patient_id;target\n 8;F\n9;-\n"), there)
    assert found.index.tolist() == [" 8", "9"]
    assert not capsys.readouterr().err


def test_a_line_of_labels_that_cannot_be_read_is_named(bundle: Bundle, tmp_path: Path) -> None:
    with pytest.raises(AssayError, match="line 3: 3 cells and not 2"):
        read_labels(unlike(tmp_path / "labels.csv", "patient_id,target\n1,F\n2,F,A\n3,-\n"), bundle)


THRESHOLD = Dataset(
    columns={"id": Column("text", "id"), "hba1c": Column("number", "target", range=[1, 30], nullable=True)},
    key="id",
    target=None,
    outcome=Outcome("hba1c >= 6.5"),
)


@pytest.mark.parametrize(
    ("text", "written", "codes"),
    [
        ("id,hba1c\na,6.5\nb,\nc,6.4\n", None, ["event", "", "no event"]),
        ("id;hba1c\na;6,5\nb;\nc;6,4\n", Written(decimal=","), ["event", "", "no event"]),
        ("id;hba1c\na;6,5\nb;\nc;6,4\n", None, "column hba1c: 2 value.s. not a number: '6,5', '6,4'; line 2, line 4"),
        ("id,hba1c\na,6.5\nb,65\n", None, "column hba1c: 1 value.s. .*: '65'; line 3"),
        ("Labels\nid;hba1c\n" + "a;6.5\n" * 20 + "b;x\n", None, "'x'; line 23"),
    ],
)
def test_values_of_an_outcome_are_read_by_the_contract_or_stop_at_their_line(
    tmp_path: Path, text: str, written: Written | None, codes: list[str] | str
) -> None:
    columns = {**THRESHOLD.columns, "hba1c": replace(THRESHOLD.columns["hba1c"], written=written)}
    dataset = replace(THRESHOLD, columns=columns)
    labels = label_file(unlike(tmp_path / "labels.csv", text), dataset, lambda names: "hba1c" in names)
    if isinstance(codes, str):
        with pytest.raises(AssayError, match=codes):
            codes_of(labels, dataset)
    else:
        assert codes_of(labels, dataset).tolist() == codes
