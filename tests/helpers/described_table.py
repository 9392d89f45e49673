"""A small table that is described as `assay init-dataset` does, and read by that description."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from assay.config.dataset import Dataset
from assay.config.load import typed_as
from assay.config.questions import questions, require_answered
from assay.onboarding.dataset import init_dataset
from assay.onboarding.draft import Draft
from assay.onboarding.outcome import Answer
from assay.preparation.reconcile import Cleaned, clean
from assay.records.reading import read


@dataclass(frozen=True)
class Described:
    """contract, labels: as they stand in the YAML."""

    draft: Draft
    contract: dict[str, Any]
    labels: dict[str, Any]

    @property
    def dataset(self) -> Dataset:
        return typed_as(Dataset, self.contract)

    @property
    def said(self) -> str:
        return "\n".join([*self.draft.outcome, *self.draft.remarks])

    def raw(self) -> pd.DataFrame:
        return read(Path(self.dataset.source.uri), dialect=self.dataset.source.dialect)

    def cleaned(self) -> Cleaned:
        return clean(self.raw(), self.dataset, "the file", "csv")

    def asked(self) -> str:
        return "\n".join(text for part in (self.contract, self.labels) for _, text in questions(part, ""))


def described(content: bytes, target: str, answer: Answer = Answer(), name: str = "t") -> Described:  # noqa: B008 - frozen
    file = Path("t.csv")
    file.write_bytes(content)
    _, draft, written = init_dataset(file.absolute(), name, target, answer)
    return Described(draft, *(yaml.safe_load(path.read_text()) for path in written[:2]))


def assert_answered(found: Described, positive: list[str]) -> None:
    require_answered({"dataset": found.contract, "labels": found.labels})
    assert found.labels["positive"] == positive
