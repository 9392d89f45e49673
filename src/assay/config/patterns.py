"""Regular expressions of a contract: RE2's, whose time grows with the length of a text alone.

Python's own try every way in which a pattern can fit: one text could keep the program busy for years (`(a+)+`). RE2 has
no look-around and no back-references; https://github.com/google/re2/wiki/Syntax. Arrow brings it, and reads whole
columns with it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

SHOWN = 80  # characters of a pattern in a message


def pattern_fault(pattern: str) -> str | None:
    """Why this cannot be a pattern of a contract; None if it can.

    >>> pattern_fault(r"[A-Z]+(-[A-Z]+)*"), pattern_fault("(?=a)")
    (None, 'is no regular expression of RE2: invalid perl operator: (?=')
    """
    import pyarrow as pa
    from pyarrow import compute

    nothing = pa.nulls(1, pa.string())  # Arrow imports pandas where it makes an array of values
    try:
        for one in (pattern, _whole(pattern)):  # as it is, because a)(b is none and (?:a)(b) is one
            compute.match_substring_regex(nothing, pattern=one)
    except pa.ArrowException as error:
        return f"is no regular expression of RE2: {str(error).rpartition('expression: ')[2][:SHOWN]}"
    return None


def fits(texts: "pa.Array", pattern: str) -> "np.ndarray":
    """Which texts, each as a whole, fit a pattern, (n,) bool; a missing one does not.

    >>> import pyarrow as pa
    >>> fits(pa.array(["1984", "84", None]), r"\\d{4}").tolist()
    [True, False, False]
    """
    from pyarrow import compute

    found = compute.match_substring_regex(texts, pattern=_whole(pattern))
    return compute.fill_null(found, False).to_numpy(zero_copy_only=False)


def first_group(texts: "pa.Array", pattern: str) -> "pa.Array":
    """The part of each text in the first (group) of a pattern; None of one that the pattern does not fit as a whole.

    Raises an error of Arrow's if the pattern has no group.

    >>> import pyarrow as pa
    >>> first_group(pa.array(["840801013", "x"]), r"(\\d{6})\\d{3}").to_pylist()
    ['840801', None]
    """
    import pyarrow as pa
    from pyarrow import compute

    return compute.if_else(pa.array(fits(texts, pattern)), _taken(texts, pattern), None)


def group_fault(pattern: str) -> str | None:
    """Why the pattern takes nothing of a text; None if it does."""
    import pyarrow as pa

    if wrong := pattern_fault(pattern):
        return wrong
    try:
        _taken(pa.nulls(1, pa.large_string()), pattern)
    except pa.ArrowException:
        return "has no (group) that says what it takes"
    return None


def _taken(texts: "pa.Array", pattern: str) -> "pa.Array":
    """The texts, with what the first group takes in place of what the pattern fits."""
    from pyarrow import compute

    return compute.replace_substring_regex(texts, pattern=_whole(pattern), replacement=r"\1")


def _whole(pattern: str) -> str:
    return rf"\A(?:{pattern})\z"
