"""The gate: what a model must show before it is put in a stage. Each criterion is a function of the candidate."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from assay.budget.host import was_busy
from assay.budget.page import TITLES, number
from assay.config.models import possible
from assay.config.reading import plain
from assay.errors import AssayError
from assay.evaluation.criteria import criterion_title
from assay.paths import AUDIT, CLEANING_LOG, REPORTS

if TYPE_CHECKING:
    from assay.compare.paired import Comparison
    from assay.experiments.revisions import Revision
    from assay.registry.candidate import Candidate
    from assay.registry.version import Version

VERDICT = REPORTS / "verdict.json"
SHOWN = 3  # sentences of what did not run
TRAINING = ("train_seconds", "train_memory_mb")  # measured while train runs: DVC's cache gives outputs without a run
TIMED = ("load_seconds", "single_p50_ms", "single_p99_ms", "records_per_second")  # what `assay budget` times itself
AGAIN = "measure again when it is idle: assay budget"


@dataclass(frozen=True)
class Criterion:
    """A criterion: what was asked, what was found, whether that passes, and if not, by how much or why not."""

    name: str
    asked: str
    found: str
    passed: bool
    why: str = ""


Judge = Callable[["Candidate"], Iterator[Criterion]]


def judged(candidate: "Candidate") -> list[Criterion]:
    """Every criterion, in order. One that cannot be judged is not met, and says why."""
    return [one for name, judge in GATE.items() for one in _each(name, judge, candidate)]


def _each(name: str, judge: Judge, candidate: "Candidate") -> list[Criterion]:
    try:
        return list(judge(candidate))
    except AssayError as error:
        where = f" ({error.where})" if error.where else ""
        todo = f"; {error.todo}" if error.todo else ""
        return [Criterion(name, REQUIRED[name], "cannot be judged", False, f"{error.what}{where}{todo}")]


def ran(candidate: "Candidate") -> Iterator[Criterion]:
    """The promoted files are those that ran."""
    from assay.registry.provenance import unran

    found = unran(candidate.files)
    said = "all stages" if not found else f"{len(found)} difference(s)"
    more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    yield Criterion("ran", REQUIRED["ran"], said, not found, "; ".join(found[:SHOWN]) + more)


def contract(candidate: "Candidate") -> Iterator[Criterion]:
    """clean ends without a log if a rule with the action `stop` is broken."""
    log = candidate.report(CLEANING_LOG)
    try:
        kept, stopped = int(log["rows_out"]), [one["rule"] for one in log["rules"] if _stops(one)]
        found = f"{kept} of {int(log['rows_in'])} records kept"
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise AssayError("not a log of cleaning", where=str(CLEANING_LOG), todo="dvc repro") from error
    why = f"broken: {', '.join(map(str, stopped))}" if stopped else "" if kept else "no record keeps the contract"
    yield Criterion("contract", REQUIRED["contract"], found, not why, why)


def _stops(rule: dict[str, Any]) -> bool:
    return rule["action"] == "stop" and bool(rule["count"])


def audit(candidate: "Candidate") -> Iterator[Criterion]:
    """No check of the audit found a leak that nobody has accepted."""
    try:
        checks = {str(one["code"]): (str(one["title"]), str(one["verdict"])) for one in candidate.report(AUDIT)}
    except (KeyError, TypeError) as error:
        raise AssayError("not the findings of an audit", where=str(AUDIT), todo="dvc repro") from error
    errors = [f"{code} {title}" for code, (title, verdict) in checks.items() if verdict == "error"]
    why = "; ".join(errors) if errors else "" if checks else "no check ran"
    warnings = [f"{code} {title}" for code, (title, verdict) in checks.items() if verdict == "warning"]
    named = f": {'; '.join(warnings)}" if warnings else ""
    found = f"{len(checks)} checks, {len(errors)} error(s), {len(warnings)} warning(s){named}"
    yield Criterion("audit", REQUIRED["audit"], found, not why, why)


def performance(candidate: "Candidate") -> Iterator[Criterion]:
    """The criteria that `evaluate` has judged: recall, alerts, baselines, quality of the data."""
    try:
        found = [_performed(one) for one in candidate.report(VERDICT)["findings"]]
    except (KeyError, TypeError, ValueError) as error:
        raise AssayError("not the verdict of evaluate", where=str(VERDICT), todo="dvc repro") from error
    yield from found
    criteria, there = candidate.config.criteria, possible(plain(candidate.config.baselines))
    baselines = {f"average precision over {name}" for name in criteria.beat_baselines if name in there}
    needed = {"recall", "alerts per 1000", *baselines, *map(criterion_title, criteria.quality)}
    for name in sorted(needed - {one.name for one in found}):
        yield Criterion(name, REQUIRED["performance"], "not judged", False, f"{VERDICT} does not have it: dvc repro")


def _performed(finding: dict[str, Any]) -> Criterion:
    from assay.presentation.words import by
    from assay.statistics.edges import BOOTSTRAP

    name, asked, value = str(finding["criterion"]), str(finding["asked"]), float(finding["value"])
    low, high = finding["interval"]
    method = by(str(finding.get("method", BOOTSTRAP)))
    interval = "" if low is None or high is None else f" [{low:.3f}, {high:.3f}]{method}"
    passed = finding["verdict"] == "met"
    why = "" if passed else _by(asked, value)
    return Criterion(criterion_title(name), asked, f"{value:.3f}{interval}", passed, why)


def _by(asked: str, value: float) -> str:
    """By how much a bound is missed; a baseline is beaten only by the whole interval."""
    words = asked.split()
    if words[:2] in (["at", "least"], ["at", "most"]):
        return f"by {abs(value - float(words[2])):.3g}"
    return "the interval of the difference includes zero" if value > 0 else f"worse by {-value:.3g}"


def champion(candidate: "Candidate") -> Iterator[Criterion]:
    """Not worse than what is in the stage, on the same test records."""
    name, asked, now = "champion", REQUIRED["champion"], candidate.champion
    if now is None:
        yield Criterion(name, asked, "nothing is in the stage yet", True)
    elif now.md5 == candidate.model:
        yield Criterion(name, asked, f"the same model as {now.version}", True)
    else:
        yield _beside(now.version, *_compared(candidate, now))


def _compared(candidate: "Candidate", now: "Version") -> tuple["Comparison", str]:
    """The candidate beside the champion, and on which records: the test records of both, by the scores on record.

    If there are none of both classes, as after many new months, on those of the candidate that neither has seen, which
    the champion scores now.
    """
    from assay.compare.page import compared
    from assay.dvc_internals.revisions import files_at
    from assay.experiments.revisions import Recorded, Revision
    from assay.registry.comparison import Champion, judged, plan_of
    from assay.registry.version import subject

    base = Revision(now.version, now.commit, Recorded(now.version, now.commit, files_at(now.commit)))
    head, root = candidate.revision, candidate.root
    if _share_test_records(base, head) or subject(root, now.commit).dataset != subject(root, candidate.commit).dataset:
        return compared(base, head).comparison, "records"
    found = judged(Champion(now, "", root), head, plan_of(head))
    if found.comparison is None:
        raise AssayError(f"no test records of both classes are in both versions, and {found.why_not}")
    return found.comparison, f"records{f' after {found.until}' if found.until else ''} that neither has seen"


def _share_test_records(base: "Revision", head: "Revision") -> bool:
    """Whether graded test records of both classes are in both."""
    graded = [side.test["label"][side.test["excluded"] == ""] for side in (base, head)]
    return bool(graded[1][graded[1].index.isin(graded[0].index)].nunique() == 2)


def _beside(version: str, one: "Comparison", on: str) -> Criterion:
    from assay.compare.paired import BETTER, WORSE
    from assay.presentation import words
    from assay.statistics.metrics import METRICS, RANKED_BY

    row = next(row for row in one.rows if row.metric == RANKED_BY)
    difference = words.signed(row.difference, row.interval, row.metric, row.method)
    than = f"{one.verdict} than" if one.verdict in (BETTER, WORSE) else f"{one.verdict} beside"
    found = f"{METRICS[RANKED_BY].title.lower()} {difference} on {len(one.ids)} {on}: {than} {version}"
    passed = one.verdict != WORSE
    return Criterion("champion", REQUIRED["champion"], found, passed, "" if passed else f"by {abs(row.difference):.3g}")


def fresh(candidate: "Candidate") -> Iterator[Criterion]:
    """The last record is not old on the day on which it is judged."""
    from assay.records.columns import DATE

    candidate.require_asked("promotion")
    promotion = candidate.config.criteria.promotion
    if promotion.fresh_within_days is None:
        yield Criterion("fresh", "nothing", "not asked", True)
        return
    records, day = candidate.revision.records, judged_on(candidate)
    if DATE not in records or records[DATE].isna().all():
        todo = "if that is right: fresh_within_days: null in conf/promotion/DATASET.yaml; assay params; dvc repro"
        raise AssayError("the records have no dates", todo=todo)
    last = records[DATE].max().date()
    age = (day - last).days
    why = f"by {age - promotion.fresh_within_days} day(s)" if age >= 0 else _too_early(candidate, day, last)
    passed = 0 <= age <= promotion.fresh_within_days
    within = f"at most {promotion.fresh_within_days} days before {day}"
    yield Criterion("fresh", within, f"last record {last}, {age} day(s)", passed, "" if passed else why)


def _too_early(candidate: "Candidate", day: date, last: date) -> str:
    """The advice where the day on which data is judged is before its end: nobody could have had it by then."""
    name, configured = candidate.config.dataset.name, candidate.config.criteria.promotion.as_of
    todo = f"judge it on a day from {last} on: --as-of {last}"
    if configured and not candidate.as_of:
        todo += f", or as_of in conf/promotion/{name}.yaml"
    elif not candidate.as_of:
        todo = "that is today: correct the clock, or the dates of the records"
    return f"the data goes on after {day}: {todo}"


def judged_on(candidate: "Candidate") -> date:
    """The day on which the data must be fresh: as the user states, else as configured, else today (UTC)."""
    said = candidate.config.criteria.promotion.as_of
    return candidate.as_of or (date.fromisoformat(said) if said else datetime.now(UTC).date())


def cost(candidate: "Candidate") -> Iterator[Criterion]:
    """Every limit on what `assay budget` measures."""
    candidate.require_asked("cost")
    limits = candidate.config.criteria.cost
    if not limits.at_most and not limits.at_least:
        yield Criterion("cost", "nothing", "not asked", True)
        return
    figures, busy = candidate.budget["figures"], was_busy(candidate.budget.get("machine"))
    for name, most in limits.at_most.items():
        yield _limited(name, f"at most {number(most)}", figures.get(name), most, 1, busy=busy)
    for name, least in limits.at_least.items():
        yield _limited(name, f"at least {number(least)}", figures.get(name), least, -1, busy=busy)


def _limited(name: str, asked: str, value: Any, limit: float, sign: int, *, busy: bool) -> Criterion:
    """sign: 1 where more is worse, -1 where less is. busy: whether other work may have slowed what was measured."""
    title = f"cost: {TITLES[name]}"
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        todo = "run: assay budget" if name not in TRAINING else "run: dvc repro --force train, then assay budget"
        return Criterion(title, asked, "not measured", False, todo)
    over = sign * (value - limit)
    slowed = ", on a busy machine" if busy and name in TIMED else ""
    again = f"; {AGAIN}" if slowed else ""
    return Criterion(title, asked, number(value) + slowed, over <= 0, f"by {number(over)}{again}" if over > 0 else "")


GATE: dict[str, Judge] = {
    "ran": ran,
    "contract": contract,
    "audit": audit,
    "performance": performance,
    "champion": champion,
    "fresh": fresh,
    "cost": cost,
}
REQUIRED = {
    "ran": "what is promoted is what ran",
    "contract": "the data keeps its contract",
    "audit": "no leak",
    "performance": "criteria of evaluate",
    "champion": "not worse than the champion",
    "fresh": "fresh data",
    "cost": "within budget",
}
