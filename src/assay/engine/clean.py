"""clean, out of core: batches are prepared, reconciled by what they have in common, and written in order."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from assay.engine.spill import Sorted
from assay.engine.spread import Each
from assay.files import parts_of
from assay.preparation.prepare import Broken, Prepared, prepare, require_rows
from assay.preparation.reconcile import above, merged_broken, steps, stop_for
from assay.preparation.steps import DropRepeats, Step, content
from assay.records.answer import TOGETHER
from assay.records.changes import Change, merged, summary
from assay.records.columns import RECORD_ID
from assay.records.engine import engine, scan
from assay.records.parts import Parts

if TYPE_CHECKING:
    from assay.config.dataset import Dataset

Chain = Sequence[tuple[Step, Any]]  # steps with their summaries


class Cleaner:
    """Cleans one table.

    folder: for what is on disk meanwhile; memory: of DuckDB; each: where batches are prepared; where, form: as of
    `reconcile`.
    """

    def __init__(
        self, dataset: "Dataset", where: str, form: str | None, folder: Path, memory: str, each: Each = map
    ) -> None:
        self.dataset, self.where, self.form, self.folder, self.memory = dataset, where, form, folder, memory
        self.each = each
        self.prepared = Sorted(folder / "prepared")
        self.log: list[Change] = []
        self.rows = 0

    def __call__(self, batches: Iterable[pd.DataFrame], records: Parts, quarantined: Parts) -> dict[str, Any]:
        """Write the cleaned records and the quarantined rows; the log, as `assay.records.changes.summary` gives it.

        AssayError as of `assay.preparation.reconcile.reconcile`.
        """
        broken = [*self._prepare(batches, quarantined), *self._repeated_keys()]
        stop_for(merged_broken(broken), self.where, self.form, above(self.dataset, self.form))
        chain: list[tuple[Step, Any]] = []
        for step in steps(self.dataset):
            chain.append((step, self._summary(step, map(partial(after, chain), self.prepared.as_they_came()))))
        later: list[Change] = []

        def changed(batch: pd.DataFrame) -> pd.DataFrame:
            found = after(chain, batch)
            later[:] = merged([later, found.changes]) if later else found.changes
            return found.records

        left = 0
        for batch in self.prepared.batches(changed):
            records.add(batch)
            left += len(batch)
        return summary([*self.log, *later], self.rows, left)

    def _prepare(self, batches: Iterable[pd.DataFrame], quarantined: Parts) -> list[Broken]:
        """Prepare each batch; what stops the line."""
        broken: list[Broken] = []
        keys = Parts(self.folder / "keys", TOGETHER)
        for one in self.each(partial(prepare, dataset=self.dataset, where=self.where), batches):
            self.prepared.add(one.records, one.records[RECORD_ID])
            quarantined.add(one.quarantined)
            if one.keys is not None:
                keys.add(pd.DataFrame({"key": one.keys, "row": one.keys.index, "id": one.ids}))
            self.log = merged([self.log, one.changes]) if self.log else one.changes
            self.rows += len(one.ids)
            broken += one.broken
        require_rows(self.rows, self.where)
        if self.dataset.key:
            keys.end()
        return broken

    def _repeated_keys(self) -> list[Broken]:
        """What stops the line if two records have the same key (`assay.preparation.steps.UniqueKeys`)."""
        if not self.dataset.key:
            return []
        source = scan(parts_of(self.folder / "keys"))
        several = f"SELECT key FROM ({source}) WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1"
        found = self._asked(f'SELECT "row", id FROM ({source}) WHERE key IN ({several}) ORDER BY "row"', "dataset.key")
        if not found:
            return []
        written = tuple(dict.fromkeys(id for _, id in found))
        return [Broken((self.dataset.key,), "repeated", tuple(row for row, _ in found), written)]

    def _summary(self, step: Step, batches: Iterator[Prepared]) -> Any:
        """What the batches have in common for a step: of repeats in DuckDB, of others merged as they come."""
        if isinstance(step, DropRepeats):
            return self._first_of_repeated(batches)
        found = None
        for batch in batches:
            one = step.summarise(batch)
            found = step.merge([one] if found is None else [found, one])
        return found

    def _first_of_repeated(self, batches: Iterator[Prepared]) -> "pd.Series[str]":
        contents = Parts(self.folder / "contents", TOGETHER)
        for batch in batches:
            contents.add(pd.DataFrame({"content": content(batch.records), "id": batch.records[RECORD_ID]}))
        contents.end()
        source = scan(parts_of(self.folder / "contents"))
        query = f"SELECT content, min(id) FROM ({source}) GROUP BY content HAVING count(*) > 1"
        found = dict(self._asked(query, "dataset.repeats"))
        return pd.Series(found, index=pd.Index(list(found), dtype="str"), dtype="str")

    def _asked(self, query: str, asks: str) -> list[tuple[Any, ...]]:
        with engine(self.folder, self.where, asks, memory=self.memory) as connection:
            return connection.execute(query).fetchall()


def after(chain: Chain, records: pd.DataFrame) -> Prepared:
    """A batch of prepared records after some steps, with their changes alone in its log."""
    batch = Prepared(records, records.iloc[:0], None, records[RECORD_ID], [], [])
    for step, summary_of_all in chain:
        batch = step.apply(batch, summary_of_all)
    return batch
