"""A worker: a process that imports once and runs experiments in its own clone: python -m assay.sweep.worker < requests.

Each line on stdin is a request, {"name", "params", "baseline", "message", "log", "watched"}; each line on stdout an
answer. DVC itself decides what to run and writes dvc.lock; only the stages' commands run in this process, where
everything is imported already, instead of a new one each. Half-way through the training of a watched experiment, the
worker reports {"average_precision"}, and is answered on stdin with {"hopeless"}.
"""

import gc
import importlib
import json
import os
import pkgutil
import re
import sys
import time
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from assay.config.load import load
from assay.config.reading import plain
from assay.dvc_internals import in_process
from assay.dvc_internals.repository import check_out
from assay.errors import AssayError, in_a_line
from assay.experiments.clones import dvc, reason
from assay.experiments.refs import OUT_OF_FOLD, keep, with_identity
from assay.files import md5, read_json
from assay.forkserver.client import DVC_STAGE
from assay.git import git
from assay.lineage.checks import Known, require_record
from assay.lineage.graph import graph
from assay.lineage.running import LOCK_COMES_LAST
from assay.paths import PREDICTIONS
from assay.processes import leave_with
from assay.sweep.log import DONE, FAILED, PRUNED

if TYPE_CHECKING:
    from assay.modelling.records import Records

STAGE = re.compile(r"python -m (assay\.stages\.\w+)")
HERE = Path()
SCORES = PREDICTIONS / "out_of_fold.parquet"


def main() -> None:
    """Answer requests until stdin ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # nothing that a library prints may look like an answer
    leave_with(os.getppid())
    gc.disable()  # until all is imported
    reproduce = way_to_run()
    remember(Path("../remembered"))
    check_out()  # the data of the baseline; what the cache lacks is made by the first experiment
    for line in iter(sys.stdin.readline, ""):
        gc.collect()
        gc.freeze()  # what is left was imported, or is remembered: no collection need look at it again
        gc.enable()
        request = json.loads(line)
        with Path(request["log"]).open("w") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
            tell(answers, answer(request, answers, reproduce))


def tell(answers: TextIO, content: dict[str, Any]) -> None:
    """A line to the parent."""
    print(json.dumps(content), file=answers, flush=True)


def way_to_run() -> Callable[[], None]:
    """`dvc repro` here: its stages as functions of this process, all imported beforehand, if this DVC can."""
    from assay import stages

    if not in_process.hand_over(run_stage):
        return repro
    line = graph().nodes
    for module in pkgutil.iter_modules(stages.__path__):
        if module.name in line:
            importlib.import_module(f"{stages.__name__}.{module.name}")
    in_process.parse_once()
    in_process.find_keys_at_once()
    LOCK_COMES_LAST.set(True)
    return in_process.reproduce


def run_stage(command: str, environment: Mapping[str, str]) -> bool:
    """Run a command if it is one of a stage; whether it is."""
    stage = STAGE.fullmatch(command.strip())
    if stage:
        os.environ[DVC_STAGE] = environment[DVC_STAGE]
        importlib.import_module(stage[1]).main()
    return bool(stage)


def repro() -> None:
    """`dvc repro` as a command, each stage in a process of its own."""
    code, said = dvc("repro")
    if code:
        raise AssayError(f"the run failed: {reason(said)}")


def remember(folder: Path) -> None:
    """Train and measure each baseline once: in most sweeps they are the same in every experiment.

    Pure functions, remembered by the content of their arguments; shared with the other workers.
    """
    from joblib import Memory

    from assay.evaluation import assess
    from assay.stages import train

    memory = Memory(folder, verbose=0)
    train.train = memory.cache(train.train, ignore=["advance", "watch"])
    assess.measured = memory.cache(assess.measured)


class Hopeless(BaseException):
    """Ends a training that the parent gives up; no Exception, so that nothing on the way takes it for a fault."""


class Watcher:
    """Says half-way how well a training does, and ends it where the answer is that it is hopeless."""

    def __init__(self, answers: TextIO) -> None:
        self._answers = answers
        self._seen: list[tuple[np.ndarray, ...]] = []  # labels, scores and weights of each block

    def __call__(self, block: "Records", scores: np.ndarray) -> None:
        """Take another block; after half of them, report the average precision on their records, if it is defined."""
        from assay.statistics.metrics import METRICS
        from assay.statistics.resampled import Scored

        weight = np.ones(len(scores)) if block.weight is None else block.weight
        self._seen.append((block.y.to_numpy(), scores, weight))
        if len(self._seen) != load().training.folds // 2:
            return
        y, score, weights = map(np.concatenate, zip(*self._seen, strict=True))
        value = METRICS["average_precision"].of(Scored(y, score, threshold=0.5, weight=weights))
        if np.isfinite(value):
            tell(self._answers, {"average_precision": value})
            if json.loads(sys.stdin.readline())["hopeless"]:
                raise Hopeless

    def catch_up(self) -> None:
        """Report a training that DVC had in its cache as if it had run: what a search does must not depend on that.

        The blocks are scored anew: scores in files are recalibrated, and other records tie once they are rounded.
        """
        from assay.bundle.scoring import score
        from assay.modelling.fitting import fitted
        from assay.modelling.records import joined, read_labelled
        from assay.modelling.training import blocks, with_rounds
        from assay.records.folds import TRAIN, VALIDATION

        if self._seen:
            return
        config, train, validation = load(), read_labelled(TRAIN), read_labelled(VALIDATION)
        model, _, _ = with_rounds(plain(config.model), train, validation)
        records, folds = joined(train, validation), config.training.folds
        for rest, block in islice(blocks(records, folds), folds // 2):
            estimator = fitted(model, records.rows(rest))
            self(records.rows(block), score(estimator, records.X.iloc[block]))


def answer(request: dict[str, Any], answers: TextIO, reproduce: Callable[[], None]) -> dict[str, Any]:
    """Run one experiment and say how it went."""
    start = time.perf_counter()
    said: dict[str, Any] = {"state": DONE, "error": ""}
    try:
        experiment(request, Watcher(answers) if request["watched"] else None, reproduce)
        said |= {"metrics": read_json(OUT_OF_FOLD), "predictions": md5(SCORES)}
    except Hopeless:
        said["state"] = PRUNED
    except Exception as error:  # whatever a stage or DVC raises: told to the parent, which goes on with the next
        said |= {"state": FAILED, "error": in_a_line(error)}
    return {**said, "seconds": round(time.perf_counter() - start, 2)}


def experiment(request: dict[str, Any], watcher: Watcher | None, reproduce: Callable[[], None]) -> None:
    """`dvc repro` on the baseline with these params, kept as an experiment in the origin."""
    from assay.modelling.training import WATCH

    git(HERE, "reset", "--quiet", "--hard", request["baseline"])
    git(HERE, "clean", "--quiet", "--force", "-d")  # what one that failed left lying
    Path("params.yaml").write_text(request["params"])
    WATCH.set(watcher)
    reproduce()
    require_record(Known(graph()))
    if watcher:
        watcher.catch_up()
    keep(HERE, request["name"], request["baseline"], request["message"])


if __name__ == "__main__":
    with_identity(HERE)
    sys.argv = sys.argv[:1]
    main()
