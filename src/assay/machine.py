"""Messages for errors that the machine, the environment or a file causes: what, where, what to do."""

import errno
import os
import sys
from collections.abc import Iterator
from typing import NamedTuple

AGAIN = "then run the same command again"
ROOM = f"make room there (df -h shows how much there is), {AGAIN}"
IN_THE_WAY = "move it away, or name another; assay doctor finds what a killed run has left"
NETWORK = f"check the network and the address, {AGAIN}"
FEWER = "end other programs, or take fewer workers (-j 1) or a sample (docs/sampling.md)"
ADDRESSES = "raise the limit on addresses, if there is one: ulimit -v unlimited"
MAPPING = "failed to map segment from shared object"  # of the loader, glibc's dlopen
ACTIVATE = (
    "activate the environment of the repo: . .venv/bin/activate; if it is, make it anew: make clean && make repro"
)
ENVIRONMENT = f"{ACTIVATE} (S3 and dataset=covid: make extras); assay doctor says what it lacks"

# By error number: what happened, and what to do.
SYSTEM = {
    errno.ENOSPC: ("the disk is full", ROOM),
    errno.EDQUOT: ("your share of the disk is used up", f"make room there (quota -s says how much you have), {AGAIN}"),
    errno.EFBIG: ("the file would be larger than is allowed", f"raise the limit: ulimit -f unlimited; {AGAIN}"),
    errno.EROFS: (
        "the file system is read-only",
        f"make it writable, or take a clone and a cache (dvc cache dir) on one that is; {AGAIN}",
    ),
    errno.EACCES: (
        "no permission",
        "ls -ld shows whose it is: chown or chmod u+rwX gives it back to you; no command here needs sudo",
    ),
    errno.EMFILE: ("too many files are open", f"raise the limit: ulimit -n 4096; or take fewer workers: -j 1; {AGAIN}"),
    errno.ENAMETOOLONG: ("the name is too long", "choose a shorter one, or a clone in a folder with a shorter path"),
    errno.EIO: (
        "the disk cannot be read or written",
        "save what is on it, look at its state (dmesg); assay doctor finds what is damaged",
    ),
    errno.EISDIR: ("there is a folder where a file belongs", IN_THE_WAY),
    errno.ENOTDIR: ("there is a file where a folder belongs", IN_THE_WAY),
    errno.EEXIST: ("something is in the way", IN_THE_WAY),
    errno.ENOTEMPTY: ("the folder is not empty", IN_THE_WAY),
    errno.ENOENT: (
        "the file is not there",
        "check the name; what the line makes comes back with: dvc checkout, or dvc repro",
    ),
    errno.EBUSY: (
        "another program uses it, or a disk is mounted just there",
        f"end that one, or mount the disk a folder higher up; {AGAIN}",
    ),
    errno.ENOMEM: ("there is not enough memory", FEWER),
    errno.ECONNREFUSED: ("nobody answers there", NETWORK),
    errno.ECONNRESET: ("the connection broke off", NETWORK),
    errno.ETIMEDOUT: ("no answer in time", NETWORK),
    errno.EHOSTUNREACH: ("there is no way to that machine", NETWORK),
    errno.ENETUNREACH: ("there is no network", NETWORK),
}
SYSTEM |= {errno.EPERM: SYSTEM[errno.EACCES], errno.ENFILE: SYSTEM[errno.EMFILE]}
# Only this machine can cause these, even while something is read from elsewhere.
OWN = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
REFUSED = OWN | {errno.EACCES, errno.EPERM, errno.EIO}
DVC = ("dvc", "dvc_data", "dvc_objects", "scmrepo")


class Told(NamedTuple):
    """What happened, where, and what to do."""

    what: str
    where: str
    todo: str


def of_this_machine(error: BaseException) -> bool:
    """Whether only this machine caused the error: its disk, its memory, its limits."""
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in OWN)


def of_the_system(error: BaseException) -> bool:
    """Whether the system refused something, or memory or a package is missing: no file's content is at fault."""
    return isinstance(error, MemoryError | ImportError) or (isinstance(error, OSError) and error.errno is not None)


def told(error: BaseException) -> Told | None:
    """The message for an error that is no fault of the program; None for any other error.

    If other errors caused it, the first cause with a message is taken.
    """
    return next(filter(None, map(_told, _causes(error))), None)


def advice(said: str) -> str:
    """What to do when the output of another program names an error of the system; "" if it names none."""
    words = {number: [os.strerror(number)] for number in REFUSED}
    words[errno.ENOSPC].append("Out of diskspace")  # as git has it
    return next((SYSTEM[number][1] for number, texts in words.items() if any(text in said for text in texts)), "")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and its causes, the first cause first: libraries wrap errors of the system."""
    if error.__cause__ is not None:
        yield from _causes(error.__cause__)
    yield error


def _told(error: BaseException) -> Told | None:
    if isinstance(error, OSError):
        return _of_system(error)
    if isinstance(error, MemoryError):
        more = f": {error}" if str(error) else ""
        return Told(f"{SYSTEM[errno.ENOMEM][0]}{more}", "", FEWER)
    if isinstance(error, ImportError):
        return _of_import(error)
    if isinstance(error, SyntaxError) and error.filename:  # configobj's, of DVC's configuration, has none
        return Told(f"not Python: {error.msg}", f"{error.filename}, line {error.lineno}", "correct it")
    return _of_text(error) or _of_dvc(error)


def _of_system(error: OSError) -> Told:
    where = " -> ".join(str(name) for name in (error.filename, error.filename2) if name is not None)
    if error.errno == errno.ENOENT and not where:
        return Told("the folder that you stand in is gone", "", "cd to your clone again")
    if error.errno in SYSTEM:
        what, todo = SYSTEM[error.errno]
        return Told(what, where, todo)
    said = error.strerror or str(error) or type(error).__name__
    return Told(f"the system says: {said}", where, f"see to that, {AGAIN}")


def _of_import(error: ImportError) -> Told:
    where = f"the environment {sys.prefix}"
    if isinstance(error, ModuleNotFoundError):
        return Told(f"there is no package {error.name}", where, ENVIRONMENT)
    if MAPPING in str(error) and os.strerror(errno.EPERM) not in str(
        error
    ):  # which a file system without programs says
        return Told(f"there is not enough memory to load a library: {error}", where, f"{ADDRESSES}; or {FEWER}")
    return Told(f"a package is broken, or of another version than in the lock: {error}", where, ENVIRONMENT)


def _of_text(error: BaseException) -> Told | None:
    """The words for a file that is not JSON, YAML or text."""
    kinds = {"JSONDecodeError": "JSON", "YAMLError": "YAML", "UnicodeDecodeError": "text in UTF-8"}
    found = [kinds[base.__name__] for base in type(error).__mro__ if base.__name__ in kinds]
    if not found:
        return None
    return Told(f"a file is not {found[0]}: {' '.join(str(error).split())}", "", "correct it, or restore it from git")


def _of_dvc(error: BaseException) -> Told | None:
    if type(error).__module__.partition(".")[0] not in DVC:
        return None
    said = " ".join(str(error).split()) or type(error).__name__
    return Told(f"DVC says: {said}", "", advice(said) or "assay doctor finds what is wrong in this clone, and mends it")
