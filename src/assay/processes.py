"""Whether a process runs that has noted its number in a file, and how processes end with the one that started them."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from pathlib import Path


def alive(pid: int, noted: float) -> bool:
    """Whether that process runs: a zombie is dead, and one that started after its number was noted is another one.

    noted: when, in seconds since 1970.
    """
    import psutil

    with suppress(psutil.Error, ValueError, OverflowError):
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and process.create_time() <= noted + 1
    return False


def holder(lock: Path) -> int | None:
    """The process that has a lock file as `assay.dvc_internals.locks.holding` makes it; None if none has.

    The file is only read: to ask the system for the lock would take it for a moment.
    """
    with suppress(OSError, ValueError):
        pid = int(lock.read_text())
        return pid if alive(pid, lock.stat().st_mtime) else None
    return None


@contextmanager
def without_interrupt() -> Iterator[None]:
    """Hold Ctrl-C back within the block, and for ever from the processes and threads that start in it.

    A terminal sends it to all processes of a command. The first one says so and ends the others, which would else each
    print a traceback of its own, wherever they are.
    """
    resource_tracker.ensure_running()  # which would let it through again when it starts, with the first process
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def leave_with(parent: int) -> None:
    """End this process when its parent is gone: a command that is killed leaves nothing running."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
