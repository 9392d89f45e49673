"""Makes text from outside visible: control characters that a terminal, log or page would obey become escapes."""

import unicodedata

UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # categories of Unicode: controls, marks of format, surrogates, ends of lines
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
    return "".join(letter if letter in keep or _is_seen(letter) else _escape(letter) for letter in text)


def _is_seen(letter: str) -> bool:
    return letter in JOINERS or not (unicodedata.category(letter) in UNSEEN or ord(letter) & 0xFFFE == 0xFFFE)


def _escape(letter: str) -> str:
    return letter.encode("unicode_escape").decode()
