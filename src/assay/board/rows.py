"""The rows of the table of experiments as HTML, and the columns that it can have."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape

from assay.presentation import words
from assay.statistics.metrics import METRICS, RANKED_BY, Metric, Place, shown_in
from assay.text import visible

FIXED = {"name": "Name", "state": "State", "kind": "Kind", "when": "When", "changed": "Changed"}
SECONDS, TEST = "seconds", "test."
MOST_PARAMETERS = 60  # columns of their own; all stand under "Changed"
VALUE_SHOWN = 60  # characters of a parameter's value
UNFOLDED = 4  # parameters under "Changed"


@dataclass(frozen=True)
class Figure:
    """A figure and its interval; None where it is not known."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Row:
    """An experiment, branch or tag. rev: by which its page is found; "" if there is none yet, as of a queued one.

    group: the commit that it starts from, in words; base: its hash. changed: key to (baseline's value, own value). figures: out of
    fold, by metric. test: of the test fold. seconds: what its run took, if that is known.
    """

    name: str
    rev: str
    kind: str
    state: str
    group: str
    when: str
    base: str = ""
    changed: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    test: Mapping[str, Figure] = field(default_factory=dict)
    seconds: float | None = None
    error: str = ""

    @property
    def comparable(self) -> bool:
        """Whether it has figures that can be compared."""
        return bool(self.rev and self.figures)


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
    found = [Column(key, title, first="down" if key == "when" else "up") for key, title in FIXED.items()]
    first = [one.name for one in shown_in(Place.SWEEP)]
    out_of_fold = {name for row in rows for name in row.figures}
    found += [_metric(one, one.name, "", one.name in first) for one in _ordered(out_of_fold, first)]
    if with_test:
        test = {name for row in rows for name in row.test}
        found += [_metric(one, TEST + one.name, "Test: ", one.name in first) for one in _ordered(test, first)]
    found.append(Column(SECONDS, "Seconds", about="of the run, where it is known"))
    return found + [Column(key, key, shown=False) for key in parameters(rows)[:MOST_PARAMETERS]]


def parameters(rows: Iterable[Row]) -> list[str]:
    """The parameters that any row changes, those of most rows first."""
    counted: dict[str, int] = {}
    for row in rows:
        for key in row.changed:
            counted[key] = counted.get(key, 0) + 1
    return sorted(counted, key=lambda key: (-counted[key], key))


def _ordered(names: set[str], first: list[str]) -> list[Metric]:
    known = [one for one in METRICS.values() if one.name in names]
    return sorted(known, key=lambda one: (one.name != RANKED_BY, first.index(one.name) if one.name in first else len(first)))


def _metric(one: Metric, key: str, before: str, shown: bool) -> Column:
    way = "up" if one.better == "lower" else "down"
    return Column(key, before + (one.title if not before else one.phrase), shown, way, True)


def cells(row: Row, address: str, asked: Sequence[Column]) -> Markup:
    """The cells of a row in the order of the columns.

    Put together as text, each value escaped: a thousand rows of templates within templates would take seconds.
    """
    name = _text(row.name)
    linked = f'<a href="{escape(address)}">{name}</a>' if address else name
    made = {
        "name": f'<th scope="row" data-v="{name}">{linked}</th>',
        "state": f'<td class="{escape(row.state)}">{_text(row.state)}{_why(row.error)}</td>',
        "kind": f'<td><span class="tag">{_text(row.kind)}</span></td>',
        "when": f'<td class="figure" data-v="{_text(row.when)}">{_text(row.when[:16].replace("T", " "))}</td>',
        "changed": f'<td class="changed">{changed(row.changed)}</td>',
        SECONDS: _number(row.seconds),
    }
    return Markup("".join(made[one.key] if one.key in made else _cell(row, one.key) for one in asked))


def changed(values: Mapping[str, tuple[Any, Any]]) -> Markup:
    """The parameters that a row changes, each with its own value; of many the first ones, the others folded."""
    pairs = [f"<code>{_text(key)}={_value(after)}</code>" for key, (_, after) in values.items()]
    first, rest = (pairs, []) if len(pairs) <= UNFOLDED else (pairs[: UNFOLDED - 1], pairs[UNFOLDED - 1 :])
    folded = [f"<details><summary>{len(rest)} more</summary>{'<br>'.join(rest)}</details>"] if rest else []
    return Markup("<br>".join([*first, *folded]))


def _cell(row: Row, key: str) -> str:
    if key.startswith(TEST):
        return _figure(row.test.get(key.removeprefix(TEST)), key.removeprefix(TEST))
    if key in METRICS:
        return _figure(row.figures.get(key), key)
    return f"<td><code>{_value(row.changed[key][1])}</code></td>" if key in row.changed else "<td></td>"


def _figure(one: Figure | None, metric: str) -> str:
    if one is None:
        return '<td class="figure"></td>'
    value = f'<td class="figure" data-v="{one.value}"'
    if one.low is None or one.high is None:
        return f"{value}>{words.number(one.value, metric)}</td>"
    low, high = (words.number(bound, metric) for bound in (one.low, one.high))
    ends = f'data-low="{one.low}" data-high="{one.high}"'
    return f'{value} {ends}>{words.number(one.value, metric)} <span class="ci">[{low}, {high}]</span></td>'


def _number(value: float | None) -> str:
    return "<td></td>" if value is None else f'<td class="figure" data-v="{value}">{value:.1f}</td>'


def _why(error: str) -> str:
    return f'<br><span class="muted">{_text(error)}</span>' if error else ""


def _value(value: Any) -> str:
    text = "–" if value is None else str(value)
    return _text(text if len(text) <= VALUE_SHOWN else f"{text[: VALUE_SHOWN - 1]}…")


def _text(value: Any) -> str:
    return str(escape(visible(value)))
