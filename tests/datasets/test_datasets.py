"""The optional module of what only one dataset knows."""

from dataclasses import replace

import pandas as pd
import pytest

from assay.datasets import knowledge
from assay.datasets.thyroid.features import HISTORY, LABS
from assay.errors import AssayError
from samples import THYROID


def test_a_dataset_without_a_module_repairs_and_derives_nothing() -> None:
    records = pd.DataFrame({"age": [1.0]})
    nothing = knowledge(replace(THYROID, knowledge=None))
    assert nothing.repair(records, nothing.summarise(records)) == (records, [])
    assert nothing.derived(records).shape == (1, 0)


def test_every_derived_feature_of_the_thyroid_records_has_a_title() -> None:
    records = pd.DataFrame([dict.fromkeys(LABS, 1.0) | dict.fromkeys(HISTORY, False)])
    assert list(knowledge(THYROID).titles) == list(knowledge(THYROID).derived(records))
    assert knowledge(replace(THYROID, knowledge=None)).titles == {}


def test_an_unknown_module_is_named() -> None:
    with pytest.raises(AssayError, match=r"no module 'assay\.datasets\.heart'"):
        knowledge(replace(THYROID, knowledge="assay.datasets.heart"))
