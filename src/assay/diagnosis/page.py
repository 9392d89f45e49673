"""A diagnosis for people: a ranked table, the evidence of each cause, and a picture of the possible gains."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes

from assay.diagnosis.command import Diagnosis, as_json
from assay.diagnosis.finding import CONFIDENCE, Finding, Gain, Table, Verdict
from assay.files import replacing, write_json, write_text
from assay.presentation import words
from assay.presentation.markdown import Markdown, code, table
from assay.presentation.style import ALERT_COLOUR, INK, MODEL_COLOUR, MUTED, STYLE, labelled, svg

PAGE, DATA, PICTURE = "README.md", "diagnosis.json", "gains.svg"
ROW, WIDTH, HEAD = 0.34, 7.2, 1.1  # inches
MARGINS = (1.9, 0.5, 0.15, 0.35)  # inches: left, for the names of the causes; bottom, right, top
COLOURS = {Verdict.HOLDS: ALERT_COLOUR, Verdict.UNDECIDED: MODEL_COLOUR}


def write(found: Diagnosis, folder: Path) -> None:
    """Write page, picture and data into the folder, whole or not at all."""
    with replacing(folder) as scratch:
        scratch.mkdir()
        write_text(scratch / PAGE, as_page(found))
        write_text(scratch / PICTURE, picture(found))
        write_json(scratch / DATA, as_json(found), sort_keys=False)


def as_markdown(found: Diagnosis) -> Markdown:
    """The output for the terminal: the table, and what to do."""
    rows = [(one.cause, one.verdict.value, _gain(one.gain), one.measured) for one in found.findings]
    head = ("cause", "verdict", "possible gain", "measured")
    return Markdown("\n\n").join([_introduction(found), table(head, rows), *_todos(found.findings)])


def as_page(found: Diagnosis) -> Markdown:
    """The same with the evidence in detail."""
    parts = [Markdown("# What holds the model back?"), as_markdown(found)]
    parts.append(Markdown("![Possible gain in average precision by cause]({})").format(PICTURE))
    for one in found.findings:
        parts += [_detail(each) for each in one.tables]
    return Markdown("\n\n").join(parts) + "\n"


def _introduction(found: Diagnosis) -> Markdown:
    evidence = found.evidence
    figure = words.with_interval(evidence.found.value, evidence.found.interval(CONFIDENCE))
    said = (
        "{} on {} records of train and validation, {} of them positive: average precision {} out of fold; "
        "{} positives missed, {} false alarms. A gain below {} counts as none."
    )
    return Markdown(said).format(
        Markdown("**{}**").format(evidence.subject.model["name"]),
        len(evidence.y),
        evidence.y.sum(),
        figure,
        evidence.missed.sum(),
        evidence.false_alarms.sum(),
        f"{evidence.worth:g}",
    )


def _todos(findings: Sequence[Finding]) -> list[Markdown]:
    listed = [_todo(one) for one in findings if one.verdict is not Verdict.DOES_NOT]
    return [Markdown("To do, the most urgent first:"), Markdown("\n").join(listed)] if listed else []


def _todo(one: Finding) -> Markdown:
    commands = Markdown(" {}").format(code(one.commands)) if one.commands else ""
    return Markdown("- {}: {}{}").format(one.cause, one.todo, commands)


def _gain(gain: Gain | None) -> str:
    return "–" if gain is None else f"{'at most ' if gain.at_most else ''}{gain}"


def _detail(one: Table) -> Markdown:
    return Markdown("## {}\n\n{}").format(one.title, table(one.head, one.rows))


def picture(found: Diagnosis) -> str:
    """The possible gain of each cause with its interval, as SVG; the line is the least gain that is worth the work."""
    measured = [one for one in reversed(found.findings) if one.gain]
    with matplotlib.rc_context({**STYLE, "ytick.color": INK}):
        size = (WIDTH, HEAD + ROW * len(measured))
        return svg(size, lambda ax: _draw(ax, measured, found.evidence.worth), MARGINS)


def _draw(ax: Axes, measured: Sequence[Finding], worth: float) -> None:
    for place, one in enumerate(measured):
        assert one.gain
        colour = COLOURS.get(one.verdict, MUTED)
        ax.plot([one.gain.low, one.gain.high], [place, place], color=colour, gid=f"interval-{place}")
        marker = "<" if one.gain.at_most else "o"
        ax.plot(one.gain.value, place, marker, color=colour, markersize=6, gid=f"gain-{place}")
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.axvline(worth, color=MUTED, linewidth=1, linestyle="--", gid="line-worth")
    ax.set_yticks(range(len(measured)), [one.cause for one in measured])
    ax.set_ylim(-0.7, len(measured) - 0.3)
    ax.grid(visible=False, axis="y")
    labelled(ax, "Possible gain in average precision", "◂ at most; dashed: worth the work", "")
