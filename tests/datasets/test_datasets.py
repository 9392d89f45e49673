"""Finding a dataset by name."""

import pytest

from assay.datasets import dataset
from assay.errors import AssayError


def test_a_dataset_offers_the_four_functions() -> None:
    thyroid = dataset("thyroid")
    assert all(callable(getattr(thyroid, name)) for name in ("clean", "exclusions", "features", "slices"))


def test_an_unknown_dataset_is_named() -> None:
    with pytest.raises(AssayError, match="no dataset 'heart'"):
        dataset("heart")
