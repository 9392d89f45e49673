"""The server: imports what stages need, and forks for each stage that asks."""

import ctypes
import gc
import os
import runpy
import select
import signal
import site
import socket
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from assay.errors import report_from_the_start
from assay.files import stamp
from assay.forkserver import client
from assay.forkserver.client import ACCEPTED, DVC_STAGE, NUMBER, PACKAGE, address, own_process, stat

MODULES = "assay.stages"
CONFIGURATION = "assay.config.load"
SHARED = (
    *(CONFIGURATION, "assay.lineage.running", "assay.lineage.costs", "psutil"),
    *("pandas", "pandas.core.reshape.reshape", "pyarrow.parquet", "pyarrow.pandas_compat"),
)
PICTURES = tuple(f"PIL.{kind}ImagePlugin" for kind in ("Bmp", "Gif", "Jpeg", "Ppm", "Png"))  # of PIL.Image.preinit
FIGURES = ("jinja2", "matplotlib.figure", "matplotlib.backends.backend_svg", *PICTURES, "assay.presentation.style")
# The stages in the order of the line, and the libraries that each imports while it runs.
STAGES: dict[str, tuple[str, ...]] = {
    "collect": (),
    "clean": ("pyarrow.dataset",),
    **dict.fromkeys(("annotate", "split", "featurize"), ()),
    "profile": (*FIGURES, "assay.profile.figures", "assay.profile.page"),
    # dvclive imports dvc.repo when it starts.
    "train": ("sklearn.linear_model", "assay.modelling.zoo", "xgboost", "lightgbm", "skops.io", "dvclive", "dvc.repo"),
    "audit": (),
    "review": ("cleanlab.filter",),
    "evaluate": (*FIGURES, "assay.report.figures", "assay.report.over_time", "lightgbm"),
    "cards": (),
}
POLL_SECONDS = 0.2  # seconds until it sees that DVC has ended, or that a stage was stopped
STOPPED = "T"  # the state of a process in proc(5)
REQUEST_TIMEOUT = 5  # seconds in which a stage must say what it wants
PR_SET_PDEATHSIG = 1  # of prctl(2)


@dataclass
class Fork:
    """A process that does the work of a stage, and the stage's own process, which waits for it."""

    pid: int
    stage: int
    asking: socket.socket
    stopped: bool = False

    def keep_pace(self) -> None:
        """Stop while the stage's own process is stopped, as by Ctrl-Z, which a fork in another session does not get."""
        stopped = _state(self.stage) == STOPPED
        if stopped != self.stopped:
            os.kill(self.pid, signal.SIGSTOP if stopped else signal.SIGCONT)
            self.stopped = stopped


class Server:
    """Serves the stages of one run of DVC."""

    def __init__(self, run: tuple[int, str], started_by: str) -> None:
        """OSError if there is one already, or the system has no pidfd, as Linux before 5.3.

        started_by: a stage; the server imports what the stages after it need.
        """
        os.close(os.pidfd_open(os.getpid()))
        gc.disable()  # what is imported stays: to search it for garbage takes a fifth of the time
        self._run, self._code = run, _stamps()
        # A stage that asks meanwhile waits for one import at most.
        self._waiting = list(reversed(preloaded(started_by)))
        self._forks: dict[int, Fork] = {}  # by pidfd
        self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listening.bind(address(run))
        self._listening.listen()

    def serve(self) -> None:
        """Until DVC and all forks have ended."""
        listening = self._listening.fileno()
        while self._forks or _runs(*self._run):
            ready, _, _ = select.select([listening, *self._forks], [], [], 0 if self._waiting else POLL_SECONDS)
            for one in ready:
                if one == listening:
                    self._answer()
                else:
                    self._report(one)
            for fork in self._forks.values():
                fork.keep_pace()
            if self._waiting:
                _import(self._waiting.pop())

    def _answer(self) -> None:
        """Fork for a stage, unless code or packages have changed; a connection closed without a word says no."""
        asking, _ = self._listening.accept()
        try:
            asking.settimeout(REQUEST_TIMEOUT)
            process = own_process(asking)
            message, streams, _, _ = socket.recv_fds(asking, 1000, 3)
        except OSError:
            asking.close()
            return
        if not message or len(streams) != 3 or _stamps() != self._code:
            asking.close()
        elif pid := _fork():
            self._forks[os.pidfd_open(pid)] = Fork(pid, process, asking)
        else:
            self._listening.close()
            stage, dvc_stage = message.decode().split(" ", 1)
            _be_the_stage(stage, dvc_stage, asking, streams)
        for one in streams:
            os.close(one)

    def _report(self, ended: int) -> None:
        """Tell the stage how its fork has ended."""
        fork = self._forks.pop(ended)
        _, status = os.waitpid(fork.pid, 0)
        os.close(ended)
        with fork.asking:
            try:
                fork.asking.send(NUMBER.pack(os.waitstatus_to_exitcode(status)))
            except OSError:  # nobody waits any more
                return


