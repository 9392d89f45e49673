"""The model card: the claims of the model, for whom they hold, their cost in alerts, and their limits.

Headings after Mitchell et al., "Model Cards for Model Reporting" (FAT* 2019); items of TRIPOD+AI (Collins et al., BMJ
2024;385:e078378).
"""

from collections.abc import Iterable
from typing import Any

from assay.cards.facts import Facts, code_rows, fold_rows, limits, span
from assay.cards.markdown import render
from assay.config.targets import MEMBERS, TARGET
from assay.config.words import Words, complete
from assay.evaluation.criteria import MET, Judged
from assay.presentation import words
from assay.records.columns import UNGRADABLE
from assay.report.page import finding_row
from assay.statistics.edges import BOOTSTRAP
from assay.statistics.metrics import METRICS, RANKED_BY, Place, shown_in

NOT_PARAMETERS = ("name", "threshold", TARGET, MEMBERS)
BOOSTED, ENSEMBLE = "boosted decision trees", "several models as one: the mean of their log odds"
KINDS = {
    "xgboost": BOOSTED,
    "xgboost_fine": BOOSTED,
    "lightgbm": BOOSTED,
    "catboost": BOOSTED,
    "hist_gbm": BOOSTED,
    "ensemble": ENSEMBLE,
    "ensemble_catboost": ENSEMBLE,
    "random_forest": "an average of many decision trees",
    "logistic": "logistic regression",
    "rule": "a hand rule on the results, nothing learned",
    "majority": "the same answer for all",
}


def model_card(facts: Facts) -> str:
    """The card in Markdown."""
    reports = facts.reports
    baselines = [name for name in facts.config.baselines if name in reports["baselines"]]
    called = complete(facts.config.dataset.words)
    return render(
        "model_card.md.j2",
        config=facts.config,
        bundle=facts.bundle,
        licence=facts.licence,
        hashes={**facts.hashes, **facts.bundle["lineage"]},
        kinds=KINDS,
        made_by=makers(facts.bundle["model"]),
        **criterion_rows(reports["verdict"]),
        confidence=f"{facts.config.evaluation.confidence * 100:g} %",
        floor_reached=reports["metrics"]["recall"] >= facts.bundle["threshold"]["min_recall"],
        test=decisions(reports["metrics"]),
        sample=reports["sampling"]["sample"],
        figures={name: _figure(reports, name) for name in METRICS},
        baselines=baselines,
        called=called,
        metrics=metric_rows(reports, baselines, called),
        ranked_by=METRICS[RANKED_BY].phrase,
        leads=lead_rows(reports["baselines"]),
        better_at_finding=better_at_finding(reports),
        ungradable=reports["ungradable"]["records"],
        with_ungradable=ungradable_rows(reports["ungradable"]),
        sliced=[one.title for one in shown_in(Place.CARD_SLICES)],
        slices=slice_rows(reports["slices"]),
        cleaning=reports["cleaning"],
        annotation=reports["annotation"],
        outside=[reason.replace("_", " ") for reason in reports["annotation"]["excluded"] if reason != UNGRADABLE],
        audit=reports["audit"],
        warnings=words.audit_says(reports["audit"], "warning"),
        folds=fold_rows(facts.folds),
        codes=code_rows(facts.labels, facts.config, called),
        span=span(facts.records),
        limits=limits(facts),
    )


def criterion_rows(verdict: dict[str, Any]) -> dict[str, list[tuple]]:
    """All criteria as rows, and those that are not met, with whether the records settle it."""
    judged = [Judged(**one) for one in verdict["findings"]]
    return {
        "findings": [finding_row(one) for one in judged],
        "unmet": [(*finding_row(one)[:3], one.settled) for one in judged if one.verdict != MET],
    }


def makers(model: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """The makers of the model, and of an ensemble's members: title, class or function, and parameters that are set."""
    titled = {"Made by": model, **{f"Member {name}": one for name, one in model.get(MEMBERS, {}).items()}}
    return [
        (
            title,
            one[TARGET],
            {name: value for name, value in one.items() if name not in NOT_PARAMETERS and value is not None},
        )
        for title, one in titled.items()
    ]


def decisions(metrics: dict[str, float]) -> dict[str, int]:
    """Counts of the decisions on test records, which the weighted shares of a sample do not give."""
    counted = ("records", "positives", "true_positives", "false_positives")
    records, positives, found, false_alarms = (int(metrics[name]) for name in counted)
    return {
        "records": records,
        "positives": positives,
        "found": found,
        "missed": positives - found,
        "alerts": found + false_alarms,
        "false_alarms": false_alarms,
    }


def better_at_finding(reports: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The baselines with a higher recall than the model: name, recall, and alerts per 1000; none without positives."""
    if (own := reports["metrics"]["recall"]) is None:
        return []
    return [
        (name, _figure(one, "recall"), _figure(one, "alerts_per_1000"))
        for name, one in reports["baselines"].items()
        if one["metrics"]["recall"] > own
    ]


def metric_rows(reports: dict[str, Any], baselines: Iterable[str], called: Words) -> list[tuple[str, str, list[str]]]:
    """The name and meaning of each metric, and its figures: of the model, then of the baselines."""
    sides = [reports, *(reports["baselines"][name] for name in baselines)]
    return [
        (one.title, one.said(vars(called)), [_figure(side, one.name) for side in sides]) for one in METRICS.values()
    ]


def lead_rows(baselines: dict[str, Any]) -> list[tuple[str, str]]:
    """The model's lead over each baseline, paired on the same records."""
    leads = {name: one[f"{RANKED_BY}_lead_of_model"] for name, one in baselines.items()}
    return [
        (name, words.signed(lead["value"], lead["interval"], method=lead.get("method", BOOTSTRAP)))
        for name, lead in leads.items()
    ]


def ungradable_rows(ungradable: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Figures without the ungradable records, and with them as negative ones."""
    without, with_them = ungradable["excluded"], ungradable["included"]
    return [
        (one.title, _figure(without, one.name), _figure(with_them, one.name)) for one in shown_in(Place.CARD_UNGRADABLE)
    ]


def slice_rows(slices: list[dict[str, Any]]) -> list[tuple[str, str, int, int, list[str]]]:
    """Each group: grouping, value, number of records, number of positives, and its figures."""
    names = [one.name for one in shown_in(Place.CARD_SLICES)]
    return [
        (
            row["slice"].replace("_", " "),
            row["value"],
            row["records"],
            row["positives"],
            [words.stated(row[name], name) for name in names],
        )
        for row in slices
    ]


def _figure(side: dict[str, Any], name: str) -> str:
    return words.of_side(side, name)
