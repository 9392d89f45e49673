"""Fixtures that all tests share."""

import pandas as pd
import pytest

from samples import ROOT, raw_record, raw_table  # noqa: F401


@pytest.fixture
def raw() -> pd.DataFrame:
    """Three different healthy records of three days."""
    return raw_table(
        raw_record("840801013"), raw_record("850801014", TSH="2.5"), raw_record("860801015", TSH="3.5", sex="M")
    )
