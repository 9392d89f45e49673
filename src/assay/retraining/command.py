"""`assay retrain`: from a file of new records to an experiment that is judged; nothing of the workspace is changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assay.config.load import typed
from assay.config.schema import Config
from assay.dvc_internals.revisions import experiment_reference
from assay.errors import AssayError
from assay.experiments.refs import experiments
from assay.experiments.revisions import Revision
from assay.git import git
from assay.records.formats import SUFFIXES
from assay.registry.comparison import Champion, Judgement, champion_of, judged, plan_of
from assay.registry.data_version import newest, raw_form, raw_records, raw_tables, recorded, table_form
from assay.registry.publishing import stale_locks_away
from assay.retraining import line
from assay.retraining.batch import Arrived, Batch, batch_of, joined, require_new, require_of_the_contract
from assay.retraining.lock import locked
from assay.scoring.files import require_tables
from assay.sweep.execution import baseline

FOLDER = Path(".assay/retraining")
MADE, THERE, PART = "made", "there", "part of it"  # an experiment was made; it was there; HEAD has the batch already
Say = Callable[[str], None]


@dataclass(frozen=True)
class Order:
    """The order: the batch, its labels, the stage of the champion, a branch to make, whether the folds stay.

    tables: files of new rows of the tables of which columns are made, by name.
    """

    data: Path
    labels: Path | None = None
    stage: str = "prod"
    branch: str = ""
    keep_folds: bool = False
    tables: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """The outcome. If HEAD has the batch already, place: as what; challenger, champion, judgement: None."""

    state: str
    batch: Batch
    baseline: str
    branch: str = ""
    challenger: Revision | None = None
    champion: Champion | None = None
    judgement: Judgement | None = None
    place: str = ""


def retrain(root: Path, order: Order, say: Say) -> Outcome:
    """Make an experiment of the batch unless there is one, and judge it; what is asked twice is done once.

    The current folder must be `root`. AssayError if the batch is refused or the line fails; then nothing is kept.
    BusyError if another retraining is at work in the clone.
    """
    folder = root / FOLDER
    with locked(folder, str(order.data)):
        for done in [*line.clean_up(folder), *stale_locks_away(root)]:
            say(done)
        return _retrained(root, order, say)


def _retrained(root: Path, order: Order, say: Say) -> Outcome:
    head = baseline(root, "a retraining starts from the commit")
    now = recorded("HEAD", head)
    config = typed(now.params)
    require_tables(order.tables, config.dataset)
    batch = batch_of(order.data, order.labels, config.dataset, order.tables)
    if place := batch.place_in(config.dataset):
        return Outcome(PART, batch, head, place=place)
    _require_free(root, order.branch, head, batch)
    state = THERE
    if batch.experiment not in experiments(root, head):
        _require_fit(batch, now, config)
        until = None if order.keep_folds else newest(now)
        say(f"{len(batch.table)} records are new; the line runs on them in a clone")
        line.run(root, root / FOLDER, batch, line.configured(now.params, batch, until), head)
        state = MADE
    commit = git(root, "rev-parse", experiment_reference(head, batch.experiment))
    challenger = recorded(batch.experiment, commit)
    champion = champion_of(root, order.stage, head)
    judgement = judged(champion, challenger, plan_of(challenger))
    _branch(root, order.branch, commit)
    return Outcome(state, batch, head, order.branch, challenger, champion, judgement)


def _require_fit(batch: Batch, now: Revision, config: Config) -> None:
    """AssayError unless the batch can be a part of the source: its format, the contract, and only new records."""
    dataset = config.dataset
    files: list[tuple[Arrived, str, str]] = [(batch, raw_form(dataset), "data/raw")]
    files += [(one, table_form(dataset.tables[name]), name) for name, one in batch.tables.items()]
    if config.dataset.sample:
        raise AssayError(
            "dataset.sample draws from one source", where="conf/dataset/", todo="add the file to that source"
        )
    for one, wanted, name in files:
        if SUFFIXES[one.suffix] != wanted:
            what = f"a {SUFFIXES[one.suffix].upper()}, and {name} is a {wanted.upper()}"
            raise AssayError(what, where=one.where, todo=f"write it as {wanted.upper()}")
    whole = joined(batch, raw_tables(now, dataset), dataset) if dataset.tables else batch
    require_of_the_contract(whole, config)
    require_new(whole, raw_records(now, dataset), dataset)


def _require_free(root: Path, branch: str, head: str, batch: Batch) -> None:
    """AssayError if a branch of that name is there and holds something else."""
    if not branch:
        return
    try:
        git(root, "check-ref-format", "--branch", branch)
    except AssayError as error:
        raise AssayError(f"{branch[:60]!r} is no name of a branch", where="--branch", todo="choose another") from error
    held = _commit(root, f"refs/heads/{branch}")
    if held and held != _commit(root, experiment_reference(head, batch.experiment)):
        raise AssayError(f"there is a branch {branch} already", where="--branch", todo="choose another name")


def _branch(root: Path, branch: str, commit: str) -> None:
    if branch and not _commit(root, f"refs/heads/{branch}"):
        git(root, "update-ref", "-m", "assay retrain", f"refs/heads/{branch}", commit, "")


def _commit(root: Path, reference: str) -> str:
    """The commit of a reference; "" if there is none."""
    return git(root, "for-each-ref", "--format=%(objectname)", reference)
