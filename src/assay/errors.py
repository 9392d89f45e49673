"""Errors that a user can act on, and how they reach the terminal."""

import os
import re
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import TracebackType

from assay.machine import of_the_system, of_this_machine, told
from assay.text import visible

DEBUG_VARIABLE = "ASSAY_DEBUG"
FORGED = re.compile(r"\n(?=\s*(?:where|rows|to do):)")  # as a hostile name may contain


class AssayError(Exception):
    """An error that the user can correct: what happened, where, and what to do next.

    Names and values from outside within it can neither forge one of its lines nor control the terminal.
    """

    def __init__(self, what: str, *, where: str = "", rows: Sequence[object] = (), todo: str = "") -> None:
        self.what, self.where, self.rows, self.todo = what, where, list(rows), todo
        super().__init__(str(self))

    def __reduce__(self) -> tuple[object, ...]:
        """How the error comes whole out of another process."""
        return partial(AssayError, where=self.where, rows=self.rows, todo=self.todo), (self.what,)

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
    """The text, of one or more lines, none of which looks like a "where", "rows" or "to do" line."""
    return visible(FORGED.sub(r"\\n", what), keep="\n")


def sample(rows: Sequence[object], limit: int = 5, count: int | None = None) -> str:
    """The first few items, and how many more there are; count: of how many, if the others are not at hand.

    >>> sample(["a", "b", "c"], limit=2)
    'a, b and 1 more'
    """
    left = (len(rows) if count is None else count) - limit
    more = f" and {left} more" if left > 0 else ""
    return ", ".join(visible(row) for row in rows[:limit]) + more


@contextmanager
def translated(what: str, *, where: str = "", todo: str = "") -> Iterator[None]:
    """Raise the errors of a library inside as an AssayError with its reason, because every storage has its own errors.

    Faults of the program, and errors that only this machine causes, are not changed.
    """
    try:
        yield
    except (AssayError, AssertionError, AttributeError, NameError, TypeError):
        raise
    except Exception as error:
        if of_this_machine(error):
            raise
        reason = " ".join(str(error).split()) or type(error).__name__
        raise AssayError(f"{what}: {reason}", where=where, todo=todo) from error


@contextmanager
def about(path: Path, scratch: str = "") -> Iterator[None]:
    """Add `path` to an error of the system that names no file.

    A file with `scratch` in its name does not count, because the user does not know it.
    """
    try:
        yield
    except (OSError, MemoryError) as error:
        known = told(error)
        if not (known and of_the_system(error)) or (known.where and not (scratch and scratch in known.where)):
            raise
        raise AssayError(known.what, where=str(path), todo=known.todo) from error


@contextmanager
def reported(program: str) -> Iterator[None]:
    """Turn an exception into one message on stderr and exit code 1; 130 after Ctrl-C, 141 if nobody reads the output.

    The traceback is printed as well when `ASSAY_DEBUG=1` (or `assay --debug`) is set.
    """
    try:
        yield
    except BrokenPipeError:  # the reader of the output, such as `head`, has ended: no fault, and nobody reads a message
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(128 + signal.SIGPIPE) from None
    except KeyboardInterrupt:
        _say(f"{program}: interrupted")
        raise SystemExit(128 + signal.SIGINT) from None
    except Exception as error:
        if os.environ.get(DEBUG_VARIABLE):
            _say(traceback.format_exc())
        _say(f"{program}: {described(error)}")
        raise SystemExit(1) from None


def warn(what: str) -> None:
    """Write one line to stderr and go on."""
    _say(f"warning: {what}")


def note(what: str) -> None:
    """Write one line to stderr where nothing is wrong."""
    _say(what)


def described(error: BaseException) -> str:
    """The message for an error: what the user can do, or that it is a fault in the program."""
    known = told(error)
    if known and not isinstance(error, AssayError):
        error = AssayError(known.what, where=known.where, todo=known.todo)
    if isinstance(error, AssayError):
        return f"error: {error}"
    return (
        f"unexpected error: {type(error).__name__}: {_said(str(error))}\n"
        f"  to do: run again with {DEBUG_VARIABLE}=1 for the traceback; this is a fault in the program"
    )


def in_a_line(error: BaseException) -> str:
    """The message for an error, as a part of another one."""
    return "; ".join(line.strip() for line in described(error).splitlines())


def report_from_the_start() -> None:
    """Report errors during the import of one of our programs too, such as a missing package.

    If another program imports this package, nothing changes.
    """
    if program := _program(sys.orig_argv):
        sys.excepthook = partial(_report_uncaught, program)


def _report_uncaught(
    program: str, kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    known = isinstance(error, KeyboardInterrupt) or told(error)
    if not known or os.environ.get(DEBUG_VARIABLE):
        sys.__excepthook__(kind, error, trace)
        return
    _say(f"{program}: {'interrupted' if isinstance(error, KeyboardInterrupt) else described(error)}")


def _program(command: Sequence[str]) -> str:
    """ "assay" for the command, "assay train" for `python -m assay.stages.train`, "" for any other program."""
    words = list(command[1:])
    if "-m" in words[:-1]:
        package, _, name = words[words.index("-m") + 1].partition(".")
        return "" if package != "assay" else f"assay {name.rpartition('.')[2]}".removesuffix(" cli")
    return "assay" if any(Path(word).name == "assay" for word in words[:1]) else ""


def _say(message: str) -> None:
    with suppress(OSError):  # stderr may be on the disk that is full
        print(visible(message, keep="\n"), file=sys.stderr, flush=True)
