"""Is the new model better than the one in use? Compares both on records that neither has seen."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from assay.bundle.loading import load
from assay.compare.paired import Comparison, Plan, compare
from assay.config.load import typed
from assay.errors import AssayError
from assay.experiments.revisions import Revision
from assay.records.columns import DATE
from assay.registry.data_version import raw_records, recorded
from assay.registry.version import Version, champion, fetched, model_md5, subject
from assay.scoring.scorer import Scorer


@dataclass(frozen=True)
class Champion:
    """The model in use, and the commit that made it. stage: "" if nothing is in one, and it is that of the commit."""

    version: Version
    stage: str
    root: Path

    @property
    def name(self) -> str:
        return self.version.version

    @cached_property
    def revision(self) -> Revision:
        return recorded(self.name, self.version.commit)


@dataclass(frozen=True)
class Judgement:
    """A comparison, or the reason why there is none.

    until: the champion's last day, "" if its records have no dates. unscored: test records that the champion gives no
    score, which are left out.
    """

    until: str
    records: int
    positives: int
    unscored: int
    comparison: Comparison | None
    why_not: str = ""


@dataclass(frozen=True)
class _Side:
    """A model on the records of a comparison."""

    name: str
    test: pd.DataFrame
    threshold: float


def champion_of(root: Path, stage: str, baseline: str) -> Champion:
    """The version in the stage, or the model of the baseline if there is none, or one of another dataset."""
    found = champion(root, stage)
    if found and subject(root, found.commit).dataset == subject(root, baseline).dataset:
        return Champion(found, stage, root)
    return Champion(Version("", baseline[:10], baseline, 0, model_md5(root, baseline)), "", root)


def judged(champion: Champion, challenger: Revision, plan: Plan) -> Judgement:
    """Compare by paired bootstrap on the graded test records of the challenger that the champion's data did not have.

    Where records have dates, only those after the champion's last day count. The challenger has not learned from them,
    because they are of its test fold.
    """
    base = champion.revision.records
    test, until = unseen(challenger, base)
    scores, threshold = _scores(champion, challenger)
    own = test.assign(score=scores.reindex(test.index))
    scored = own["score"].notna()
    own, test = own[scored], test[scored]
    positives = int(test["label"].sum())
    said = Judgement(until, len(test), positives, int((~scored).sum()), None)
    if not 0 < positives < len(test):
        return replace(said, why_not="both classes are needed among the records that neither model has seen")
    sides = _Side(champion.name, own, threshold), _Side(challenger.name, test, challenger.threshold)
    return replace(said, comparison=compare(*sides, pd.DataFrame(index=test.index), plan))


def unseen(challenger: Revision, base: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The graded test records that are not among the champion's records, and its last day.

    base: the champion's cleaned records, by record id.
    """
    test = challenger.test
    test = test[(test["excluded"] == "") & ~test.index.isin(base.index)]
    if DATE not in base or base[DATE].isna().all():
        return test, ""
    last = base[DATE].max()
    later = challenger.records[DATE].reindex(test.index) > last
    return test[later], str(last.date())


def _scores(champion: Champion, challenger: Revision) -> "tuple[pd.Series[float], float]":
    """The champion's score of each raw record by id, NaN where it has none, and its threshold."""
    bundle = load(fetched(champion.root, champion.version))
    dataset = typed(challenger.params).dataset
    scored = Scorer(bundle)(raw_records(challenger, dataset), "data/raw of the new data version")
    found = pd.Series(scored.scores, index=pd.Index(scored.ids, dtype="str"))
    if not found.index.is_unique:
        raise AssayError("records of the same key", where="data/raw of the new data version")
    return found, bundle.threshold


def plan_of(revision: Revision) -> Plan:
    """How a revision wants comparisons: by its evaluation settings."""
    evaluation = revision.params["evaluation"]
    return Plan(
        confidence=evaluation["confidence"],
        threshold_probability=evaluation["threshold_probability"],
        seed=evaluation["seed"],
    )
