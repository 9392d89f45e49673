"""Engines and tables in parts under the real DVC."""

import shutil

import pytest

from assay.paths import CLEANED, FEATURES
from pipeline_copy import Copy

STATING_HASHES = ("data/lineage/", "models", "reports/report.html", "reports/model_card.md", "reports/croissant.json")
STAGES_WITH_ENGINES = ["clean", "annotate", "split", "featurize", "train"]


def results(copy: Copy) -> dict[str, str]:
    """The outputs that do not state the hash of another one."""
    return {path: md5 for path, md5 in copy.hashes().items() if not path.startswith(STATING_HASHES)}


@pytest.mark.slow
def test_another_engine_runs_the_stages_up_to_train_again_and_changes_nothing(cheap: Copy) -> None:
    before = results(cheap)
    cheap.run("assay", "params", "engine=stream")
    assert cheap.repro("evaluate") == STAGES_WITH_ENGINES
    assert results(cheap) == before


@pytest.mark.slow
def test_dvc_keeps_tables_in_parts_and_a_comparison_reads_them(cheap: Copy) -> None:
    before = results(cheap)
    cheap.run("assay", "params", "engine=stream", "layout.part_rows=2000")
    cheap.repro()
    after = results(cheap)
    assert after[str(CLEANED)].endswith(".dir")
    same = {path for path, md5 in after.items() if md5 == before[path]}
    assert {"data/raw", "reports/metrics.json", "reports/cleaning.json", "reports/audit.json"} <= same
    for path in (CLEANED, FEATURES):
        shutil.rmtree(cheap.path / path)
    cheap.run("dvc", "checkout", "-q")
    assert "up to date" in cheap.run("dvc", "status", "evaluate").stdout
    cheap.commit("In parts")
    shutil.rmtree(cheap.path / CLEANED)
    assert "**same**" in cheap.run("assay", "compare", "HEAD~1", "HEAD", "--md").stdout
