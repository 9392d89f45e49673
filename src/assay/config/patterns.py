"""Regular expressions of a contract: one on which a hostile text could keep the program busy for years is refused.

Python tries every way in which a pattern can fit. In a loop that can take the same text in two ways, such as `(a+)+`,
the ways double with each character. So in each loop the next character must tell how to go on (Brüggemann-Klein and
Wood, One-unambiguous regular languages, 1998). Elsewhere the time grows with a power of the length: `LONGEST` and
`LOOPS` bound it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

LONGEST = 1000  # characters of a text that is compared with a pattern: a longer one does not fit
SHORT = 10  # repetitions of a loop that counts as short
LOOPS, CHOICES = 2, 12  # long loops, and places of any kind, at which the next character does not tell how to go on
SAMPLE = frozenset([*map(chr, range(128)), *"\u00a0\u00c9\u00e9\u0663\u4e2d"])  # in place of all characters
CLASSES = {
    code.CATEGORY_DIGIT: r"\d",
    code.CATEGORY_NOT_DIGIT: r"\D",
    code.CATEGORY_SPACE: r"\s",
    code.CATEGORY_NOT_SPACE: r"\S",
    code.CATEGORY_WORD: r"\w",
    code.CATEGORY_NOT_WORD: r"\W",
}
WITHOUT_RETURN = "write ++ for + and *+ for * in loops within loops: what these have taken is not tried again"


def pattern_fault(pattern: str) -> str | None:
    """Why this cannot be a pattern of a contract; None if it can.

    >>> pattern_fault(r"[A-Z]+(-[A-Z]+)*"), pattern_fault(r"([A-Z]+-?)*")[:20]
    (None, 'can take the same te')
    """
    try:
        re.compile(pattern), re.compile(_as_whole(pattern))
        _Places(pattern).check(parser.parse(pattern))
    except (re.error, OverflowError):
        return "is no regular expression (write (?i:...) for flags)" if "(?" in pattern else "is no regular expression"
    except RecursionError:
        return "is too deeply nested"
    except _Doubtful:
        return f"can take the same text in ever more ways, which may take for ever; {WITHOUT_RETURN}"
    return None


def whole(pattern: str) -> Callable[[str], "re.Match[str] | None"]:
    """What matches a whole text of at most `LONGEST` characters with a pattern."""
    match = re.compile(_as_whole(pattern)).match
    return lambda text: match(text) if len(text) <= LONGEST else None


def groups(pattern: str) -> int:
    """The number of groups of a pattern that is one."""
    return re.compile(pattern).groups


def _as_whole(pattern: str) -> str:
    return f"(?:{pattern})\\Z"


class _Doubtful(Exception):  # noqa: N818 - it is an answer
    """A loop can take the same text in two ways."""


@dataclass(frozen=True)
class _Part:
    """A part of a pattern, by the numbers of the places at which it takes a character.

    empty: whether it fits the empty text. first, last: where it may begin and end. then: pairs of a place and the next;
    a pair that is there twice can be gone in two ways.
    """

    empty: bool = True
    first: tuple[int, ...] = ()
    last: tuple[int, ...] = ()
    then: tuple[tuple[int, int], ...] = ()

    def __add__(self, other: "_Part") -> "_Part":
        return _Part(
            self.empty and other.empty,
            self.first + other.first if self.empty else self.first,
            self.last + other.last if other.empty else other.last,
            self.then + other.then + tuple((one, two) for one in self.last for two in other.first),
        )

    def __or__(self, other: "_Part") -> "_Part":
        both = (self.first + other.first, self.last + other.last, self.then + other.then)
        return _Part(self.empty or other.empty, *both)

    def again(self) -> "_Part":
        return _Part(
            self.empty, self.first, self.last, self.then + tuple((a, b) for a in self.last for b in self.first)
        )


class _Places:
    """Gives each place a number, and knows which characters it takes."""

    def __init__(self, pattern: str) -> None:
        self.tried = SAMPLE | {*pattern}
        self.ignore_case = "(?" in pattern and "i" in pattern  # rather too often
        self.takes: list[frozenset[str]] = []
        self.in_long_loops: set[int] = set()

    def check(self, tree: Iterable[tuple[Any, Any]]) -> None:
        """Raise `_Doubtful` if there may be too many ways to try."""
        doubtful = self._doubtful(self.part(tree))
        if len(doubtful) > CHOICES or len(doubtful & self.in_long_loops) > LOOPS:
            raise _Doubtful

    def part(self, tree: Iterable[tuple[Any, Any]]) -> _Part:
        return reduce(lambda before, one: before + self._of(*one), tree, _Part())

    def _of(self, kind: Any, content: Any) -> _Part:
        match kind:
            case code.MAX_REPEAT | code.MIN_REPEAT:
                return self._loop(*content)
            case code.POSSESSIVE_REPEAT:
                return self._once(self._loop(*content))
            case code.ATOMIC_GROUP:
                return self._once(self.part(content))
            case code.SUBPATTERN:
                return self.part(content[-1])
            case code.BRANCH:
                return reduce(_Part.__or__, map(self.part, content[1]))
            case code.AT:
                return _Part()
            case code.ASSERT | code.ASSERT_NOT:
                self.part(content[1])
                return _Part()
            case code.GROUPREF | code.GROUPREF_EXISTS:
                return self._place(self.tried)
        return self._place(frozenset(one for one in self.tried if self._has(kind, content, one)))

    def _loop(self, least: int, most: int, tree: Any) -> _Part:
        if most <= 1:
            inner = self.part(tree)
            return inner if least else inner | _Part()
        copies = [self.part(tree) for _ in range(min(least, 3))]  # which show what follows what
        if least == most:
            together = reduce(_Part.__add__, copies)
            self._require_one_way(together, unless=most <= LOOPS)
            return together
        loop = self.part(tree).again()
        self._require_one_way(loop)
        if most > SHORT:
            self.in_long_loops |= {place for pair in loop.then for place in pair}
        return reduce(_Part.__add__, [*copies, loop | _Part()])

    def _require_one_way(self, loop: _Part, *, unless: bool = False) -> None:
        if not unless and self._doubtful(loop):
            raise _Doubtful

    def _doubtful(self, part: _Part) -> set[int | None]:
        """The places (None: the beginning) from which the next character does not tell which place takes it."""
        after: dict[int | None, list[int]] = {None: [*part.first]}
        for before, place in part.then:
            after.setdefault(before, []).append(place)
        return {before for before, places in after.items() if self._overlap(places)}

    def _overlap(self, places: Sequence[int]) -> bool:
        taken: set[str] = set()
        for place in places:
            if taken & self.takes[place]:
                return True
            taken |= self.takes[place]
        return False

    def _once(self, part: _Part) -> _Part:
        """A part that is not tried again: as one place, for what it begins with."""
        taken = self._place(frozenset().union(*(self.takes[place] for place in part.first)))
        return taken | _Part() if part.empty else taken

    def _place(self, taken: frozenset[str]) -> _Part:
        self.takes.append(frozenset(one.casefold() for one in taken) if self.ignore_case else taken)
        here = (len(self.takes) - 1,)
        return _Part(False, here, here)

    def _has(self, kind: Any, content: Any, one: str) -> bool:
        match kind:
            case code.LITERAL:
                return chr(content) == one
            case code.NOT_LITERAL:
                return chr(content) != one
            case code.RANGE:
                return content[0] <= ord(one) <= content[1]
            case code.CATEGORY:
                return bool(re.match(CLASSES[content], one))
            case code.IN:
                negated = content[0][0] is code.NEGATE
                return negated != any(self._has(inner, of, one) for inner, of in content[negated:])
        return True
