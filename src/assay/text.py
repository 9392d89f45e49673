"""Text: from outside made visible, so that no terminal, log or page obeys its control characters; and similar names."""

import unicodedata
from collections.abc import Iterable

UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # categories of Unicode: controls, marks of format, surrogates, ends of lines
SIMILAR = 0.7  # from 0 to 1: below that, names are not similar
JOINERS = "\u200c\u200d"  # format marks that some scripts need for spelling


def visible(value: object, keep: str = "") -> str:
    r"""`value` as a text without control characters: \x1b for ESC, \u202e for a mark that turns the order of letters.

    Nothing in it moves a cursor, colours a terminal, forges a line, hides or reorders other text, or is forbidden in
    XML. Characters in `keep` stay, such as "\n" for a text of several lines.

    >>> print(visible("red: \x1b[31m"))
    red: \x1b[31m
    """
    text = str(value)
    if text.isascii() and text.isprintable():
        return text
    hidden = {ord(letter): _escape(letter) for letter in set(text) if letter not in keep and not _is_seen(letter)}
    return text.translate(hidden)


def _is_seen(letter: str) -> bool:
    return letter in JOINERS or not (unicodedata.category(letter) in UNSEEN or ord(letter) & 0xFFFE == 0xFFFE)


def _escape(letter: str) -> str:
    return letter.encode("unicode_escape").decode()


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The most similar of some names; None if none is similar."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, sorted(names), n=1, cutoff=SIMILAR)), None)


def spelled(text: object) -> str:
    """A text without what spellings differ in: capitals, spaces, forms of the same letter, what nobody sees.

    >>> spelled(" Yes "), spelled("YES"), spelled("y\u200bes")
    ('yes', 'yes', 'yes')
    """
    seen = (letter for letter in unicodedata.normalize("NFKC", str(text)) if unicodedata.category(letter) != "Cf")
    return " ".join("".join(seen).casefold().split())
