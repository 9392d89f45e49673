"""What a name may be: it becomes a part of paths, of git references, of overrides and of headings."""

import re

from assay.errors import AssayError

LONGEST = 60
NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_.-]{{0,{LONGEST - 1}}}")
RULE = f"letters, digits, _ . and -, a letter or digit first, {LONGEST} at most"


def is_name(text: object) -> bool:
    """Whether this can stand for something everywhere: no path, no option, no hidden file, no reference."""
    return isinstance(text, str) and NAME.fullmatch(text) is not None and ".." not in text


def require_name(text: str, where: str) -> str:
    """The name; AssayError, before anything is made of it, if it is none."""
    if not is_name(text):
        raise AssayError(f"{text!r} is no name", where=where, todo=f"use {RULE}")
    return text
