"""The rows of a table of scores: one for each record, scored or not."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from assay.records.columns import RECORD_ID

if TYPE_CHECKING:
    from assay.bundle.reasons import Explanation
    from assay.scoring.scorer import Fault, Scored

NAME = pa.dictionary(pa.int8(), pa.large_string())
ALERT = {"name": "alert", "field_name": "alert", "pandas_type": "bool", "numpy_type": "boolean", "metadata": None}
COLUMNS = pa.schema(
    [
        (RECORD_ID, pa.large_string()),
        ("score", pa.float64()),  # null where there is none
        ("alert", pa.bool_()),
        ("reasons", pa.large_string()),  # "" where there are none, as in the next two
        ("not_scored", pa.large_string()),
        ("changed", pa.large_string()),
        ("model", NAME),
        ("data", NAME),
    ],
    # What pandas reads a column as: without this one it makes objects of a truth value that may be missing.
    {"pandas": json.dumps({"columns": [ALERT], "index_columns": [], "column_indexes": [], "pandas_version": "3.0.0"})},
)
BETWEEN = "; "
HASH = 12  # characters of a hash that tell it from others


def rows(scored: "Scored", explanations: "Mapping[int, Explanation]", model: str, data: str) -> pa.RecordBatch:
    """The rows of a batch of n records, in their order, with the columns `COLUMNS`."""
    count, unscored = len(scored.ids), np.isnan(scored.scores)
    columns = [
        pa.array(scored.ids, pa.large_string()),
        pa.array(scored.scores, mask=unscored),
        pa.array(scored.alerts, mask=unscored),
        _texts(count, {place: str(one) for place, one in explanations.items()}),
        _texts(count, _said(scored.faults)),
        _texts(count, _said(scored.changed)),
        _always(model, count),
        _always(data, count),
    ]
    return pa.record_batch(columns, schema=COLUMNS)


def _said(faults: "Mapping[int, Sequence[Fault]]") -> dict[int, str]:
    return {place: BETWEEN.join(map(str, found)) for place, found in faults.items()}


def _texts(count: int, said: Mapping[int, str]) -> pa.Array:
    """(count,) texts: those at their places, "" elsewhere."""
    found = np.full(count, "", "object")
    found[list(said)] = list(said.values())
    return pa.array(found, pa.large_string())


def _always(text: str, count: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(np.zeros(count, "int8"), pa.array([text], pa.large_string()))
