"""The model of the small line, and a service with it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assay.bundle.loading import load
from assay.serving.model import Model
from assay.serving.schema import example
from assay.web.server import Server
from model_serving import Given, serving


@pytest.fixture(scope="session")
def model(small_line: Path) -> Model:
    """Not to be changed."""
    return Model(load(small_line / "models"), "small", "# A card")


@pytest.fixture(scope="session")
def raw(small_line: Path) -> pd.DataFrame:
    """The raw records of the small line, every value a text."""
    return pd.read_csv(small_line / "data/raw/records.csv", dtype="str", keep_default_na=False)


@pytest.fixture
def good(model: Model) -> dict[str, Any]:
    """A record that gets a score."""
    return example(model.scorer.contract, model.bundle.dataset)


@pytest.fixture(scope="package")
def service(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running service, for tests that leave nothing in it."""
    with serving(Given(model), tmp_path_factory.mktemp("log")) as one:
        yield one
