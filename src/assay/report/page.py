"""The report: one page that needs nothing but a browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import pandas as pd
import yaml

from assay.config.words import Words, complete
from assay.evaluation.assess import Assessment
from assay.evaluation.criteria import Judged, criterion_title, verdict
from assay.paths import MODEL_KEY
from assay.presentation import words
from assay.presentation.pages import data_uri, environment
from assay.presentation.truncation import shown
from assay.report.reasons import Worst
from assay.statistics.bootstrap import Estimates
from assay.statistics.edges import BOOTSTRAP
from assay.statistics.metrics import METRICS, Place, shown_in


@dataclass(frozen=True)
class Provenance:
    """The origin of the results: logs of cleaning and annotation, what the split purged, audit, bundle, and so on."""

    cleaning: dict[str, Any]
    annotation: dict[str, Any]
    purged: dict[str, Any]
    audit: list[dict[str, Any]]
    bundle: dict[str, Any]
    hashes: dict[str, str]
    configuration: dict[str, Any]


def render(
    assessment: Assessment,
    worst: Worst,
    figures: dict[str, str],
    months: tuple[pd.DataFrame, pd.DataFrame],
    provenance: Provenance,
    confidence: float,
) -> str:
    """The page as HTML, with figures and styles included; months: both tables of `assay.evaluation.over_time`."""
    called = complete(provenance.bundle["config"]["dataset"].get("words"))
    return (
        environment("assay.report")
        .get_template("report.html.j2")
        .render(
            verdict=verdict(assessment.findings),
            called=called,
            claim=_claim(assessment, called),
            accuracy=_accuracy(assessment, called),
            warnings=words.audit_says(provenance.audit, "warning"),
            findings=[finding_row(finding) for finding in assessment.findings],
            models=[MODEL_KEY, *assessment.baselines],
            metrics=_metric_rows(assessment, called, confidence),
            ungradable=_ungradable_rows(assessment, confidence),
            ungradable_count=assessment.ungradable,
            size=len(assessment.scored[MODEL_KEY].y),
            positives=int(assessment.scored[MODEL_KEY].y.sum()),
            slices=[_slice_row(row) for row in assessment.slices],
            slice_metrics=[one.title for one in shown_in(Place.SLICES)],
            figures=_captioned(words.FIGURES, figures, called),
            over_time=_captioned(words.OVER_TIME, figures, called),
            month_features=list(dict.fromkeys(months[1]["feature"])),
            months=_month_rows(*months),
            worst=worst,
            reasons=[(one, data_uri(figures[name])) for name, one in worst.pictured.items()],
            confidence=f"{confidence:.0%}",
            provenance=provenance,
            rules=shown(provenance.cleaning["rules"], itemgetter("count")),
            configuration=_configuration(provenance.configuration),
        )
    )


def _configuration(configuration: Mapping[str, Any]) -> str:
    """As YAML; of very many columns the first ones, and how many more there are."""
    dataset, columns = configuration["dataset"], configuration["dataset"].get("columns", {})
    told = shown([*columns])
    text = yaml.safe_dump(
        {**configuration, "dataset": {**dataset, "columns": {name: columns[name] for name in told.rows}}}
        if told.rest
        else {**configuration},
        sort_keys=False,
    )
    return text + f"# {told.rest} more columns are in params.yaml\n" * bool(told.rest)


def _captioned(captions: Mapping[str, str], drawn: Mapping[str, str], called: Words) -> list[tuple[str, str, str]]:
    """Name, caption and picture of each figure that was drawn."""
    return [(name, words.caption(captions[name], called), data_uri(drawn[name])) for name in captions if name in drawn]


def _claim(assessment: Assessment, called: Words) -> str:
    model = assessment.model
    recall, precision, alerts = (model[name].value for name in ("recall", "precision", "alerts_per_1000"))
    return words.claim(recall, precision, alerts, assessment.scored[MODEL_KEY].prevalence, called)


def _accuracy(assessment: Assessment, called: Words) -> str:
    negatives = 1 - assessment.scored[MODEL_KEY].prevalence
    return words.accuracy_misleads(assessment.model["accuracy"].value, negatives, called)


def finding_row(finding: Judged) -> tuple[str, ...]:
    """A row: criterion, required value, found value, verdict, and whether the interval settles it."""
    title = criterion_title(finding.criterion)
    metric = finding.criterion.split()[0]
    figure = words.with_interval(finding.value, finding.interval, metric, finding.method)
    settled = "yes" if finding.settled else f"no: {_unsettled(finding)}"
    return title, finding.asked, figure, finding.verdict, settled


def _unsettled(finding: Judged) -> str:
    if finding.method != BOOTSTRAP:
        return "too few cases are of one kind"
    return "the interval includes the bound" if finding.has_width else "the interval has no width"


def _metric_rows(assessment: Assessment, called: Words, confidence: float) -> list[tuple[str, str, list[str]]]:
    columns = [assessment.model, *assessment.baselines.values()]
    return [
        (one.title, one.said(vars(called)), [_figure(column, one.name, confidence) for column in columns])
        for one in METRICS.values()
    ]


def _ungradable_rows(assessment: Assessment, confidence: float) -> list[tuple[str, str, str]]:
    return [
        (
            one.title,
            _figure(assessment.model, one.name, confidence),
            _figure(assessment.with_ungradable, one.name, confidence),
        )
        for one in METRICS.values()
    ]


def _slice_row(row: dict[str, Any]) -> tuple[str, str, int, int, list[str]]:
    names = [one.name for one in shown_in(Place.SLICES)]
    figures = [words.stated(row[name], name) for name in names]
    return row["slice"].replace("_", " "), row["value"], row["records"], row["positives"], figures


def _month_rows(months: pd.DataFrame, data: pd.DataFrame) -> list[tuple[str, str, int, int, list[str]]]:
    """A row: month, fold, records, positives; recall, precision, alerts; of each feature median and missing share."""
    rows = []
    for row in months.to_dict("records"):
        figures = [
            words.with_interval(row[name], (row[f"{name}_low"], row[f"{name}_high"]), name)
            for name in ("recall", "precision", "alerts_per_1000")
        ]
        found = data[data["month"] == row["month"]]
        values = [f"{one.median:.4g} ({one.missing:.0%})" for one in found.itertuples()]
        rows.append((row["month"], row["fold"], row["records"], row["positives"], [*figures, *values]))
    return rows


def _figure(estimates: Estimates, name: str, confidence: float) -> str:
    one = estimates[name]
    return words.with_interval(one.value, one.interval(confidence), name, one.method)
