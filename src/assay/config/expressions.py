"""The expressions of a contract, checked against its columns; `assay.contract.expressions` evaluates them on records.

`assay.config.grammar` says what an expression may contain. Here the kinds of the operands are checked: a number is
compared with numbers, a date with dates. So an expression that passes cannot fail on records.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches

from assay.config.grammar import (
    AMONG,
    COMPARISONS,
    LOGIC,
    METHODS,
    ORDER,
    ColumnName,
    Constant,
    Node,
    Operation,
    Refused,
    parse,
)

NUMBER, TEXT, CONDITION, DAY = "number", "text", "condition", "date"
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?)?")


def fault(text: str, kinds: Mapping[str, str], key: str) -> str | None:
    """The fault of the expression at `key`, in one sentence; None if it is a valid condition on records.

    kinds: the kind of each column: number, text, condition or date.
    """
    try:
        condition(text, kinds)
    except Refused as refused:
        return refusal(text, key, refused)
    return None


def refusal(text: str, key: str, refused: Refused) -> str:
    """The fault and its place, in one sentence."""
    return f"{key}: {refused.what} at character {refused.at + 1} of {_excerpt(text, refused.at)}"


def condition(text: str, kinds: Mapping[str, str]) -> Node:
    """The checked expression; Refused if it is outside the grammar, or is no condition on records."""
    kind, node = _checked(parse(text), kinds)
    if kind != CONDITION or not _has_column(node):
        raise Refused("no condition on records (compare columns: age > 50)", 0)
    return node


def _has_column(node: Node) -> bool:
    if isinstance(node, Operation):
        return any(map(_has_column, node.operands))
    return isinstance(node, ColumnName)


def _checked(node: Node, kinds: Mapping[str, str]) -> tuple[str, Node]:
    """The kind of a node, and the node itself. A text that is compared with a date becomes a date."""
    if isinstance(node, ColumnName):
        return _kind_of(node, kinds), node
    if isinstance(node, Constant):
        return _kind_of_value(node.value), node
    of, operands = zip(*(_checked(one, kinds) for one in node.operands), strict=True)
    if node.name in METHODS:
        _require_column(node)
        return CONDITION, node
    if node.name in AMONG.values():
        _require_column(node.operands[0])
    if node.name in COMPARISONS.values():
        of, operands = _with_dates(of, operands)
    wanted, result = _signature(node.name, of[0])
    for kind, operand in zip(of, operands, strict=True):
        if kind not in wanted:
            raise Refused(f"{node.name!r} takes {' or '.join(wanted)}, not a {kind}", operand.at)
    return result, replace(node, operands=operands)


def _signature(name: str, first: str) -> tuple[tuple[str, ...], str]:
    """The kinds that an operation takes when its first operand is of kind `first`, and the kind of its result."""
    if name in ("not", *LOGIC.values()):
        return (CONDITION,), CONDITION
    if name in ORDER.values():
        return ((NUMBER, TEXT, DAY) if first == CONDITION else (first,)), CONDITION
    if name in COMPARISONS.values():
        return (first,), CONDITION
    return (NUMBER,), NUMBER


def _kind_of(column: ColumnName, kinds: Mapping[str, str]) -> str:
    if kind := kinds.get(column.name):
        return kind
    alike = get_close_matches(column.name, kinds, 1)
    raise Refused(f"no column {column.name[:60]!r}" + (f" (meant: {alike[0]}?)" if alike else ""), column.at)


def _kind_of_value(value: object) -> str:
    if isinstance(value, datetime):
        return DAY
    return CONDITION if isinstance(value, bool) else NUMBER if isinstance(value, float) else TEXT


def _require_column(node: Node) -> None:
    if not _has_column(node):
        raise Refused("no column stands here", node.at)


def _with_dates(kinds: Sequence[str], operands: Sequence[Node]) -> tuple[tuple[str, ...], tuple[Node, ...]]:
    """The kinds and operands of a comparison. If one is a date, the constants become dates."""
    if DAY not in kinds:
        return tuple(kinds), tuple(operands)
    dated = tuple(_dated(one) if isinstance(one, Constant) else one for one in operands)
    return tuple(DAY if isinstance(one, Constant) else kind for kind, one in zip(kinds, dated, strict=True)), dated


def _dated(constant: Constant) -> Constant:
    text = str(constant.value)
    try:
        if ISO_DAY.fullmatch(text):
            return replace(constant, value=datetime.fromisoformat(text))
    except ValueError:
        pass
    raise Refused(f"{text[:40]!r} is no date like 1986-01-31", constant.at)


def _excerpt(text: str, at: int, around: int = 60) -> str:
    """The text near a character, on one line and with escapes for control characters."""
    start, end = max(0, at - around), at + around
    return f"{'...' * (start > 0)}{text[start:end]!r}{'...' * (end < len(text))}"
