"""The grammar of a contract's expressions. A text that uses more than `ALLOWED` names is refused.

Python's own parser reads the text, and a new tree is built from it. Nothing is ever run as Python.
"""

import ast
import math
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from keyword import iskeyword

MAX_LENGTH, MAX_DEPTH = 4_000, 50  # characters; operations within operations
ALLOWED = (
    "an expression may use column names (in `backticks` where they hold spaces), numbers, 'texts', True and False, "
    "+ - * / // % **, abs(...), < <= > >= == !=, in and not in with a [list] of values, and, or, not, "
    ".isna() and .notna()"
)
ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**"}
EQUAL = {ast.Eq: "==", ast.NotEq: "!="}
ORDER = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
AMONG = {ast.In: "in", ast.NotIn: "not in"}
COMPARISONS = {**EQUAL, **ORDER, **AMONG}
LOGIC = {ast.And: "and", ast.Or: "or"}
UNARY = {ast.USub: "negative", ast.UAdd: "positive", ast.Not: "not"}
METHODS = ("isna", "notna")
ABSOLUTE = "abs"
INSTEAD = {"&": "and", "|": "or", "~": "not", "=": "=="}  # as pandas writes them, with traps in their precedence
# A text, a quoted name, or a single character.
TOKEN = re.compile(r"""'(?:[^'\\]|\\.)*' | "(?:[^"\\]|\\.)*" | `(?:[^`]|``)+` | .""", re.VERBOSE | re.DOTALL)
# How to call what is refused, by Python's name for it.
NAMES = {
    "Call": "a call other than abs(...), .isna() and .notna()",
    "Subscript": "[...] on a value",
    "Lambda": "a function",
    "NamedExpr": "an assignment",
    "IfExp": "if ... else",
    "JoinedStr": "a text with placeholders",
    "Constant": "this value",
    "List": "a list without in",
    "Tuple": "a list without in",
    "BinOp": "this sign",
    "UnaryOp": "this sign",
}


class Refused(Exception):  # noqa: N818 - it is an answer, and reaches nobody as an error
    """The fault of an expression, and its place: a character, from 0."""

    def __init__(self, what: str, at: int) -> None:
        super().__init__(what)
        self.what, self.at = what, at


@dataclass(frozen=True)
class ColumnName:
    """The values of a column."""

    name: str
    at: int


@dataclass(frozen=True)
class Constant:
    """A number (as float), a text, a truth value or, beside dates, a date."""

    value: float | str | bool | datetime
    at: int


@dataclass(frozen=True)
class Operation:
    """An operation of the grammar by its sign or name, and its operands.

    The operands of "in" and "not in" are the value to look for, then the constants of the list.
    """

    name: str
    operands: tuple["Node", ...]
    at: int


Node = ColumnName | Constant | Operation


@lru_cache(maxsize=1024)
def parse(text: str) -> Node:
    """The tree of an expression, with names and kinds unchecked; Refused for anything outside the grammar."""
    if len(text) > MAX_LENGTH:
        raise Refused(f"{len(text)} characters are too many, {MAX_LENGTH} the most", MAX_LENGTH)
    blank = re.sub(r"\s", " ", text)  # a text of several lines is one expression
    source, quoted = _unquoted(blank)
    start = len(source) - len(source.lstrip())
    tree = _python(source.strip(), start)
    return _Reader(source.strip(), start, quoted).read(tree)


def names(text: str) -> set[str]:
    """The columns that an expression names; Refused for anything outside the grammar."""

    return {one.name for one in nodes(text) if isinstance(one, ColumnName)}


def numbers(text: str) -> set[float]:
    """The numbers that an expression names; Refused for anything outside the grammar."""
    return {one.value for one in nodes(text) if isinstance(one, Constant) and isinstance(one.value, float)}


def ordered(text: str) -> set[str]:
    """The columns that an expression asks for more or less; Refused for anything outside the grammar.

    >>> ordered("age > 50 and sex == 'F'")
    {'age'}
    """
    ordered = [one for one in nodes(text) if isinstance(one, Operation) and one.name in ORDER.values()]
    return {part.name for one in ordered for part in one.operands if isinstance(part, ColumnName)}


def nodes(text: str) -> list[Node]:
    """All parts of an expression; Refused for anything outside the grammar."""
    found, waiting = list[Node](), [parse(text)]
    while waiting:
        found.append(one := waiting.pop())
        waiting += one.operands if isinstance(one, Operation) else ()
    return found


def quoted(name: str) -> str:
    """A column's name as an expression writes it.

    >>> quoted("hba1c"), quoted("HbA1c (%)"), quoted("in")
    ('hba1c', '`HbA1c (%)`', '`in`')
    """
    plain = name.isascii() and name.isidentifier() and not iskeyword(name)
    return name if plain else f"`{name.replace('`', '``')}`"


