"""Steps that need to know all records, and never hold them together.

A step makes two passes over the batches of a table. First `summarise` reduces each batch to what the others must know
of it, and `merge` joins the summaries, in any order; merged ones can be merged again. Then `apply` goes over each batch
again, with the summary of all. The result is the same for any division into batches, so an engine can run a step on one
machine or on many, and with more records than fit into memory.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from assay.preparation.prepare import Broken, Prepared
from assay.records.changes import WHOLE_RECORD, Change, change
from assay.records.columns import DATE, RECORD_ID, WEIGHT

if TYPE_CHECKING:
    from assay.config.dataset import Repeats
    from assay.datasets import Knowledge

HASH_KEYS = ("0123456789123456", "6543219876543210")  # 16 bytes each, of two hashes of 64 bits


class Step(Protocol):
    """Two passes over the batches of a table."""

    def summarise(self, batch: Prepared) -> Any:
        """The summary of the batch that is needed when others are looked at."""

    def merge(self, summaries: Sequence[Any]) -> Any:
        """One summary of several, at least one, in any order."""

    def apply(self, batch: Prepared, summary: Any) -> Prepared:
        """The batch with its records changed by the summary of all, and the changes added to its log."""


def applied(step: Step, batches: Sequence[Prepared]) -> list[Prepared]:
    """All batches of a table after a step."""
    summary = step.merge([step.summarise(one) for one in batches])
    return [step.apply(one, summary) for one in batches]


class UniqueKeys:
    """No two records have the same key; one that lacks it does not count. Summary: how often each key is there."""

    def summarise(self, batch: Prepared) -> pd.Series:
        return batch.keys.value_counts() if batch.keys is not None else pd.Series(dtype="int64")

    def merge(self, summaries: Sequence[pd.Series]) -> pd.Series:
        return pd.concat(summaries).groupby(level=0).sum()

    def apply(self, batch: Prepared, summary: pd.Series) -> Prepared:
        if batch.keys is None or not (repeated := batch.keys[batch.keys.isin(summary.index[summary > 1])]).size:
            return batch
        written = batch.ids.loc[repeated.index].unique()
        broken = Broken((str(repeated.name),), "repeated", tuple(repeated.index), tuple(map(str, written)))
        return replace(batch, broken=[*batch.broken, broken])


class DropRepeats:
    """Of records that agree in everything but id and date only the first, by id, stays, if enough of it is known.

    Summary: the first id of each content, which stands there as a hash of 128 bits; one that only one record has may be
    left out. `repeats.known` names columns of cleaned records.
    """

    def __init__(self, repeats: "Repeats") -> None:
        self.repeats = repeats

    def summarise(self, batch: Prepared) -> "pd.Series[str]":
        return batch.records[RECORD_ID].groupby(content(batch.records), sort=False).min()

    def merge(self, summaries: Sequence["pd.Series[str]"]) -> "pd.Series[str]":
        return pd.concat(summaries).groupby(level=0, sort=False).min()

    def apply(self, batch: Prepared, summary: "pd.Series[str]") -> Prepared:
        return self.but(batch, summary.reindex(content(batch.records)).to_numpy())

    def but(self, batch: Prepared, first: np.ndarray) -> Prepared:
        """The batch without the repeats that it has; first: the id of the first record like each, missing if alone."""
        records = batch.records
        repeated = (records[RECORD_ID].to_numpy() != first) & pd.notna(first)
        rich = (records[self.repeats.known].notna().sum(axis=1) >= self.repeats.at_least).to_numpy()
        dropped, kept = (records.loc[repeated & known, RECORD_ID].tolist() for known in (rich, ~rich))
        return _changed(
            batch,
            records[~(repeated & rich)],
            [
                change("repeated_record", WHOLE_RECORD, "drop record", dropped, "the same record entered twice"),
                change("sparse_repeat", WHOLE_RECORD, "keep", kept, "so little is known that it may be chance"),
            ],
        )


class Repair:
    """Repairs by the dataset's own knowledge. Summary: the rows, each once, that it asks to know of all records."""

    def __init__(self, knowledge: "Knowledge") -> None:
        self.knowledge = knowledge

    def summarise(self, batch: Prepared) -> pd.DataFrame:
        return self.knowledge.summarise(batch.records)

    def merge(self, summaries: Sequence[pd.DataFrame]) -> pd.DataFrame:
        return pd.concat(summaries).drop_duplicates(ignore_index=True)

    def apply(self, batch: Prepared, summary: pd.DataFrame) -> Prepared:
        return _changed(batch, *self.knowledge.repair(batch.records, summary))


def repeats(contents: Sequence[np.ndarray]) -> int:
    """How many of all records repeat another one, of those that agree all but one; contents: `hashed` of each batch."""
    one, other = np.concatenate(contents, axis=1)
    order = np.lexsort((other, one))
    one, other = one[order], other[order]
    return int(((one[1:] == one[:-1]) & (other[1:] == other[:-1])).sum())


def content(records: pd.DataFrame) -> np.ndarray:
    """The content of each record but for id and date, as a hash of 128 bits: (n,) object, 16 bytes each."""
    whole = np.ascontiguousarray(hashed(records).T)
    return whole.view("V16").ravel().astype("object") if len(records) else np.empty(0, "object")


def hashed(records: pd.DataFrame) -> np.ndarray:
    """The same as numbers: both halves of that hash, (2, n) uint64."""
    names = _compared(records)
    orders = (names, names[::-1])  # another key changes the hashes of texts only, another order those of numbers too
    return np.array(
        [
            pd.util.hash_pandas_object(records[order], index=False, hash_key=key).to_numpy()
            for order, key in zip(orders, HASH_KEYS, strict=True)
        ]
    )


def _compared(records: pd.DataFrame) -> list[str]:
    return [str(name) for name in records if name not in (RECORD_ID, DATE, WEIGHT)]


def _changed(batch: Prepared, records: pd.DataFrame, changes: Iterable[Change]) -> Prepared:
    return replace(batch, records=records, changes=[*batch.changes, *changes])
