"""The data card: the source of the records, their content, the changes made to them, and their limits.

Headings after Gebru et al., "Datasheets for Datasets" (CACM 2021), and Pushkarna et al., "Data Cards" (FAccT 2022).
"""

from operator import itemgetter
from typing import Any

from assay.cards.columns import found, telling
from assay.cards.facts import Facts, code_rows, fold_rows, limits, span
from assay.cards.markdown import render
from assay.config.dataset import personal_columns
from assay.config.source import in_words, sources
from assay.config.words import complete
from assay.paths import PREDICTIONS
from assay.presentation.truncation import shown
from assay.presentation.words import with_interval
from assay.profile.scorecard import DIMENSIONS
from assay.records.columns import CODE, UNGRADABLE


def data_card(facts: Facts) -> str:
    """The card in Markdown."""
    called, dataset = complete(facts.config.dataset.words), facts.config.dataset
    told = telling(map(str, facts.records), [one["column"] for one in facts.reports["profile"]], dataset)
    rules = shown([rule for rule in facts.reports["cleaning"]["rules"] if rule["count"]], itemgetter("count"))
    return render(
        "data_card.md.j2",
        called=called,
        config=facts.config,
        sources=sources(facts.config.dataset.source),
        dialect=in_words(facts.config.dataset.source.dialect),
        hashes={
            path: md5 for path, md5 in facts.hashes.items() if path.startswith("data/") and path != str(PREDICTIONS)
        },
        cleaning=facts.reports["cleaning"],
        annotation=facts.reports["annotation"],
        dimensions=DIMENSIONS,
        quality=facts.reports["quality"],
        sample=facts.reports["sampling"]["sample"],
        unlike=unlike(facts.reports["sampling"]["sample"]),
        columns=found(facts.records, told.rows, facts.inside, dataset),
        columns_rest=told.rest,
        rules=rules,
        dropped=personal_columns(facts.config.dataset),
        folds=fold_rows(facts.folds),
        purged=facts.split["purged"],
        codes=code_rows(facts.labels, facts.config, called),
        alpha=agreement(facts.reports["annotation"]["agreement"]["krippendorff_alpha"]),
        doubtful=int(facts.labels[CODE].str.contains("|", regex=False).sum()),
        ungradable=UNGRADABLE,
        span=span(facts.records),
        limits=limits(facts),
    )


def unlike(sample: dict[str, Any] | None) -> list[str]:
    """The columns in which a sample does not represent its source."""
    return [name for name, one in sample["columns"].items() if not one["representative"]] if sample else []


def agreement(alpha: dict[str, Any] | None) -> str:
    """Krippendorff's alpha with its interval, or "" if no two annotators decided on the same record."""
    return with_interval(alpha["value"], alpha["interval"]) if alpha else ""
