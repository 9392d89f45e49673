"""Draws a sample from Parquet files, and reports on it."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.progress import progress
from assay.records.columns import WEIGHT
from assay.records.database import MEMORY, database, scan
from assay.sampling import sql
from assay.sampling.draw import allocated, counted, require_unique, select, write
from assay.sampling.representativeness import as_data, compare
from assay.sampling.source import columns, require_columns

if TYPE_CHECKING:
    from assay.config.sample import Sample

STEPS = 4


def sampled(
    files: Sequence[Path],
    spec: "Sample",
    target: Path,
    where: str,
    *,
    private: Collection[str] = (),
    memory: str = MEMORY,
    threads: int | None = None,
) -> dict[str, Any]:
    """Write a sample of Parquet files to `target`, as Parquet in order of the key; return the report on it.

    The sample has the columns of the source, and `sample_weight` (float64): the rows of the stratum per drawn row.
    `private` columns are not compared in the report; `where` names the source in errors.

    The same rows give the same bytes, in any order, in any number of files, and for any number of threads. The source
    may be larger than memory, the sample may not. The source is read twice, its key once more, and each column once
    more for the report. AssayError for a key that is missing or repeated, a missing column, too many strata, and more
    or fewer rows than can be drawn.
    """
    found = columns(files)
    require_columns(found, spec, where)
    compared = {name: kind for name, kind in found.items() if name != spec.key and name not in private}
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        database(target.parent, where, "dataset.sample", memory=memory, threads=threads) as connection,
        progress(STEPS + len(compared), "sampling") as bar,
    ):
        connection.execute(f"CREATE VIEW {sql.SOURCE} AS {scan(files)}")
        strata = allocated(counted(connection, spec, where), spec)
        bar.update()
        require_unique(connection, spec.key, where)
        bar.update()
        select(connection, spec, strata)
        bar.update()
        write(connection, sql.drawn(spec, list(found), WEIGHT), target)
        bar.update()
        return as_data(compare(connection, spec, strata, compared, target, bar.update))
