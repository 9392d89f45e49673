"""The bundle of the small line."""

from pathlib import Path

import pytest

from assay.bundle.loading import Bundle, load
from assay.paths import MODEL
from assay.scoring.scorer import Scorer


@pytest.fixture(scope="session")
def bundle(small_line: Path) -> Bundle:
    return load(small_line / MODEL)


@pytest.fixture(scope="session")
def scorer(bundle: Bundle) -> Scorer:
    return Scorer(bundle)