def _python(source: str, start: int) -> ast.expr:
    """Python's tree of the expression; Refused if it is too deep."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python warns about expressions that are refused anyway
            tree = ast.parse(source, mode="eval").body
    except SyntaxError as error:
        at = start + max(0, (error.offset or 1) - 1)
        raise Refused(f"no expression ({error.msg})", at) from error
    except (ValueError, MemoryError, RecursionError) as error:
        raise Refused("no expression (too deeply nested, or no text)", start) from error
    waiting: list[tuple[ast.AST, int]] = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise Refused("too deeply nested", start + getattr(node, "col_offset", 0))
        waiting += [(child, depth + 1) for child in ast.iter_child_nodes(node)]
    return tree


def _unquoted(text: str) -> tuple[str, dict[int, str]]:
    """The text with a plain identifier of equal length for each name in backticks, and the names by position."""
    parts, quoted, at = [], {}, 0
    for match in TOKEN.finditer(text):
        token = match[0]
        if token in INSTEAD and not _is_comparison(text, at):
            raise Refused(f"{token!r} is not allowed (write {INSTEAD[token]})", at)
        if token in ("#", "`", "@"):
            raise Refused(f"{token!r} is not allowed", at)
        if token.startswith("`"):
            quoted[at] = token[1:-1].replace("``", "`")
            token = "q" * len(token)
        parts.append(token)
        at += len(match[0])
    return "".join(parts), quoted


def _is_comparison(text: str, at: int) -> bool:
    """Whether the sign is part of one like <= or ==."""
    return text[at] == "=" and ("=" in text[at + 1 : at + 2] or text[at - 1 : at] in tuple("<>!="))


class _Reader:
    """Builds the grammar's tree from Python's."""

    def __init__(self, source: str, start: int, quoted: Mapping[int, str]) -> None:
        self.bytes, self.start, self.quoted = source.encode(), start, quoted

    def read(self, node: ast.expr) -> Node:
        match node:
            case ast.Name():
                return ColumnName(self.quoted.get(self.at(node), self.written(node)), self.at(node))
            case ast.Constant(value=bool() | str() as value):
                return Constant(value, self.at(node))
            case ast.Constant(value=int() | float() as value):
                return Constant(self.number(value, node), self.at(node))
            case ast.BinOp() if type(node.op) in ARITHMETIC:
                return self.operation(ARITHMETIC[type(node.op)], node, node.left, node.right)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return Constant(-self.number(value, node), self.at(node))
            case ast.UnaryOp() if type(node.op) in UNARY:
                return self.operation(UNARY[type(node.op)], node, node.operand)
            case ast.BoolOp():
                return self.operation(LOGIC[type(node.op)], node, *node.values)
            case ast.Compare():
                return self.chain(node)
            case ast.Call(func=ast.Name(id="abs"), args=[_], keywords=[]):
                return self.operation(ABSOLUTE, node, *node.args)
            case ast.Call(func=ast.Attribute(attr=name, value=value), args=[], keywords=[]) if name in METHODS:
                return self.operation(name, node, value)
            case ast.Call(func=ast.Attribute() as what) | (ast.Attribute() as what):
                self.read(what.value)  # what is wrong further left comes first
                raise Refused(f"'.{what.attr[:40]}' is not allowed", self.at(what, what.value.end_col_offset))
        raise Refused(f"{NAMES.get(type(node).__name__, 'what stands here')} is not allowed", self.at(node))

    def chain(self, node: ast.Compare) -> Node:
        """a < b < c as (a < b) and (b < c)."""
        middle = node.comparators[:-1]
        left: Sequence[ast.expr] = [node.left, *middle]
        # The middle is read twice: chains within chains would double at each level.
        if any(isinstance(inner, ast.Compare) for one in middle for inner in ast.walk(one)):
            raise Refused("a comparison in the middle of a chain is not allowed", self.at(node))
        parts = [self.comparison(*three) for three in zip(left, node.ops, node.comparators, strict=True)]
        return parts[0] if len(parts) == 1 else Operation("and", tuple(parts), self.at(node))

    def comparison(self, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> Node:
        if type(sign) not in COMPARISONS:
            raise Refused("'is' is not allowed", self.at(right))
        if type(sign) not in AMONG:
            return self.operation(COMPARISONS[type(sign)], left, left, right)
        if not isinstance(right, ast.List | ast.Tuple):
            raise Refused("'in' needs a [list] of values", self.at(right))
        members = tuple(map(self.read, right.elts))
        for member in members:
            if not isinstance(member, Constant):
                raise Refused("a list holds nothing but values", member.at)
        return Operation(AMONG[type(sign)], (self.read(left), *members), self.at(left))

    def operation(self, name: str, node: ast.expr, *operands: ast.expr) -> Operation:
        return Operation(name, tuple(map(self.read, operands)), self.at(node))

    def number(self, value: float, node: ast.expr) -> float:
        try:
            if math.isfinite(number := float(value)):
                return number
        except OverflowError:
            pass
        raise Refused("the number is too large", self.at(node))

    def written(self, node: ast.Name) -> str:
        """The name as it stands in the text: Python replaces some letters by similar ones."""
        return self.bytes[node.col_offset : node.end_col_offset].decode()

    def at(self, node: ast.expr, offset: int | None = None) -> int:
        """The character at which a node stands: Python counts the bytes of the stripped text."""
        before = self.bytes[: node.col_offset if offset is None else offset]
        return self.start + len(before.decode())
