"""Runs a sweep by its name, and sums it up."""

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from assay.config.names import require_name
from assay.dvc_internals.repository import cache_folder
from assay.experiments.refs import experiments
from assay.presentation import words
from assay.presentation.markdown import Markdown, code, table
from assay.progress import progress
from assay.statistics.metrics import RANKED_BY, Metric, Place, shown_in
from assay.sweep import execution as sweep
from assay.sweep.folder import Setting
from assay.sweep.log import DONE, FAILED, PRUNED, Entry
from assay.sweep.plan import SEARCH, plan, read, read_sets

SHOWN = 10


def swept(
    root: Path, name: str, overrides: Sequence[str], jobs: int | None, scheduler: str = ""
) -> tuple[Markdown, bool]:
    """Check all experiments, run the missing ones; return a summary as Markdown, and whether all are complete.

    jobs: how many at a time, by default one for each processor; scheduler: of the dask cluster whose workers run them,
    by default one for each of their threads.
    """
    require_name(name, "the name of the sweep")
    setting = Setting(name, root, sweep.baseline(root), cache_folder(root), jobs or os.cpu_count() or 1)
    before = experiments(root, setting.baseline)
    with _workers(setting, scheduler, jobs) as workers:
        entries = _run(_source(overrides, setting), workers, setting)
    return summary(setting, entries, before), all(entry.state != FAILED for entry in entries.values())


@contextmanager
def _workers(setting: Setting, scheduler: str, jobs: int | None) -> Iterator[Sequence[sweep.Runner]]:
    """The runner of the experiments: here, or on the workers of a cluster."""
    if not scheduler:
        with sweep.warm(setting) as workers:
            yield workers
        return
    from assay.sweep.cluster import on_cluster

    with sweep.alone(setting), on_cluster(scheduler, setting, jobs) as slots:
        yield slots


def _source(overrides: Sequence[str], setting: Setting) -> sweep.Experiments:
    """The experiments of the sweep, all checked."""
    if not overrides and SEARCH in read(setting.name):
        from assay.sweep.search_space import read_search
        from assay.sweep.trials import Trials

        return Trials(read_search(setting.name), setting)
    sets = [list(overrides)] if overrides else read_sets(setting.name)
    return sweep.Listed(plan(setting.name, sets), experiments(setting.root, setting.baseline))


def _run(source: sweep.Experiments, workers: Sequence[sweep.Runner], setting: Setting) -> dict[str, Entry]:
    """Run the experiments with a bar that shows the best so far, earlier runs of the sweep included."""
    scores = [entry.metrics.get(RANKED_BY) for entry in sweep.settled(source.known(), setting).values()]
    with progress(source.missing(), f"sweep {setting.name}") as bar:

        def report(entry: Entry) -> None:
            scores.append(entry.metrics.get(RANKED_BY))
            known = [score for score in scores if score is not None]
            bar.set_postfix_str(f"best out of fold {max(known):.4f}" if known else "")
            bar.update()

        return sweep.run(source, workers, setting, report)


def summary(setting: Setting, entries: dict[str, Entry], before: Collection[str]) -> Markdown:
    """The best experiments by out-of-fold predictions, how much of the best score is luck, and the failures."""
    by_state = {state: [one for one in entries.values() if one.state == state] for state in (DONE, PRUNED, FAILED)}
    done, pruned = by_state[DONE], len(by_state[PRUNED])
    old = sum(entry.experiment in before for entry in done)
    heading = Markdown("### Sweep {}: {} of {} experiments, {} of them from before")
    given_up = f"{pruned} given up half-way: worse than half of those before, on the same records."
    parts = [
        heading.format(setting.name, len(done), len(entries), old),
        *([Markdown(given_up)] if pruned else []),
        *([_table(done), _choice(done, setting.cache)] if done else []),
        *map(_failure, by_state[FAILED]),
    ]
    return Markdown("\n\n").join(parts)


def _failure(entry: Entry) -> Markdown:
    said = Markdown("Failed: {}: {} (log: {})")
    return said.format(entry.experiment, entry.error or "it did not run", entry.log or "none")


def _table(done: list[Entry]) -> Markdown:
    ranked = sorted(done, key=lambda entry: -entry.metrics.get(RANKED_BY, float("-inf")))
    columns = shown_in(Place.SWEEP)
    rows = [
        (
            entry.experiment,
            *(words.number(entry.metrics.get(one.name), one.name) for one in columns),
            f"{entry.seconds or 0:.1f}",
        )
        for entry in ranked[:SHOWN]
    ]
    return table(["experiment", *map(_heading, columns), "seconds"], rows)


def _heading(metric: Metric) -> str:
    return f"{metric.phrase}, out of fold" if metric.name == RANKED_BY else metric.phrase


def _choice(done: list[Entry], cache: Path) -> Markdown:
    from assay.sweep.selection import out_of_fold, select

    chosen = select(out_of_fold(done, cache))
    same = "" if chosen.tried == len(done) else " on the same records and labels"
    said = Markdown(
        "Best of {tried}{same}: **{best}**, {value} out of fold. About {optimism} of that is what choosing among "
        "{tried} gives by chance. The test fold played no part. Take it: {take}; is it better? {ask}"
    )
    return said.format(
        tried=chosen.tried,
        same=same,
        best=chosen.best,
        value=words.with_interval(chosen.value, chosen.interval),
        optimism=f"{max(chosen.optimism, 0):.3f}",
        take=code(f"dvc exp apply {chosen.best}"),
        ask=code(f"assay compare --out-of-fold HEAD {chosen.best}"),
    )
