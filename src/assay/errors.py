"""Errors that a user can act on, and how they reach the terminal."""

import os
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from assay.text import visible

DEBUG_VARIABLE = "ASSAY_DEBUG"
FORGED = re.compile(r"\n(?=\s*(?:where|rows|to do):)")  # within a name, say


class AssayError(Exception):
    """Something the user can mend: what happened, where, and what to do next.

    Nothing that comes with it from outside, a name or a value, can forge one of its lines or command the terminal.
    """

    def __init__(self, what: str, *, where: str = "", rows: Sequence[object] = (), todo: str = "") -> None:
        self.what, self.where, self.rows, self.todo = what, where, list(rows), todo
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [_said(self.what)]
        if self.where:
            lines.append(f"  where: {visible(self.where)}")
        if self.rows:
            lines.append(f"  rows:  {sample(self.rows)}")
        if self.todo:
            lines.append(f"  to do: {visible(self.todo)}")
        return "\n".join(lines)


def _said(what: str) -> str:
    """Several lines perhaps, but none that looks like one of those below."""
    return visible(FORGED.sub(r"\\n", what), keep="\n")


def sample(rows: Sequence[object], limit: int = 5) -> str:
    """The first few of many, and how many more there are."""
    more = f" and {len(rows) - limit} more" if len(rows) > limit else ""
    return ", ".join(visible(row) for row in rows[:limit]) + more


@contextmanager
def translated(what: str, *, where: str = "", todo: str = "") -> Iterator[None]:
    """Raise whatever a library raises inside as an AssayError with its reason: every storage has errors of its own.

    Faults of the program stay what they are.
    """
    try:
        yield
    except (AssayError, AssertionError, AttributeError, NameError, TypeError):
        raise
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise AssayError(f"{what}: {reason}", where=where, todo=todo) from error


@contextmanager
def reported(program: str) -> Iterator[None]:
    """Turn an exception into one message on stderr and exit code 1.

    The traceback is printed as well when `ASSAY_DEBUG=1` (or `assay --debug`) is set.
    """
    try:
        yield
    except AssayError as error:
        _leave(program, f"error: {error}")
    except Exception as error:
        _leave(
            program,
            f"unexpected error: {type(error).__name__}: {_said(str(error))}\n"
            f"  to do: run again with {DEBUG_VARIABLE}=1 for the traceback; this is a fault in the program",
        )


def warn(what: str) -> None:
    """One line on stderr that stops nothing."""
    print(f"warning: {visible(what)}", file=sys.stderr)


def _leave(program: str, message: str) -> None:
    if os.environ.get(DEBUG_VARIABLE):
        print(visible(traceback.format_exc(), keep="\n"), file=sys.stderr)
    print(visible(f"{program}: {message}", keep="\n"), file=sys.stderr)
    raise SystemExit(1)
