"""The model of the small line, and raw records for it."""

from pathlib import Path

import pandas as pd
import pytest

from assay.bundle.loading import Bundle, load
from assay.monitoring.known import Training, known
from assay.paths import MODEL
from assay.serving.model import Model


@pytest.fixture(scope="session")
def bundle(small_line: Path) -> Bundle:
    return load(small_line / MODEL)


@pytest.fixture(scope="session")
def training(bundle: Bundle) -> Training:
    return known(bundle)


@pytest.fixture(scope="session")
def model(bundle: Bundle) -> Model:
    """Not to be changed."""
    return Model(bundle, "small")


@pytest.fixture(scope="session")
def raw(small_line: Path) -> pd.DataFrame:
    """The raw records of the small line, every value a text."""
    return pd.read_csv(small_line / "data/raw/records.csv", dtype="str", keep_default_na=False)
