"""Scores records in a fresh process and says what that took: `python -m assay.budget.child PIPE MODEL RECORDS SECONDS`.

Writes lines of JSON to the file descriptor PIPE: one when it is ready to score, one with its figures; or the error.
Libraries print to stdout what they like.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from assay.budget.measure import quantile, timed
from assay.errors import AssayError
from assay.lineage.costs import peak_memory

if TYPE_CHECKING:
    import pandas as pd

    from assay.scoring.scorer import Scored, Scorer
    from assay.serving.model import Model, ScoreRequest

BATCH, LARGE = 1_000, 10_000  # records
SHARES = {"single": 0.6, "batch": 0.25, "large": 0.15}  # of the seconds
LEAST_CALLS = {"single": 100, "batch": 5, "large": 3}
WARM = 20  # records before the first that counts, but for `first_record_ms`


def main(pipe: int, model: Path, records: Path, seconds: float) -> None:
    """Load the model, score the records, and write what that took; with no seconds only load."""
    with os.fdopen(pipe, "w", buffering=1) as out:
        try:
            for said in figures(model, records, seconds):
                print(json.dumps(said), file=out)
        except AssayError as error:
            told = {"what": error.what, "where": error.where, "rows": list(map(str, error.rows)), "todo": error.todo}
            print(json.dumps({"error": told}), file=out)


def figures(model: Path, records: Path, seconds: float) -> Iterator[dict[str, float | None]]:
    """The figures of loading, as soon as it is done; then, if there are seconds, those of scoring."""
    from assay.bundle.loading import load
    from assay.serving.model import Model

    start = time.perf_counter()
    served = Model(load(model), "")
    yield {"loading_seconds": time.perf_counter() - start}
    if seconds:
        yield scoring(served, records, seconds)


def scoring(served: "Model", records: Path, seconds: float) -> dict[str, float | None]:
    """Latency, throughput, CPU time and memory of scoring these records, each beside the model alone."""
    from assay.records.reading import read

    table = read(records)
    singles = [[one] for one in requests(table)]
    start = time.perf_counter()
    served(singles[0])
    first = time.perf_counter() - start

    def alone(out: "Scored | None") -> int:
        return bare(served.scorer, out)

    for one in singles[:WARM]:
        alone(served(one).scored)
    single = timed(lambda one: served(one).scored, alone, singles, *share("single", seconds))
    batch, large = (
        timed(served.scorer, alone, batches(table, size), *share(name, seconds))
        for name, size in (("batch", BATCH), ("large", LARGE))
    )
    return {
        "first_record_ms": 1000 * first,
        "single_p50_ms": 1000 * quantile(single.calls, 0.5),
        "single_p99_ms": 1000 * quantile(single.calls, 0.99),
        "bare_p50_ms": 1000 * quantile(single.bare, 0.5) if single.bare else None,
        "bare_p99_ms": 1000 * quantile(single.bare, 0.99) if single.bare else None,
        "records_per_second": batch.rate,
        "bare_records_per_second": batch.bare_rate,
        "records_per_second_at_10000": large.rate,
        "bare_records_per_second_at_10000": large.bare_rate,
        "cpu_seconds_per_1000": 1000 * batch.cpu_per_record,
        "cpu_seconds_per_1000_singly": 1000 * single.cpu_per_record,
        "memory_mb": peak_memory() / 1e6,
    }


def share(name: str, seconds: float) -> tuple[float, int]:
    """The seconds for a part, and its least number of calls."""
    return SHARES[name] * seconds, LEAST_CALLS[name]


def requests(table: "pd.DataFrame") -> list["ScoreRequest"]:
    """Each record as a request without reasons, in the texts that people would write for its values."""
    from assay.records.writing import texts
    from assay.scoring.reason_choice import Reasons
    from assay.serving.model import ScoreRequest

    columns = {str(name): texts(column).tolist() for name, column in table.items()}
    rows = (dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True))
    return [ScoreRequest({name: text for name, text in row.items() if text}, Reasons.NONE) for row in rows]


def bare(scorer: "Scorer", out: "Scored | None") -> int:
    """Nothing but the model, on the features that were just scored; their number."""
    count = len(out.places) if out else 0
    if out and count:
        scorer.score(out.features)
    return count


def batches(table: "pd.DataFrame", size: int) -> list["pd.DataFrame"]:
    """All records, in batches of one size; a rest is left out."""
    return [table.iloc[start : start + size] for start in range(0, len(table) - size + 1, size)]


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4]))
