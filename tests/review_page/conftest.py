"""A folder with records, an empty ledger and a queue, as `assay review` finds it."""

import shutil
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from assay.config.load import load
from assay.labels.decision import HEADER
from assay.paths import CLEANED, RAW, REVIEW_QUEUE
from assay.review_page.session import Session, session
from assay.tables import read_table, write_table
from review_serving import HOSTILE
from samples import ROOT, forget_statements, synthetic_raw


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder, not to be changed: every second record is in the queue; a referral source would be HTML."""
    folder = tmp_path_factory.mktemp("review")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("sys.argv", ["stage"])
        for name in ("dvc.yaml", "params.yaml"):
            shutil.copy(ROOT / name, folder)
        shutil.copytree(ROOT / "annotations", folder / "annotations")
        (folder / "annotations/decisions.csv").write_text(f"{HEADER}\n")
        RAW.mkdir(parents=True)
        synthetic_raw().to_csv(RAW / "records.csv", index=False)
        for stage in ("clean", "annotate"):
            import_module(f"assay.stages.{stage}").main()
        records = read_table(CLEANED)
        write_table(CLEANED, records.assign(referral_source=HOSTILE))
        forget_statements()
        ids = records["record_id"].iloc[::2].tolist()
        reasons = ["suspect", "borderline", "second"]
        listed = {"record_id": ids, "rank": range(1, len(ids) + 1), "reason": (reasons * len(ids))[: len(ids)]}
        write_table(REVIEW_QUEUE, pd.DataFrame(listed))
    return folder


@pytest.fixture
def folder(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy to work in."""
    copy = tmp_path / "review"
    shutil.copytree(prepared, copy)
    monkeypatch.chdir(copy)
    return copy


@pytest.fixture
def ann(folder: Path) -> Session:
    return session(load(), "ann", "annotator")
