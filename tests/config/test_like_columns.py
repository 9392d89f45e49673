"""Columns that are described as another one."""

from typing import Any

import pytest

from assay.config.dataset import Column, Dataset, personal_in, stated
from assay.config.load import typed
from assay.errors import AssayError
from samples import plain


def with_columns(**columns: Any) -> dict[str, Any]:
    found = plain()
    found["dataset"]["columns"] |= columns
    return found


def read(**columns: Any) -> Dataset:
    return typed(with_columns(**columns)).dataset


def test_a_column_has_the_description_of_the_one_that_it_is_like() -> None:
    ours = {
        "weight": {"type": "number", "unit": "kg"},
        "like": "like weight",
        "height": "like weight",
        "7": "like like",
    }
    with pytest.raises(AssayError, match=r"dataset\.columns\.7=like like names no column that has a description"):
        read(**ours)
    columns = read(**{**ours, "7": "like 8", "8": {"type": "flag"}}).columns
    assert [*columns][-5:] == ["weight", "like", "height", "7", "8"], "the order of the file"
    assert columns["like"] == columns["height"] == Column("number", unit="kg")
    assert columns["7"] == columns["8"] == Column("flag")


def test_the_contract_of_later_stages_is_the_same_as_if_each_were_described() -> None:
    alike = stated(read(weight={"type": "number"}, height="like weight"))
    assert alike == stated(read(weight={"type": "number"}, height={"type": "number"}))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"height": "like weihgt"}, "dataset.columns.height=like weihgt names no column"),
        ({"height": "weight"}, "dataset.columns.height='weight': input should be a dictionary"),
        ({"weight": {"type": "number", "unti": "kg"}}, "dataset.columns.weight.unti: unknown key, did you mean unit?"),
        ({"weight": {"type": "number", "range": [1, 0]}}, r"dataset.columns.weight.range=\[1.0, 0.0\] is not"),
        ({"weight": {"type": "number", "written": {"decimal": ";"}}}, "dataset.columns.weight.written.decimal=';'"),
    ],
)
def test_a_fault_is_named_once_where_it_is_written(columns: dict[str, Any], said: str) -> None:
    with pytest.raises(AssayError, match=said) as caught:
        read(**{"weight": {"type": "number"}, "height": "like weight", "depth": "like weight"} | columns)
    assert caught.value.what.count("dataset.columns") == 1


def test_what_is_like_a_personal_column_is_personal() -> None:
    columns = {"name": {"type": "text", "role": "personal"}, "street": "like name", "age": {"type": "number"}, "x": "?"}
    assert personal_in(columns) == ["name", "street"]
