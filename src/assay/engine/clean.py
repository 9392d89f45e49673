"""clean, out of core: each batch is prepared, then changed by the steps that must know all records, and written."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from assay.engine.parallel import Each, on_this_machine
from assay.engine.spill import Sorted
from assay.preparation.prepare import Broken, Prepared, prepare, require_rows
from assay.preparation.reconcile import above, merged_broken, steps, stop_for
from assay.preparation.steps import DropRepeats, Step, hashed
from assay.records.changes import Change, merged, summary
from assay.records.columns import RECORD_ID
from assay.records.database import database, scan
from assay.records.parts import Parts
from assay.records.query_result import BATCH_ROWS, Answer
from assay.tables import parts_of

if TYPE_CHECKING:
    from assay.config.dataset import Dataset

Applied = Callable[[Prepared], Prepared]  # a step with what it knows of all records
Pass = Callable[[], Sequence[Applied]]  # the steps for one pass over all batches, in the order in which they came
KEYS, CONTENTS = "keys", "contents"  # tables for DuckDB
REPEATS = "repeats"  # the answer to `REPEATED`: rows with the same content as another one, and the first id of these
REPEATED = f"""
    WITH several AS (SELECT one, other FROM {CONTENTS} GROUP BY one, other HAVING count(*) > 1),
    alike AS (SELECT "row", id, one, other FROM {CONTENTS} JOIN several USING (one, other))
    SELECT "row", min(id) OVER (PARTITION BY one, other) AS first FROM alike ORDER BY "row"
"""


class Cleaner:
    """Cleans one table.

    folder: for what is on disk meanwhile; memory: of DuckDB; each: where batches are prepared, as of
    `assay.engine.parallel`; where, form: as of `reconcile`.
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
        passing: Pass = list
        for step in steps(self.dataset):
            passing = self._then(step, passing)
        done, later, left = passing(), list[Change](), 0

        def changed(batch: pd.DataFrame) -> pd.DataFrame:
            found = after(done, batch)
            later[:] = merged([later, found.changes]) if later else found.changes
            return found.records

        for batch in self.prepared.batches(changed, on_this_machine(self.each)):
            records.add(batch)
            left += len(batch)
        return summary([*self.log, *later], self.rows, left)

    def _prepare(self, batches: Iterable[pd.DataFrame], quarantined: Parts) -> list[Broken]:
        """Prepare each batch; what stops the line."""
        broken: list[Broken] = []
        keys, contents = (Parts(self.folder / name, BATCH_ROWS, brief=True) for name in (KEYS, CONTENTS))
        work = partial(prepared, dataset=self.dataset, where=self.where)
        for one, hashes in self.each(work, batches):
            if hashes is not None:
                contents.add(_content(one, hashes, self.prepared.rows))
            self.prepared.add(one.records, one.records[RECORD_ID])
            quarantined.add(one.quarantined)
            if one.keys is not None:
                keys.add(pd.DataFrame({"key": one.keys, "row": one.keys.index, "id": one.ids}))
            self.log = merged([self.log, one.changes]) if self.log else one.changes
            self.rows += len(one.ids)
            broken += one.broken
        require_rows(self.rows, self.where)
        for part, is_needed in ((keys, self.dataset.key), (contents, self.dataset.repeats)):
            if is_needed:
                part.end()
        return broken

    def _repeated_keys(self) -> list[Broken]:
        """The fault that stops the line: records with the same key (`assay.preparation.steps.UniqueKeys`)."""
        if not self.dataset.key:
            return []
        several = f"SELECT key FROM {KEYS} WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1"
        query = f'SELECT "row", id FROM {KEYS} WHERE key IN ({several}) ORDER BY "row"'
        with self._answer(query, KEYS, "dataset.key") as answer:
            found = answer.whole()
        if not len(found):
            return []
        written = tuple(dict.fromkeys(found["id"].to_pylist()))
        return [Broken((self.dataset.key,), "repeated", tuple(found["row"].to_pylist()), written)]

    def _then(self, step: Step, before: Pass) -> Pass:
        """The steps of `before`, then this one; what it must know of all records is found first."""
        if isinstance(step, DropRepeats):
            assert not before(), "repeats are those of the prepared records"
            with self._answer(REPEATED, CONTENTS, "dataset.repeats") as found:
                found.keep(self.folder / REPEATS)
            return lambda: [ButFirst(step, Answer.of_files(self.folder / REPEATS))]
        of_all = self._summary(step, map(partial(after, before()), self.prepared.as_they_came()))
        return lambda: [*before(), partial(step.apply, summary=of_all)]

    def _summary(self, step: Step, batches: Iterator[Prepared]) -> Any:
        """The summary of all records for a step: those of all batches, merged."""
        found = None
        for batch in batches:
            one = step.summarise(batch)
            found = step.merge([one] if found is None else [found, one])
        return found

    @contextmanager
    def _answer(self, query: str, table: str, asks: str) -> Iterator[Answer]:
        with database(self.folder, self.where, asks, memory=self.memory) as connection:
            connection.execute(f"CREATE VIEW {table} AS {scan(parts_of(self.folder / table))}")
            yield Answer(connection.sql(query).to_arrow_reader(BATCH_ROWS))  # `execute` gives Arrow rows in any order


class ButFirst:
    """Drops the repeats of batches that come in the order in which they were prepared.

    found: the rows among all of those that are like another one (`row`, ascending), and the id of the first like each.
    """

    def __init__(self, step: DropRepeats, found: Answer) -> None:
        self.step, self.found, self.start = step, found, 0

    def __call__(self, batch: Prepared) -> Prepared:
        rows = len(batch.records)
        found = self.found.before(self.start + rows)
        first = np.full(rows, None, "object")
        first[found["row"] - self.start] = found["first"]
        self.start += rows
        return self.step.but(batch, first)


def prepared(batch: pd.DataFrame, dataset: "Dataset", where: str) -> tuple[Prepared, np.ndarray | None]:
    """A batch of prepared records, and, if the contract asks for repeats, the hashes of their contents."""
    found = prepare(batch, dataset, where)
    return found, hashed(found.records) if dataset.repeats else None


def _content(one: Prepared, hashes: np.ndarray, start: int) -> pd.DataFrame:
    first, second = hashes
    rows = np.arange(start, start + len(one.records))
    return pd.DataFrame({"one": first, "other": second, "row": rows, "id": one.records[RECORD_ID].array})


def after(steps: Iterable[Applied], records: pd.DataFrame) -> Prepared:
    """A batch of prepared records after some steps, with their changes alone in its log."""
    batch = Prepared(records, records.iloc[:0], None, records[RECORD_ID], [], [])
    for apply in steps:
        batch = apply(batch)
    return batch
