"""What the contract may say of a sample."""

from typing import Any

import pytest

from assay.config.load import typed
from assay.errors import AssayError
from samples import plain

SAMPLE = {"rows": 100, "key": "patient_id"}


def test_a_sample_is_typed_and_filled_up() -> None:
    sample = typed(plain(dataset__sample={**SAMPLE, "positive": [1], "label": "target"})).dataset.sample
    assert (sample.rows, sample.positive, sample.granularity, sample.min_per_stratum) == (100, ["1"], "month", 1)
    assert typed(plain()).dataset.sample is None


def test_key_and_label_of_a_sample_are_by_default_those_of_the_contract() -> None:
    sample = typed(plain(dataset__sample={"rows": 100, "positive": ["F"]})).dataset.sample
    assert (sample.key, sample.label) == ("patient_id", "target")
    assert typed(plain(dataset__sample={"rows": 100})).dataset.sample.label is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rows": 0}, r"dataset\.sample\.rows=0"),
        ({"rows": "many"}, "rows"),
        ({"seed": -1}, r"dataset\.sample\.seed=-1"),
        ({"row": 1}, "row"),
        ({"granularity": "hour"}, "granularity=hour is none of: day"),
        ({"label": "target"}, "go together"),
        ({"keep_positives": True}, "keep_positives needs"),
        ({"strata": ["patient_id"]}, "cannot make strata"),
        ({"strata": ["ward"], "time": "when"}, "names no column: when; .*names no column: ward"),
    ],
)
def test_a_sample_that_cannot_be_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(AssayError, match=said):
        typed(plain(dataset__sample={**SAMPLE, **change}))


def test_a_sample_without_its_keys_is_none() -> None:
    with pytest.raises(AssayError, match="rows"):
        typed(plain(dataset__sample={"key": "patient_id"}))
    with pytest.raises(AssayError, match=r"dataset\.sample=5: input should be a dictionary"):
        typed(plain(dataset__sample=5))