def preloaded(started_by: str) -> list[str]:
    """The modules that the stages after this one import, in the order of the line; after an unknown stage, of all."""
    names = list(STAGES)
    later = names[names.index(started_by) + 1 :] if started_by in names else names
    return [*SHARED, *(name for stage in later for name in (f"{MODULES}.{stage}", *STAGES[stage]))]


def _import(module: str) -> None:
    """Import it if that is possible: a stage that needs it reports the error, and the others go on.

    Then read the configuration once: what checks it is built by its classes alone, and takes longer than they do.
    """
    with suppress(Exception):
        imported = import_module(module)
        if module == CONFIGURATION:
            imported.typed(imported.plain())


def _fork() -> int:
    """Fork without what a collection of garbage would look at: a fork that looks at it must first copy all of it."""
    gc.freeze()
    return os.fork()


def _stamps() -> dict[str, tuple[int, ...]]:
    """Changes with every write to a file of code, and whenever a package is installed, replaced or removed."""
    paths = (*PACKAGE.rglob("*.py"), *filter(Path.exists, _package_folders()))
    return {str(path): stamp(path) for path in paths}


@cache
def _package_folders() -> tuple[Path, ...]:
    """The folders of installed packages: those that pip knows, there or not, and others on the path, as of `-t`.

    An installer makes or renames a folder in them for each package and its metadata.
    """
    others = (folder for folder in map(Path, sys.path) if any(folder.glob("*.dist-info")))
    known = map(Path, (*site.getsitepackages(), site.getusersitepackages()))
    return tuple(dict.fromkeys((*known, *others)))


def _state(pid: int) -> str:
    """Of a process as in proc(5); "" if it has ended."""
    try:
        return stat(pid)[0]
    except OSError:
        return ""


def _runs(pid: int, started: str) -> bool:
    try:
        now = stat(pid)
    except OSError:
        return False
    return now[19] == started and now[0] != "Z"


def _be_the_stage(stage: str, dvc_stage: str, asking: socket.socket, streams: list[int]) -> NoReturn:
    """Run, in this process, as `python -m assay.stages.STAGE` does."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # it ends with the server
    asking.settimeout(None)
    asking.send(ACCEPTED)
    for one, standard in zip(streams, range(3), strict=True):
        os.dup2(one, standard)
        os.close(one)
    sys.stdout.reconfigure(line_buffering=sys.stdout.isatty())  # type: ignore[union-attr]
    threading.Thread(target=_obey, args=(asking,), daemon=True).start()
    client.forked, sys.dont_write_bytecode = True, bool(sys.flags.dont_write_bytecode)
    os.environ[DVC_STAGE] = dvc_stage
    module = f"{MODULES}.{stage}"
    sys.orig_argv = [sys.executable, "-m", module]
    sys.argv = [str(PACKAGE / "stages" / f"{stage}.py")]
    report_from_the_start()
    gc.enable()
    os._exit(_exit_code(module))


def _obey(asking: socket.socket) -> None:
    """Take the signals that the stage's own process gets; end at once when it is gone."""
    with suppress(OSError):
        while packet := asking.recv(NUMBER.size):
            os.kill(os.getpid(), NUMBER.unpack(packet)[0])
    os.kill(os.getpid(), signal.SIGKILL)


def _exit_code(module: str) -> int:
    """Run a module as the program, and say what Python would exit with."""
    sys.modules.pop(module, None)
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        code: object = 0
    except SystemExit as end:
        code = end.code
        if code is not None and not isinstance(code, int):
            print(code, file=sys.stderr)
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
        code = 128 + signal.SIGINT if isinstance(error, KeyboardInterrupt) else 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code if isinstance(code, int) else int(code is not None)


if __name__ == "__main__":
    sys.dont_write_bytecode = True  # it may outlive DVC for a moment, when others copy or remove these folders
    Server((int(sys.argv[2]), sys.argv[3]), started_by=sys.argv[1]).serve()
