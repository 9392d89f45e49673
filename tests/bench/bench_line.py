"""What DVC costs, as ratios of wall times measured side by side in one run: make bench-line.

Works in a temporary copy of the tree, on the real data. Absolute seconds are printed for orientation only.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

from assay.files import write_json
from assay.modelling.threads import RECORDS
from assay.sweep.log import DONE
from assay.sweep.plan import Planned, plan, read_sets
from pipeline_copy import Copy, copy_of_the_tree, reconfigured
from samples import STAGES as AFTER_COLLECT

ROUNDS_OF_THE_LINE, ROUNDS_OF_NOTHING = 3, 11
MANY = 100
FORMER = [
    ("conf/config.yaml", "model: lightgbm", "model: xgboost"),
    ("conf/config.yaml", "  - model@baselines.xgboost: xgboost\n", ""),
]
STAGES = ("collect", *AFTER_COLLECT)
ONE_PROCESS = f"""
from importlib import import_module
for name in {STAGES}:
    import_module("assay.stages." + name).main()
"""

# What each stage itself takes, in a process that has imported everything: the second time counts.
WARM = f"""
import json, time
from importlib import import_module
for _ in range(2):
    taken = {{}}
    for name in {STAGES}:
        start = time.perf_counter()
        import_module("assay.stages." + name).main()
        taken[name] = time.perf_counter() - start
print(json.dumps(taken))
"""

# The same ten trainings with everything imported once, of configurations that are composed already: no baselines, no
# evaluation, no files, no DVC. Either on as many threads as `train` takes, or on those that the libraries choose.
BARE = """
import assay, json, sys
from dataclasses import asdict
from assay.config.load import typed
from assay.modelling import threads
from assay.modelling.training import train
from assay.modelling.records import read_labelled
threads.RECORDS = int(sys.argv[2])
folds = [read_labelled(name) for name in ("train", "validation")]
for params in json.load(open(sys.argv[1])):
    config = typed(params)
    train(asdict(config)["model"], *folds, config.training, config.criteria.min_recall)
"""


def seconds(action: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def compare(title: str, rounds: int, target: float, ours: Sequence[str], theirs: Sequence[str], copy: Copy) -> None:
    """Run the two commands in turns; print the medians and the median of the ratios of neighbours."""
    times = [(seconds(lambda: copy.run(*ours)), seconds(lambda: copy.run(*theirs))) for _ in range(rounds)]
    ratio = statistics.median(one / other for one, other in times)
    one, other = (statistics.median(column) for column in zip(*times, strict=True))
    line(title, one, other, target, ratio)


def fixed_costs(copy: Copy) -> None:
    """What a stage takes beyond its own work: to start Python, import, and read the configuration."""
    warm = json.loads(copy.run(sys.executable, "-c", WARM).stdout.splitlines()[-1])
    for name in STAGES:
        alone = statistics.median(seconds(lambda name=name: copy.stage(name)) for _ in range(3))
        own = warm[name]
        print(
            f"  {name:10} its process {alone:5.2f} s, its work {own:5.2f} s, the rest {alone - own:5.2f} s", flush=True
        )


def compare_sweep(copy: Copy) -> None:
    """Ten experiments: a sweep and `dvc exp run` for each, against the bare trainings."""
    planned = plan("depth", read_sets("depth"))
    composed = copy.path / ".assay/composed.json"
    write_json(composed, [yaml.safe_load(one.params) for one in planned])
    bare, of_libraries = (
        seconds(lambda records=records: copy.run(sys.executable, "-c", BARE, str(composed), str(records)))
        for records in (RECORDS, 1)
    )
    swept = seconds(lambda: copy.run("assay", "sweep", "depth"))
    one_by_one = sum(seconds(lambda one=one: copy.run("dvc", "exp", "run", *settings(one))) for one in planned)
    for restore in (("git", "checkout", "--quiet", "."), ("dvc", "checkout", "--quiet")):
        copy.run(*restore)
    line("assay sweep, 10 experiments / their bare trainings in one process", swept, bare, 0.75)
    line("  the trainings on as many threads as their libraries choose", swept, of_libraries, 0.75)
    line("dvc exp run, 10 times / their bare trainings in one process", one_by_one, bare, 4.5)
    line("  the trainings on as many threads as their libraries choose", one_by_one, of_libraries, 4.5)


def compare_growth(copy: Copy) -> None:
    """A hundred experiments of one sweep: the last ten against the first ten."""
    strengths = ",".join(f"{number / 10:g}" for number in range(1, MANY + 1))
    copy.run("assay", "sweep", "many", "-S", "debug=fast", "-S", "model=logistic", "-S", f"model.C={strengths}")
    entries = map(json.loads, (copy.path / ".assay/sweeps/many.jsonl").read_text().splitlines())
    taken = [entry["seconds"] for entry in entries if entry["state"] == DONE]
    assert len(taken) == MANY
    first, last = statistics.median(taken[:10]), statistics.median(taken[-10:])  # the first ones of all warm up
    line(f"an experiment among the last 10 of {MANY} in a sweep / the first 10", last, first, 1.2)


def settings(one: Planned) -> list[str]:
    """The options of `dvc exp run` for an experiment."""
    return [word for override in one.overrides for word in ("-S", override)]


def line(title: str, ours: float, theirs: float, target: float, ratio: float | None = None) -> None:
    """One row of the table."""
    ratio = ratio or ours / theirs
    print(f"{title:66} {ours:6.2f} s / {theirs:6.2f} s = {ratio:5.2f}   (to stay under: {target})", flush=True)


def with_the_former_model(copy: Copy) -> None:
    """Take the model with which these ratios have been measured from the start, so that they stay comparable."""
    reconfigured(copy, FORMER)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        copy = copy_of_the_tree(Path(folder))
        with_the_former_model(copy)
        compare(
            "dvc repro --force / the same stages in one process",
            ROUNDS_OF_THE_LINE,
            1.6,
            ("dvc", "repro", "--force", "--quiet"),
            (sys.executable, "-c", ONE_PROCESS),
            copy,
        )
        fixed_costs(copy)
        compare(
            "dvc repro with nothing to do / dvc status",
            ROUNDS_OF_NOTHING,
            1.33,
            ("dvc", "repro"),
            ("dvc", "status"),
            copy,
        )
        compare_sweep(copy)
        compare_growth(copy)


if __name__ == "__main__":
    main()
