"""JSON from outside has one meaning, or is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.bundle.strict_json import DEEPEST, MOST_BYTES, parse
from assay.errors import AssayError

REFUSED = {
    "nothing": b"",
    "no JSON": b"{",
    "two values": b"1 2",
    "no UTF-8": b'"\xff"',
    "half a character": rb'["\ud83d"]',
    "half a character in a key": rb'{"\uDE00": 1}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "NaN": b'{"a": NaN}',
    "infinity": b"[-Infinity]",
    "a number above all": b"[1e999]",
    "a whole number of many digits": b"9" * 5000,
    "a key twice": b'{"a": 1, "b": 2, "a": 1}',
    "a key twice, deeper": b'[{"a": {"x": 1, "x": 1}}]',
    "too deep": b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
    "a tower": b"[" * 1_000_000,
    "a tower of mappings": b'{"a":' * 200_000 + b"1" + b"}" * 200_000,
    "too long": b" " * (MOST_BYTES + 1),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_meaning_or_two_is_refused_where_it_stands(case: str) -> None:
    with pytest.raises(AssayError, match="not JSON that can be relied on") as caught:
        parse(REFUSED[case], "models/bundle.json", "train again")
    assert (caught.value.where, caught.value.todo) == ("models/bundle.json", "train again")


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(VALUES)
def test_every_other_value_comes_back(value: object) -> None:
    assert parse(json.dumps(value).encode(), "") == value


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_an_error_of_ours(content: bytes) -> None:
    try:
        parse(content, "")
    except AssayError:
        return
    json.loads(content)
