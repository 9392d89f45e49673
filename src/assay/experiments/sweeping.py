"""A sweep from its name to its summary."""

from collections.abc import Sequence
from pathlib import Path

from assay.evaluation import words
from assay.experiments import sweep
from assay.experiments.clones import cache
from assay.experiments.ledger import DONE, Entry
from assay.experiments.plan import plan, read_sets
from assay.progress import progress

SHOWN = 10
BY = "average_precision"
COLUMNS = (BY, "precision", "alerts_per_1000")


def swept(root: Path, name: str, overrides: Sequence[str], jobs: int) -> tuple[str, bool]:
    """Plan, run what is missing, and sum up as Markdown; whether every experiment is there."""
    planned = plan(name, [list(overrides)] if overrides else read_sets(name))
    setting = sweep.Setting(root, sweep.baseline(root), cache(root), jobs)
    missing = len({one.name for one in planned} - sweep.experiments(setting))
    best = float("-inf")
    with progress(missing, f"sweep {name}") as bar:

        def report(entry: Entry) -> None:
            nonlocal best
            best = max(best, entry.metrics.get(BY, best))
            bar.set_postfix_str(f"best out of fold {best:.4f}")
            bar.update()

        entries = sweep.run(name, planned, setting, report)
    return summary(name, entries, len(planned) - missing), all(entry.state == DONE for entry in entries.values())


def summary(name: str, entries: dict[str, Entry], there_before: int) -> str:
    """The best by out-of-fold predictions, how much of that is choice, and what failed."""
    done = [entry for entry in entries.values() if entry.state == DONE]
    failed = [entry for entry in entries.values() if entry.state != DONE]
    lines = [f"### Sweep {name}: {len(done)} of {len(entries)} experiments, {there_before} of them from before", ""]
    if done:
        lines += [*_table(done), "", _choice([entry.experiment for entry in done])]
    for entry in failed:
        lines += ["", f"Failed: {entry.experiment}: {entry.error or 'it did not run'} (log: {entry.log or 'none'})"]
    return "\n".join(lines)


def _table(done: list[Entry]) -> list[str]:
    ranked = sorted(done, key=lambda entry: -entry.metrics.get(BY, float("-inf")))
    rows = [
        f"| {entry.experiment} | {' | '.join(words.number(entry.metrics.get(name), name) for name in COLUMNS)} "
        f"| {entry.seconds or 0:.1f} |"
        for entry in ranked[:SHOWN]
    ]
    head = "| experiment | average precision, out of fold | precision | alerts per 1000 | seconds |"
    return [head, "|---|---|---|---|---|", *rows]


def _choice(names: list[str]) -> str:
    from assay.experiments.selection import out_of_fold, select

    chosen = select(out_of_fold(names))
    return (
        f"Best of {chosen.tried}: **{chosen.best}**, {words.with_interval(chosen.value, chosen.interval)} out of fold. "
        f"About {chosen.optimism:.3f} of that is what choosing among {chosen.tried} gives by chance. The test fold "
        f"played no part. Take it: `dvc exp apply {chosen.best}`; is it better? `assay compare HEAD {chosen.best}`"
    )
