"""Every stage after collect, run in one process on a small synthetic table."""

import shutil
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from samples import ROOT, STAGES, synthetic_raw


def run_small_line(
    folder: Path,
    overrides: Sequence[str] = (),
    stages: Sequence[str] = STAGES,
    tables: Mapping[str, pd.DataFrame] | None = None,
    raw: pd.DataFrame | None = None,
) -> None:
    from assay.config.compose import composed
    from assay.files import write_json

    folder.mkdir()
    for name in ("LICENSE", "conf", "src", "requirements.lock", "dvc.yaml"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "annotations", folder / "annotations")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("sys.argv", ["stage"])
        Path("params.yaml").write_text(
            composed(["debug=fast", "model.n_estimators=40", "model.early_stopping_rounds=10", *overrides])
        )
        Path("data/raw").mkdir(parents=True)
        (synthetic_raw() if raw is None else raw).to_csv("data/raw/records.csv", index=False)
        for name, table in (tables or {}).items():
            Path("data/raw/tables", name).mkdir(parents=True)
            table.to_csv(f"data/raw/tables/{name}/records.csv", index=False)
        write_json(Path("reports/sampling.json"), {"sample": None})  # as collect says without one
        for stage in stages:
            import_module(f"assay.stages.{stage}").main()
