"""JSON from outside: read only if it has one meaning, within limits of size and depth."""

import json
import math
from collections import Counter
from typing import Any

from assay.errors import AssayError

MOST_BYTES = 16 << 20
DEEPEST = 32  # lists and mappings within each other


def parse(content: bytes, where: str, todo: str = "") -> Any:
    """The value of a JSON text in UTF-8; AssayError for anything else, at `where`.

    Refused as well: a key that stands twice in a mapping, numbers that are not finite, halves of characters, which
    nothing can write, more than `MOST_BYTES` bytes, and more than `DEEPEST` levels.
    """
    try:
        if len(content) > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES >> 20} MiB")
        found = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=distinct,
            parse_constant=_not_finite,
            parse_float=_finite,
        )
        _require_flat(found)
        if b"\\u" in content:
            _require_characters(found)
        return found
    except (ValueError, RecursionError) as error:
        reason = "too deeply nested" if isinstance(error, RecursionError) else str(error)
        raise AssayError(f"not JSON that can be relied on: {reason}", where=where, todo=todo) from error


def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A mapping; ValueError if a key stands twice: parsers differ in which value they take."""
    found = dict(pairs)
    if len(found) < len(pairs):
        (twice, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"the key {twice[:60]!r} stands there twice")
    return found


def _not_finite(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:60]} is too large a number")
    return number


def _require_characters(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("half a character") from None


def _require_flat(value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise ValueError(f"more than {DEEPEST} levels")
        inner = [one for one in level if isinstance(one, dict | list)]
        level = [part for one in inner for part in (one.values() if isinstance(one, dict) else one)]
