"""Small tables of N records, sick or well, with one column x that is written in the way of a habit."""

from collections.abc import Callable, Sequence

N = 40
OUTCOME = ["sick" if row % 4 == 0 else "well" for row in range(N)]
AGE = [str(20 + row) for row in range(N)]
PLAIN = [f"{1 + row / 10:.1f}" for row in range(N)]
SITE = ["east" if row % 3 else "west" for row in range(N)]


def table(x: Sequence[str], name: str = "x", separator: str = ",", end: str = "\n", outcome: Sequence[str] = ()) -> str:
    """A CSV with the columns age, x, site and y; a cell with the separator is quoted."""
    rows = [("age", name, "site", "y"), *zip(AGE, spread(x), SITE, outcome or OUTCOME, strict=True)]
    return end.join(separator.join(quoted(cell, separator) for cell in row) for row in rows) + end


def spread(x: Sequence[str]) -> list[str]:
    """The values again and again, N of them."""
    return [x[row % len(x)] for row in range(N)]


def quoted(cell: str, separator: str) -> str:
    return f'"{cell}"' if separator in cell else cell


def numbers(form: Callable[[float], str]) -> list[str]:
    """N different numbers, written by `form`."""
    return [form(1.3 + 0.7 * row) for row in range(N)]


def with_line(text: str, number: int, line: str) -> str:
    """The text with another line put in as line `number`."""
    lines = text.splitlines(keepends=True)
    return "".join([*lines[: number - 1], f"{line}\n", *lines[number - 1 :]])


def comma(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


TEXT = table(PLAIN)
