"""The rows of the table of experiments as HTML, and the columns that it can have."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from assay.overview.columns import MISSING, TEST
from assay.overview.rows import EXPERIMENT, WORKSPACE, Figures, Row
from assay.presentation import words
from assay.statistics.metrics import METRICS, RANKED_BY, Metric, Place, shown_in
from assay.sweep.log import DONE
from assay.text import visible

NAME, STATE, CHANGED, SECONDS, KIND, TIME = "name", "state", "changed", "seconds", "kind", "time"
MOST_PARAMETERS = 40  # columns of their own; all stand under "Changed"
VALUE_SHOWN = 60  # characters of a parameter's value
UNFOLDED = 4  # parameters under "Changed"


@dataclass(frozen=True)
class Column:
    """A column. first: "down" if the best comes first then. interval: whether its cells have one."""

    key: str
    title: str
    shown: bool = True
    first: str = "up"
    interval: bool = False
    about: str = ""


def columns(rows: Sequence[Row], with_test: bool) -> list[Column]:
    """The columns that these rows need; those of single parameters are there and not shown."""
    ranked, *others = _metrics({name for row in rows for name in row.figures.values} | {RANKED_BY}, "")
    test = _metrics({name for row in rows for name in row.test.values}, TEST) if with_test else []
    return [
        Column(NAME, "Name"),
        Column(STATE, "State"),
        ranked,
        Column(CHANGED, "Changed"),
        *others,
        *test,
        Column(SECONDS, "Seconds", about="of the run, where it is known"),
        Column(KIND, "Kind"),
        Column(TIME, "Time", first="down"),
        *(Column(key, key, shown=False) for key in parameters(rows)[:MOST_PARAMETERS]),
    ]


def parameters(rows: Iterable[Row]) -> list[str]:
    """The parameters that any experiment changes, those of most experiments first."""
    counted: dict[str, int] = {}
    for row in rows:
        for key in (row.changes or {}) if row.kind == EXPERIMENT else {}:
            counted[key] = counted.get(key, 0) + 1
    return sorted(counted, key=lambda key: (-counted[key], key))


def address(row: Row) -> str:
    """The name of a row in addresses: its commit, or the workspace; "" where there is neither."""
    return WORKSPACE if row.kind == WORKSPACE else row.sha


def comparable(row: Row) -> bool:
    """Whether it has figures that can be compared: of the workspace, those of a run that has ended."""
    return bool(address(row) and row.figures.values) and (row.kind != WORKSPACE or row.state == DONE)


def ends(figures: Figures, metric: str) -> tuple[float, float] | None:
    """The interval of a figure; None if it has none, or one without ends."""
    low, high = figures.intervals.get(metric, (float("nan"), float("nan")))
    return (low, high) if low == low and high == high else None


def figure(figures: Figures, metric: str) -> str:
    """A figure in words, with its interval if it has one."""
    if metric not in figures.values:
        return "–"
    value, interval = figures.values[metric], ends(figures, metric)
    return words.with_interval(value, interval, metric) if interval else words.number(value, metric)


def _metrics(names: set[str], before: str) -> list[Column]:
    """A column for each metric of these names: first that by which models are ranked, then those of a sweep's table."""
    first = [one.name for one in shown_in(Place.SWEEP)]

    def place(one: Metric) -> tuple[bool, int]:
        return one.name != RANKED_BY, first.index(one.name) if one.name in first else len(first)

    return [
        Column(
            key=before + one.name,
            title=f"Test: {one.phrase}" if before else one.title,
            shown=one.name == RANKED_BY or one.name in first,
            first="up" if one.better == "lower" else "down",
            interval=True,
        )
        for one in sorted((one for one in METRICS.values() if one.name in names), key=place)
    ]


def cells(row: Row, address: str, shown: Sequence[Column]) -> Markup:
    """The cells of a row in the order of the columns.

    Put together as text, each value escaped: a thousand rows of templates within templates would take seconds.
    """
    name, when = _text(row.name), f"{row.time:%Y-%m-%d %H:%M}" if row.time else ""
    linked = f'<a href="{escape(address)}">{name}</a>' if address else name
    made = {
        NAME: f'<th scope="row">{linked}</th>',
        STATE: f'<td class="{escape(row.state)}">{_text(row.state)}{_note(row)}</td>',
        KIND: f'<td><span class="tag">{_text(row.kind)}</span></td>',
        TIME: f'<td class="figure">{when}</td>',
        CHANGED: f'<td class="changed">{_changed(row)}</td>',
        SECONDS: _number(row.seconds),
    }
    return Markup("".join(made[one.key] if one.key in made else _cell(row, one.key) for one in shown))


def changed(said: Sequence[str]) -> Markup:
    """The changes of a row; of many the first ones, the others folded."""
    lines = [f"<code>{_text(one)}</code>" for one in said]
    first, rest = (lines, []) if len(lines) <= UNFOLDED else (lines[: UNFOLDED - 1], lines[UNFOLDED - 1 :])
    folded = [f"<details><summary>{len(rest)} more</summary>{'<br>'.join(rest)}</details>"] if rest else []
    return Markup("<br>".join([*first, *folded]))


def _changed(row: Row) -> str:
    """The changes of a row; a dash if nobody knows them."""
    return changed(row.changed) if row.changed or row.changes is not None else MISSING


def _cell(row: Row, key: str) -> str:
    if key.startswith(TEST):
        return _figure(row.test, key.removeprefix(TEST))
    if key in METRICS:
        return _figure(row.figures, key)
    return f"<td><code>{_value(row.params[key])}</code></td>" if key in row.params else "<td></td>"


def _figure(figures: Figures, metric: str) -> str:
    value, interval = figures.values.get(metric), ends(figures, metric)
    if value is None or value != value:
        return '<td class="figure"></td>'
    number = words.number(value, metric)
    if interval is None:
        return f'<td class="figure" data-v="{value}">{number}</td>'
    low, high = (words.number(bound, metric) for bound in interval)
    data = f'data-v="{value}" data-low="{interval[0]}" data-high="{interval[1]}"'
    return f'<td class="figure" {data}>{number} <span class="ci">[{low}, {high}]</span></td>'


def _number(value: float | None) -> str:
    return "<td></td>" if value is None else f'<td class="figure" data-v="{value}">{value:.1f}</td>'


def _note(row: Row) -> str:
    """The note on a state; of a branch or tag it is the subject of the commit, which stands on its page."""
    return f'<br><span class="muted">{_text(row.note)}</span>' if row.note and row.state != DONE else ""


def _value(value: Any) -> str:
    text = "–" if value is None else str(value)
    return _text(text if len(text) <= VALUE_SHOWN else f"{text[: VALUE_SHOWN - 1]}…")


def _text(value: Any) -> str:
    return str(escape(visible(value)))
