"""A decision for people: the page that git shows for its folder, and its picture."""

import matplotlib
import numpy as np
from matplotlib.axes import Axes

from assay.choose.decision import Record
from assay.choose.rule import RULE, Judged
from assay.compare.paired import BETTER
from assay.presentation import words
from assay.presentation.markdown import Markdown, table
from assay.presentation.style import ALERT_COLOUR, INK, MODEL_COLOUR, MUTED, STYLE, labelled, svg
from assay.statistics.metrics import RANKED_BY
from assay.text import visible

DIGITS = 4
LONGEST_NAME = 36  # characters of a name in the picture; the table has it whole
ROW, WIDTH, HEAD = 0.26, 7.2, 1.1  # inches


def as_markdown(record: Record, picture_name: str) -> Markdown:
    """The page: what was decided, the table, the rule, and what it was decided on."""
    parts = [
        Markdown("# Choice of the model: {}").format(record.decision.chosen.name),
        sentence(record),
        Markdown("![Each candidate behind the best]({})").format(picture_name),
        candidates_table(record),
        Markdown("**Rule**, fixed in the code before anything was scored: {}").format(RULE),
        Markdown(
            "Each figure is out of fold, averaged over seeds; intervals are of {:.0%} confidence, on {:,} records of "
            "train and validation, {:,} of them positive. The best of {} owes about {} of its figure to being the best "
            "of so many. The test fold was not read."
        ).format(
            record.confidence,
            record.basis["records"],
            record.basis["positives"],
            len(record.candidates),
            f"{max(record.decision.optimism, 0):.{DIGITS}f}",
        ),
        Markdown("Decided on, by hash: [decision.json](decision.json)."),
    ]
    return Markdown("\n\n").join(parts) + Markdown("\n")


def sentence(record: Record) -> Markdown:
    """The decision, and whether it is distinguishable from the incumbent."""
    decision, chosen = record.decision, record.decision.chosen
    if chosen is decision.incumbent:
        better = [one for one in decision.candidates if one.verdict(record.confidence) == BETTER]
        nothing = "" if better else " No candidate is distinguishably better."
        if decision.best is decision.incumbent:
            return Markdown("The incumbent stays: no other has a higher average precision.{}").format(nothing)
        return Markdown("The incumbent stays: it is as good as the best, {}.{}").format(decision.best.name, nothing)
    gain = words.signed(chosen.gain.value, chosen.gain.interval(record.confidence), RANKED_BY)
    return Markdown("{} in place of the incumbent: average precision {}, {}.").format(
        chosen.name, gain, chosen.verdict(record.confidence)
    )


def candidates_table(record: Record) -> Markdown:
    """A row for each candidate, the best first."""
    ranked = sorted(record.decision.candidates, key=lambda one: -one.found.value)
    head = ["candidate", "group", "average precision", "over seeds", "behind the best", "its standard error", ""]
    return table(head, [_row(one, record) for one in ranked])


def _row(one: Judged, record: Record) -> list[str]:
    seeds = record.by_seed[one.name]
    spread = f"{min(seeds):.{DIGITS}f} to {max(seeds):.{DIGITS}f}" if len(seeds) > 1 else "–"
    notes = [
        "best" if one is record.decision.best else "as good" if one.as_good else "",
        "chosen" if one is record.decision.chosen else "",
    ]
    low, high = one.found.interval(record.confidence)
    return [
        one.name,
        record.groups[one.group],
        f"{one.found.value:.{DIGITS}f} [{low:.3f}, {high:.3f}]",
        spread,
        f"{one.behind.value:.{DIGITS}f}",
        f"{one.error:.{DIGITS}f}",
        ", ".join(filter(None, notes)),
    ]


def picture(record: Record) -> str:
    """How far each candidate is behind the best, with one standard error and the interval, as SVG."""
    ranked = sorted(record.decision.candidates, key=lambda one: one.found.value)
    with matplotlib.rc_context({**STYLE, "ytick.color": INK}):
        return svg((WIDTH, HEAD + ROW * len(ranked)), lambda ax: _draw(ax, ranked, record))


def _draw(ax: Axes, ranked: list[Judged], record: Record) -> None:
    edge = _edge([one.behind.value for one in ranked])
    for place, one in enumerate(ranked):
        colour = ALERT_COLOUR if one is record.decision.chosen else MODEL_COLOUR if one.as_good else MUTED
        ax.text(0, place, _shortened(visible(one.name)), transform=ax.get_yaxis_transform(), va="center", color=colour)
        if one.behind.value > edge:
            ax.text(-edge, place, f"◂ {-one.behind.value:.3f}", va="center", color=colour)
            continue
        ends = [-bound for bound in one.behind.interval(record.confidence)]
        near = [-one.behind.value - one.error, -one.behind.value + one.error]
        for bounds, width in ((ends, 1), (near, 4)):
            ax.plot(np.maximum(bounds, -edge), [place, place], color=colour, linewidth=width)
        ax.plot(-one.behind.value, place, "o", color=colour, markersize=5, gid=f"candidate-{place}")
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_yticks([])
    ax.grid(visible=False, axis="y")
    ax.spines["left"].set_visible(False)
    labelled(ax, "Average precision out of fold, behind the best", "thick: one standard error; thin: interval", "")
    ax.set(xlim=(-2 * edge, edge / 2), ylim=(-0.7, len(ranked) - 0.3))
    ax.set_xticks([tick for tick in ax.get_xticks() if -edge <= tick <= edge / 2])


def _shortened(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _edge(behind: list[float]) -> float:
    """The distance beyond which a candidate is not drawn to scale."""
    near = sorted(behind)[: max(2, len(behind) * 3 // 4)]
    return max(2 * near[-1], 0.005)
