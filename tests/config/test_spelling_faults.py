"""Contradictions in how a contract says that a file and its values are written; and open questions."""

from typing import Any

import pytest

from assay.config.load import typed
from assay.config.questions import questions, require_answered
from assay.errors import AssayError
from samples import plain

NO_RANGES = {"range": None, "plausible": None, "reference": None}


def with_source(**dialect: Any) -> dict[str, Any]:
    found = plain()
    found["dataset"]["source"]["dialect"] = dialect
    return found


def with_column(**entry: Any) -> dict[str, Any]:
    found = plain()
    found["dataset"]["columns"]["TSH"] |= entry
    return found


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (with_source(encoding="klingon"), "dialect.encoding=klingon is no encoding"),
        (with_source(encoding="hex"), "dialect.encoding=hex is no encoding"),
        (with_source(separator=";;"), "dialect.separator=';;' is not one character"),
        (with_source(separator="\n"), "dialect.separator='\\\\n' is not one character"),
        (with_source(quote=","), "dialect.quote=',' is not one character"),
        (with_source(above=-1), "dialect.above=-1 must be from 0"),
        (with_source(sep=";"), "dialect.sep: unknown key"),
        (with_column(written={"decimal": ";"}), "TSH.written.decimal=';' is none of"),
        (with_column(written={"thousands": "."}), "thousands and decimal are both '.'"),
        (with_column(written={"thousands": "0"}), "TSH.written.thousands='0' is none of"),
        (with_column(written={"after": "m2"}), "TSH.written.after='m2' holds a digit"),
        (with_column(written={"limit": True}), "TSH.written.limit: unknown key, did you mean limits"),
        (
            with_column(type="text", role="ignore", range=None, plausible=None, reference=None, written={}),
            "written needs type number",
        ),
    ],
)
def test_a_contradiction_is_named(found: dict[str, Any], said: str) -> None:
    with pytest.raises(AssayError) as caught:
        typed(found)
    assert said.replace("\\\\", "\\") in caught.value.what


def test_a_column_may_not_have_the_name_of_one_that_is_made() -> None:
    found = with_column(written={"limits": True})
    found["dataset"]["columns"]["TSH_limit"] = {"type": "number"}
    with pytest.raises(AssayError, match="TSH_limit: a column of that name is made of the limits of TSH"):
        typed(found)


@pytest.mark.parametrize("key", ["positive", "ungradable"])
def test_a_policy_names_classes_that_the_contract_has(key: str) -> None:
    with pytest.raises(
        AssayError, match=rf"labels\.{key} names 'Z', and the contract has no such class; it has: -, A, B"
    ):
        typed(plain(**{f"labels__{key}": ["Z"]}))


def test_every_open_question_is_told_with_its_key_and_file() -> None:
    found = plain(labels__positive=["??? A or B"])
    found["dataset"]["columns"]["TSH"]["written"] = "??? comma or point"
    with pytest.raises(AssayError) as caught:
        typed(found)
    assert "2 questions are open" in caught.value.what
    assert "dataset.columns.TSH.written: comma or point" in caught.value.what
    assert "labels.positive: A or B" in caught.value.what
    assert caught.value.where == "conf/dataset/thyroid.yaml, conf/labels/overt.yaml"


def test_only_a_text_that_begins_with_the_mark_is_a_question() -> None:
    assert list(questions({"a": ["x ??? y", "???", None, 3], "b": {"c": "??? z"}}, "k")) == [("k.b.c", "z")]
    require_answered({"dataset": None})
