"""Judges the candidates of a choice: scores them out of fold, measures them, and applies the rule."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assay.choose import records as data
from assay.choose.blocks import parts_of
from assay.choose.candidates import INCUMBENT, Candidate, Choice, candidate, files_of
from assay.choose.decision import Record, configuration
from assay.choose.rule import decide
from assay.choose.scoring import Scores, Store, computed, out_of_fold, tasks
from assay.choose.tuning import tuned
from assay.files import md5
from assay.git import git
from assay.lineage.libraries import versions
from assay.modelling.records import Records
from assay.modelling.training import members
from assay.progress import progress
from assay.statistics.bootstrap import Estimate, Resamples, estimate_one, mean
from assay.statistics.metrics import METRICS, RANKED_BY
from assay.statistics.resampled import Scored

RESAMPLES, CONFIDENCE, SEED = 2000, 0.95, 42
STORE = Path(".assay/choose")


def judged(root: Path, name: str, choice: Choice, found: Sequence[Candidate], jobs: int) -> Record:
    """The decision on these candidates, the incumbent first, those that repeat another left out.

    Scores are kept in `STORE`.
    """
    records = data.of_candidates(found)
    found = data.distinct(found, records)
    models = [model for one in found for model in members(dict(one.model)).values()]
    basis = {
        "libraries": {**versions(models), "optuna": version("optuna")},
        "code": git(root, "rev-parse", "HEAD:src"),
        "folds": found[0].config.training.folds,
    }
    scores = score_all(found, choice.seeds, records, {**basis, "data": data.hashes()}, jobs)
    of_all = records[found[0].name]
    by_seed = estimates(scores, of_all)
    decision = decide({one.name: mean(by_seed[one.name]) for one in found}, {one.name: one.group for one in found})
    chosen = next(one for one in found if one.name == decision.chosen.name)
    proposal = proposed(chosen, records[chosen.name])
    return Record(
        decision=decision,
        candidates=found,
        groups=[INCUMBENT, *(group.name for group in choice.groups)],
        files=hashes(name, choice),
        basis={
            **basis,
            "seeds": choice.seeds,
            "records": len(of_all.y),
            "positives": int(of_all.y.sum()),
        },
        by_seed={one: [run.value for run in runs] for one, runs in by_seed.items()},
        proposal=proposal,
        configuration=configuration(candidate(chosen.name, chosen.group, proposal)),
        confidence=CONFIDENCE,
    )


def hashes(name: str, choice: Choice) -> dict[str, str]:
    """The MD5 of the data, and of the files of the choice and of its searches, by path."""
    return {**data.hashes(), **{path.as_posix(): md5(path) for path in files_of(name, choice)}}


def score_all(
    found: Sequence[Candidate], seeds: int, records: Mapping[str, Records], basis: Mapping[str, Any], jobs: int
) -> Scores:
    """The out-of-fold scores of every candidate and seed, with a bar."""
    folds = basis["folds"]
    listed, done = tasks(found, seeds, folds), []
    with progress(len(listed), "blocks scored") as bar:
        for task, scores in computed(listed, records, Store(STORE), basis, folds, jobs):
            done.append((task, scores))
            bar.set_postfix_str(task.candidate.name)
            bar.update()
    return out_of_fold(done, next(iter(records.values())), folds)


def estimates(scores: Scores, records: Records) -> dict[str, list[Estimate]]:
    """The average precision of each candidate with each seed, all on the same resamples."""
    y, drawn = records.y.to_numpy(), Resamples(len(records.y), RESAMPLES, SEED)
    function = METRICS[RANKED_BY].function
    return {
        name: [estimate_one(Scored(y, run, 0.5, records.weight), drawn, function) for run in runs]
        for name, runs in scores.items()
    }


def proposed(chosen: Candidate, records: Records) -> list[str]:
    """The overrides of the chosen candidate; of a tuned one, with the values that its search finds on all records."""
    if chosen.tuning is None:
        return list(chosen.overrides)
    parts = parts_of(records, chosen.config.training.folds)
    return chosen.tuning.search.all_overrides(tuned(chosen.model, chosen.tuning, records, parts).values)
