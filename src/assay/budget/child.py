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
from typing import TYPE_CHECKING, Any

from assay.budget.measure import Timed, quantile, timed
from assay.errors import AssayError

if TYPE_CHECKING:
    import pandas as pd

    from assay.scoring.scorer import Scored, Scorer

BATCH, LARGE = 1_000, 10_000  # records
SHARES = {"single": 0.6, "batch": 0.25, "large": 0.15}  # of the seconds
LEAST = {"single": 100, "batch": 5, "large": 3}  # calls
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
    """What loading took, as soon as it is done; then, if there are seconds, what scoring takes."""
    from assay.bundle.loading import load
    from assay.scoring.scorer import Scorer

    start = time.perf_counter()
    scorer = Scorer(load(model))
    yield {"loading_seconds": time.perf_counter() - start}
    if seconds:
        yield scoring(scorer, records, seconds)


def scoring(scorer: "Scorer", records: Path, seconds: float) -> dict[str, float | None]:
    """Latency, throughput, CPU time and memory of scoring these records, each beside the bare call of the model."""
    from assay.records.reading import read

    table = read(records)
    singles = [[one] for one in table.to_dict("records")]
    start = time.perf_counter()
    score_one(scorer, singles[0])
    first = time.perf_counter() - start
    for one in singles[:WARM]:
        bare(scorer, score_one(scorer, one))
    single = timed(
        lambda one: score_one(scorer, one), lambda out: bare(scorer, out), singles, *share("single", seconds)
    )
    batch, large = (of_size(scorer, table, size, name, seconds) for name, size in (("batch", BATCH), ("large", LARGE)))
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
    return SHARES[name] * seconds, LEAST[name]


def score_one(scorer: "Scorer", record: list[Any]) -> "Scored":
    """A decision on one raw record, as it would come from outside."""
    import pandas as pd

    return scorer(pd.DataFrame(record))


def bare(scorer: "Scorer", out: "Scored") -> int:
    """Nothing but the model, on the features that were just scored; their number."""
    if len(out.X):
        scorer.bundle.estimator.predict_proba(out.X)
    return len(out.X)


def of_size(scorer: "Scorer", table: "pd.DataFrame", size: int, name: str, seconds: float) -> Timed:
    """Batches of one size, of all records in turn."""
    batches = [table.iloc[start : start + size] for start in range(0, len(table) - size + 1, size)]
    scorer(batches[0])
    return timed(scorer, lambda out: bare(scorer, out), batches, *share(name, seconds))


def peak_memory() -> int:
    """The most memory that this process has had, in bytes.

    Linux counts that of the process that started this one in `ru_maxrss`, but not in VmHWM (proc(5)).
    """
    from assay.lineage.costs import peak_memory as by_resource

    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    found = [int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")]
    return found[0] if found else by_resource()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4]))
