"""The replay as a table for a terminal and as a page that needs no network."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from assay.config.words import Words
from assay.monitoring.decision import Action
from assay.presentation import words
from assay.presentation.markdown import Markdown
from assay.presentation.markdown import table as table_of
from assay.presentation.pages import data_uri, environment
from assay.profile.drift import ChangePoint
from assay.replay.figures import pictures
from assay.replay.months import Timeline
from assay.replay.outcome import SHOWN, Runs
from assay.replay.simulation import Month, Retraining
from assay.statistics.metrics import METRICS

if TYPE_CHECKING:
    from assay.config.schema import Replay

HEAD = ("policy", *(METRICS[name].title for name in SHOWN), "retrainings", "promoted")
PAIRS = ("difference", *(METRICS[name].title for name in SHOWN))
LOG = ("month", "records", "model learned until", "threshold", "decision", "why", "retraining at its end")
NOTHING = "–"


def rows(found: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """A row for each policy, with the columns of `HEAD`; found: the content of reports/replay.json."""
    return [
        (name, *(_figure(one[metric], metric) for metric in SHOWN), str(one["retrainings"]), str(one["promoted"]))
        for name, one in found["policies"].items()
    ]


def pairs(found: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """A row for each two policies, with the columns of `PAIRS`."""
    return [
        (name.replace("_", " "), *(_signed(one[metric], metric) for metric in SHOWN))
        for name, one in found["differences"].items()
    ]


def as_markdown(found: Mapping[str, Any]) -> Markdown:
    """Both tables for a terminal."""
    return Markdown("\n\n").join([table_of(HEAD, rows(found)), table_of(PAIRS, pairs(found))])


def render(
    found: Mapping[str, Any],
    time: Timeline,
    runs: Runs,
    table: pd.DataFrame,
    changes: Mapping[str, ChangePoint],
    config: "Replay",
    called: Words,
) -> str:
    """The page as HTML, with figures and styles included."""
    drawn = pictures(table, changes, SHOWN)
    return (
        environment("assay.replay")
        .get_template("replay.html.j2")
        .render(
            found=found,
            called=called,
            first=time.names[: time.window + 1],
            replayed=list(table["month"]),
            config=config,
            head=HEAD,
            rows=rows(found),
            pairs_head=PAIRS,
            pairs=pairs(found),
            figures=[(METRICS[name].title, data_uri(picture)) for name, picture in drawn.items()],
            changes=sorted((one.day, name, one) for name, one in changes.items()),
            log_head=LOG,
            logs={name: [_logged(time, one) for one in run] for name, run in runs.items()},
        )
    )


def _logged(time: Timeline, one: Month) -> tuple[str, ...]:
    decision = one.decision
    return (
        time.names[one.month],
        str(len(one.scores)),
        time.names[one.learned_until],
        f"{one.threshold:.4f}",
        decision.action,
        "; ".join(decision.reasons) or (NOTHING if decision.action == Action.FINE else ""),
        "; ".join(_retrained(time, one.retraining)),
    )


def _retrained(time: Timeline, one: Retraining | None) -> Iterator[str]:
    if one is None:
        yield NOTHING
    else:
        yield f"learned until {time.names[one.until]}: {'promoted' if one.promoted else 'refused'}"
        yield from one.failed


def _figure(one: Mapping[str, Any], metric: str) -> str:
    return words.with_interval(*_bounded(one), metric)


def _signed(one: Mapping[str, Any], metric: str) -> str:
    return words.signed(*_bounded(one), metric)


def _bounded(one: Mapping[str, Any]) -> tuple[float, tuple[float, float]]:
    """The value and its interval; NaN for a bound that JSON cannot hold."""
    low, high = (float("nan") if bound is None else bound for bound in one["interval"])
    return one["value"], (low, high)
