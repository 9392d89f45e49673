"""Runs a choice by its name: scores the candidates, decides, writes the decision, and leaves an experiment."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assay.choose import records as data
from assay.choose.blocks import parts_of
from assay.choose.candidates import Candidate, Choice, candidates, file_of, read_choice
from assay.choose.decision import CONFIGURATION, Record, configuration, content
from assay.choose.page import as_markdown, candidates_table, picture, sentence
from assay.choose.rule import decide
from assay.choose.scoring import Scores, Store, computed, out_of_fold, tasks
from assay.choose.tuning import tuned
from assay.config.compose import composed, difference
from assay.dvc_internals.repository import cache_folder
from assay.errors import AssayError, sample
from assay.experiments.refs import experiments
from assay.files import md5, read_json, replacing, write_json, write_text
from assay.git import git
from assay.lineage.libraries import versions
from assay.modelling.records import Records
from assay.presentation.markdown import Markdown, code
from assay.progress import progress
from assay.statistics.bootstrap import Estimate, estimate_one, mean, resamples
from assay.statistics.metrics import METRICS, RANKED_BY
from assay.statistics.resampled import Scored
from assay.sweep import execution as sweep
from assay.sweep.folder import Setting
from assay.sweep.log import DONE
from assay.sweep.plan import plan

RESAMPLES, CONFIDENCE, SEED = 2000, 0.95, 42
STORE = Path(".assay/choose")
DECISIONS = Path("choices")
DECISION, PAGE, PICTURE = "decision.json", "README.md", "candidates.svg"


def choose(root: Path, name: str, jobs: int) -> Markdown:
    """Decide, write the decision to choices/, then run the chosen candidate as an experiment; return a summary.

    Everything in git must be committed, so that the rule is older than what it decides.
    """
    commit = sweep.baseline(root, "a choice is made on a commit, by a rule that is older than its result")
    _require_ready(root, name)
    choice = read_choice(name)
    found = candidates(choice)
    record = judged(root, name, choice, found, jobs)
    path = folder_of(name, found[0])
    write(record, path)
    parts = [sentence(record), candidates_table(record), Markdown("Decision: {}").format(code(str(path)))]
    if record.proposal:
        taken = experiment(Setting(f"choose-{name}", root, commit, cache_folder(root), 1), record.proposal)
        parts.append(
            Markdown("The experiment {} holds it: {}. Is it better on the test fold? {}").format(
                code(taken), code(f"dvc exp apply {taken}; assay params --keep"), code(f"assay compare HEAD {taken}")
            )
        )
    return Markdown("\n\n").join(parts)


def check(name: str) -> str:
    """Say which decision holds; AssayError if it was made on other data or by another choice, or is not followed."""
    found = candidates(read_choice(name))
    path = folder_of(name, found[0]) / DECISION
    if not path.exists():
        raise AssayError("nothing was decided yet", where=str(path), todo=f"assay choose {name}")
    decided = read_json(path)
    now = {**data.hashes(), str(file_of(name)): md5(file_of(name))}
    then = {**decided["decided_on"]["data"], str(file_of(name)): decided["decided_on"]["choice"]["md5"]}
    if changed := sorted(one for one in {*now, *then} if now.get(one) != then.get(one)):
        raise AssayError("it was decided on another state of them", where=sample(changed), todo=f"assay choose {name}")
    chosen = next(one for one in decided["candidates"] if one["name"] == decided["chosen"])
    if "search" not in chosen and configuration(found[0]) != {key: chosen[key] for key in CONFIGURATION}:
        raise AssayError(
            f"conf/ has another model or other features than were chosen: {decided['chosen']}",
            where=str(path),
            todo=f"assay params {' '.join(decided['proposal'])}; assay params --keep",
        )
    return f"{path}: {decided['chosen']}, decided on these data, and in use"


def folder_of(name: str, incumbent: Candidate) -> Path:
    """Where the decision is kept: one for each question."""
    return DECISIONS / f"{incumbent.config.dataset.name}-{incumbent.config.labels.name}-{name}"


def judged(root: Path, name: str, choice: Choice, found: list[Candidate], jobs: int) -> Record:
    """The decision on these candidates."""
    config = found[0].config
    records = data.of_candidates(found)
    basis = {"data": data.hashes(), "libraries": versions(), "folds": config.training.folds}
    scores = score_all(found, choice.seeds, records, {**basis, "code": git(root, "rev-parse", "HEAD:src")}, jobs)
    of_one = records[found[0].name]
    by_seed = estimates(scores, of_one)
    decision = decide({one.name: mean(by_seed[one.name]) for one in found}, {one.name: one.group for one in found})
    chosen = next(one for one in found if one.name == decision.chosen.name)
    return Record(
        decision=decision,
        candidates=found,
        groups=["incumbent", *(group.name for group in choice.groups)],
        basis={
            **basis,
            "choice": {"file": file_of(name).as_posix(), "md5": md5(file_of(name))},
            "records": len(of_one.y),
            "positives": int(of_one.y.sum()),
        },
        by_seed={one: [run.value for run in runs] for one, runs in by_seed.items()},
        proposal=proposal(chosen, records[chosen.name]),
        confidence=CONFIDENCE,
    )


def score_all(
    found: list[Candidate], seeds: int, records: Mapping[str, Records], basis: Mapping[str, Any], jobs: int
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
    y, weights = records.y.to_numpy(), resamples(len(records.y), RESAMPLES, SEED)
    function = METRICS[RANKED_BY].function
    return {
        name: [estimate_one(Scored(y, run, 0.5, records.weight), weights, function) for run in runs]
        for name, runs in scores.items()
    }


def proposal(chosen: Candidate, records: Records) -> list[str]:
    """The overrides of the chosen candidate; of a tuned one, with the values that its search finds on all records."""
    if chosen.tuning is None:
        return list(chosen.overrides)
    model = tuned(chosen.model, chosen.tuning, records, parts_of(records, chosen.config.training.folds)).model
    return [*chosen.overrides, *(f"{key}={model[key.removeprefix('model.')]}" for key in chosen.tuning.search.space)]


def write(record: Record, path: Path) -> None:
    """Write the folder of a decision, whole or not at all."""
    with replacing(path) as scratch:
        scratch.mkdir()
        write_json(scratch / DECISION, content(record), sort_keys=False)
        write_text(scratch / PICTURE, picture(record))
        write_text(scratch / PAGE, as_markdown(record, PICTURE))


def _require_ready(root: Path, name: str) -> None:
    """AssayError unless the choice is committed and params.yaml is what conf/ composes to."""
    path = file_of(name)
    if path.exists() and not git(root, "ls-files", str(path)):
        raise AssayError(
            f"{path} is not committed, so the rule could change with the result", todo=f"git add {path}; git commit"
        )
    if difference(composed()):
        raise AssayError("params.yaml is not what conf/ composes to", where="params.yaml", todo="assay params")


def experiment(setting: Setting, overrides: Sequence[str]) -> str:
    """Run the whole line with these overrides, as an experiment of DVC; its name."""
    (one,) = plan(setting.name, [overrides])
    with sweep.warm(setting) as workers:
        listed = sweep.Listed([one], experiments(setting.root, setting.baseline))
        entry = sweep.run(listed, workers, setting)[one.name]
    if entry.state != DONE:
        raise AssayError(f"the line did not run with it: {entry.error}", where=one.name, todo="the decision stands")
    return one.name
