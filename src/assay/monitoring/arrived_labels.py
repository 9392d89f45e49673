"""Labels that have arrived: which records are positive, and which nobody can grade."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from assay.config.dataset import code_pattern, targets
from assay.config.patterns import fits
from assay.contract.outcome import coded
from assay.errors import AssayError
from assay.labels.policy import positive, ungradable
from assay.monitoring.label_file import codes, label_file
from assay.records.columns import CODE, RECORD_ID

if TYPE_CHECKING:
    from assay.bundle.loading import Bundle
    from assay.config.schema import Labels

LABEL, CORRECT = "label", "correct the labels"
TRUTH = {"0": False, "1": True, "0.0": False, "1.0": True, "False": False, "True": True, "false": False, "true": True}


def read_labels(path: Path, bundle: "Bundle") -> pd.DataFrame:
    """The labels of a CSV or Parquet file, as of `arrived`.

    The columns may be called as in the raw records, as `assay retrain --labels` wants them: by the key and the target
    of the contract. AssayError as of `arrived`, and if the file is none, or has no ids though the contract has no key.
    """
    data = bundle.dataset
    of_target = {*targets(data)}
    labels = label_file(path, data, lambda names: _has_ids(names, data.key) and _has_values(names, of_target))
    table = labels.table
    if not data.key and RECORD_ID not in table:
        raise AssayError(
            "the contract has no key, so nothing says which record a label is of",
            where=str(path),
            rows=list(table.columns),
            todo=f"add the column {RECORD_ID}, as assay score prints it; or name a key in the contract and train again",
        )
    if data.key and RECORD_ID not in table:
        table = table.rename(columns={data.key: RECORD_ID})
    if CODE not in table and of_target <= {*table}:
        table = table.assign(**{CODE: codes(labels, data) if data.outcome else coded(table, data)})
    return arrived(table, bundle.labels, code_pattern(data), str(path))


def _has_ids(names: Collection[str], key: str | None) -> bool:
    return RECORD_ID in names or (key is not None and key in names)


def _has_values(names: Collection[str], of_target: Collection[str]) -> bool:
    return CODE in names or LABEL in names or {*of_target} <= {*names}


def arrived(table: pd.DataFrame, policy: "Labels", pattern: str, where: str) -> pd.DataFrame:
    """The columns `label` and `ungradable` (bool), by record id, of a table of labels.

    table: `record_id`, and either `code`, a raw code that the bundle's label policy reads, or `label`, 0 or 1; an empty
    value is a label that has not arrived. pattern: the one that a whole code must match, "" for any. AssayError if
    columns are missing or contradict each other, if a value is none of these, or if a record has two different ones.
    """
    value = _value(table, where)
    known = table[value].notna() & (table[value].astype("str") != "")
    found = table.loc[known, [RECORD_ID, value]].astype("str")
    _require_named(found, where)
    if value == LABEL:
        _require(found, [one for one in found[value].unique() if one not in TRUTH], value, "0 or 1", where)
        found[value] = found[value].map(TRUTH).astype("bool")
    found = found.drop_duplicates()
    _require_one_each(found, where)
    if value == LABEL:
        label, unclear = found[value], np.zeros(len(found), "bool")
    else:
        distinct = found[value].unique()
        wrong = distinct[~fits(pa.array(distinct, pa.large_string()), pattern)].tolist() if pattern else []
        _require(found, wrong, value, "a code of the dataset", where)
        label, unclear = positive(found[value], policy), ungradable(found[value], policy).to_numpy()
    index = pd.Index(found[RECORD_ID], name=RECORD_ID)
    return pd.DataFrame({LABEL: label.to_numpy(), "ungradable": unclear}, index=index)


def _value(table: pd.DataFrame, where: str) -> str:
    """The column with the labels."""
    there = [name for name in (CODE, LABEL) if name in table]
    if RECORD_ID not in table or len(there) != 1:
        raise AssayError(
            f"labels need the column {RECORD_ID} and one of {CODE} and {LABEL}",
            where=where,
            rows=list(table.columns),
            todo=f"name them so: {CODE} for raw codes, {LABEL} for 0 and 1",
        )
    return there[0]


def _require_named(found: pd.DataFrame, where: str) -> None:
    if count := int((found[RECORD_ID].str.strip() == "").sum()):
        raise AssayError(f"labels without a {RECORD_ID}: {count}", where=where, todo=CORRECT)


def _require_one_each(found: pd.DataFrame, where: str) -> None:
    twice = found[RECORD_ID].duplicated(keep=False)
    if twice.any():
        raise AssayError(
            "records with two different labels",
            where=where,
            rows=found.loc[twice, RECORD_ID].unique().tolist(),
            todo="keep the one that is right",
        )


def _require(found: pd.DataFrame, wrong: list[str], value: str, expected: str, where: str) -> None:
    if wrong:
        records = found.loc[found[value].isin(wrong), RECORD_ID].tolist()
        what = f"{value} {wrong[0]!r} is not {expected}"
        raise AssayError(what, where=where, rows=records, todo=CORRECT)
