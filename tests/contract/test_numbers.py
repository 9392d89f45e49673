"""No whole number becomes another."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.config.dataset import Column, Dataset
from assay.contract.numbers import EXACT
from assay.contract.values import Reader
from assay.errors import AssayError
from assay.preparation.prepare import prepare
from assay.preparation.reconcile import reconcile

LONG_TEXTS = {
    "9007199254740992": 2.0**53,
    "-9007199254740992.0": -(2.0**53),
    "9007199254740993": None,
    "-9007199254740993": None,
    " +9007199254740993.00 ": None,
    "9007199254740994": 2.0**53 + 2,
    "9223372036854775807": None,
    "18446744073709551616": 2.0**64,
    "18446744073709551617": None,
    "123456789012345678.5": 123456789012345680.0,  # rounded as any fraction is, such as 0.1
    "1e38": 1e38,
    "1e300": None,
    "9" * 400: None,
}


@pytest.mark.parametrize("beside", ["1", "0.5", "-1", ""])
@pytest.mark.parametrize("text", LONG_TEXTS)
def test_a_text_is_the_whole_number_that_it_writes_or_is_not_read(text: str, beside: str) -> None:
    read_as = Reader(Dataset("any", target="x", columns={"x": Column("number", "target", nullable=True)}))
    cells = read_as(pd.DataFrame({"x": [text, beside]}, dtype="str")).cells["x"]
    assert (None if cells.unread[0] else cells.values[0]) == LONG_TEXTS[text]
    assert not cells.unread[1]


@settings(max_examples=50)
@given(st.integers(-(2**65), 2**65) | st.integers(EXACT - 5, EXACT + 5))
def test_no_whole_number_becomes_another(whole: int) -> None:
    read_as = Reader(Dataset("any", target="x", columns={"x": Column("number", "target")}))
    cells = read_as(pd.DataFrame({"x": [str(whole)]}, dtype="str")).cells["x"]
    assert cells.unread[0] == (int(float(whole)) != whole)
    assert cells.unread[0] or int(cells.values[0]) == whole


def test_texts_that_are_no_number_and_those_too_long_for_one_are_two_faults_in_any_batches() -> None:
    dataset = Dataset("any", target="x", columns={"x": Column("number", "target")})
    raw = pd.DataFrame({"x": ["high", str(EXACT + 1)]}, dtype="str")
    for batches in ([raw], [raw[:1], raw[1:]]):
        with pytest.raises(AssayError) as caught:
            reconcile([prepare(one, dataset, "raw") for one in batches], dataset, "raw")
        assert caught.value.what.splitlines()[1:] == [
            "  column x: 1 value(s) not a number: 'high'; row 1",
            "  column x: 1 value(s) too large to be exact as a number (type text keeps every digit): "
            "'9007199254740993'; row 2",
        ]
