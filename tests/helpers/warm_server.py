"""The warm process: imports libraries, and forks for each command that a client brings. See warm.py."""

import atexit
import gc
import marshal
import os
import runpy
import select
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from threadpoolctl import threadpool_limits

from warm_git import keep_index, store_once
from warm_yaml import keep_in

# What the commands of dvc and assay import of others. Nothing of assay: each copy has its own.
LIBRARIES = (
    *("dvc.cli.parser", "dvc._debug", "dvc.api", "dvc.cachemgr", "dvc.data_cloud", "dvc.dirs", "dvc.output"),
    *("dvc.repo.artifacts", "dvc.repo.brancher", "dvc.repo.datasets", "dvc.repo.graph", "dvc.repo.index"),
    *("dvc.repo.metrics.diff", "dvc.repo.open_repo", "dvc.repo.plots", "dvc.repo.stage", "dvc.repo.trie"),
    *("dvc.stage.run", "dvc.ui.table", "dvc.utils.hydra", "dvc.utils.strictyaml", "dvc_data.hashfile.status"),
    *("dvc.repo.experiments.executor.local", "dvc.repo.experiments.queue.workspace", "dvc.repo.experiments.show"),
    *("dvc_data.fs", "dvc_data.hashfile.db.local", "dvc_data.index.build", "dvc_data.index.checkout"),
    *("dulwich.ignore", "dulwich.worktree", "fsspec.implementations.memory", "pygit2", "scmrepo.fs"),
    *("antlr4.LL1Analyzer", "hydra", "hydra._internal.config_loader_impl", "hydra._internal.core_plugins"),
    *("hydra._internal.core_plugins.basic_sweeper", "hydra._internal.core_plugins.file_config_source"),
    *("hydra._internal.core_plugins.structured_config_source", "jinja2", "networkx", "omegaconf._impl", "psutil"),
    *("pydantic.dataclasses", "pydantic.type_adapter", "ruamel.yaml", "scmrepo.git.backend.pygit2.filter"),
    *("rich.console", "typer", "typer._adapters", "typer._click.decorators"),
    *("pandas", "pandas.core.arrays.arrow.extension_types", "pyarrow.dataset", "pyarrow.pandas_compat"),
    *("pyarrow.parquet", "scipy.stats"),
    *("matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg", "matplotlib.figure", "PIL.JpegImagePlugin"),
    *("cleanlab.filter", "narwhals.stable.v2", "narwhals._pandas_like.namespace", "optuna", "sklearn.calibration"),
    *("sklearn.dummy", "sklearn.ensemble", "sklearn.linear_model", "sklearn.model_selection", "sklearn.pipeline"),
    *("dvclive", "krippendorff", "skops.io", "xgboost"),
)
LARGEST = 2**17  # bytes of a command with its environment
CREDENTIALS, NUMBER = struct.Struct("3i"), struct.Struct("i")
PARENTS = "WARM_PARENTS"
AT_THE_START = ("PYTHON", "OMP_", "OPENBLAS_", "NPY_")  # variables that are read when Python or NumPy starts
THREADS = "OMP_NUM_THREADS"  # can be told later too


def main(folder: str, listening: socket.socket) -> None:
    """Serve until standard input ends, which it does with the process that started this one."""
    for name in LIBRARIES:
        import_module(name)
    (kept := Path(folder, "yaml")).mkdir()
    keep_in(kept)
    keep_index()
    store_once()
    gc.freeze()
    asking: list[socket.socket] = []  # clients whose command has not come yet
    running: dict[socket.socket, int] = {}  # clients, and the forks that run their commands, as files
    while sys.stdin not in (ready := first(sys.stdin, listening, *asking, *running, *running.values())):
        for client in [one for one, fork in running.items() if one in ready or fork in ready]:
            finish(client, running.pop(client))
        for client in [one for one in asking if one in ready]:
            asking.remove(client)
            if fork := started(client, folder, [listening, *asking, *running]):
                running[client] = fork
        if listening in ready:
            asking.append(listening.accept()[0])
    for client, fork in running.items():
        finish(client, fork)


def first(*files: Any) -> list[Any]:
    """Those of the files that have something to say, as soon as one has."""
    return select.select(files, [], [])[0]


def started(client: socket.socket, folder: str, others: list[socket.socket]) -> int:
    """Run a client's command in a fork, which this gives as a file; 0 if a fresh interpreter must run it."""
    message, streams, _, _ = socket.recv_fds(client, LARGEST, 3)
    if not message:
        client.close()
        return 0
    program, arguments, here, variables = marshal.loads(message)
    environment = {os.fsdecode(name): os.fsdecode(value) for name, value in variables.items()}
    fork = 0
    if at_the_start(environment) == at_the_start(os.environ):
        of_client, _, _ = CREDENTIALS.unpack(client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size))
        if not (fork := os.fork()):
            for one in (client, *others):
                one.close()
            become(of_client, streams, here, environment)
            run(program, arguments, f"{folder}/python")
    for one in streams:
        os.close(one)  # whoever reads what the command writes waits until nobody can write it
    if not fork:
        client.close()
        return 0
    return os.pidfd_open(fork)


def finish(client: socket.socket, fork: int) -> None:
    """Say to a client how its command ended; a command ends with its client."""
    signal.pidfd_send_signal(fork, signal.SIGKILL)  # nothing to one that has ended
    ended = os.waitid(os.P_PIDFD, fork, os.WEXITED)
    code = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
    with suppress(OSError):  # it is gone
        client.sendmsg([NUMBER.pack(code)], [], socket.MSG_NOSIGNAL)
    client.close()
    os.close(fork)


def at_the_start(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that a process which has started does not obey any more."""
    read = {name: value for name, value in environment.items() if name.startswith(AT_THE_START)}
    return read | {"PYTHONPATH": "", THREADS: str(read.get(THREADS, "").isdecimal())}


def become(client: int, streams: list[int], here: str, environment: dict[str, str]) -> None:
    """Take the client's place: its streams, folder, environment and parents."""
    for stream, standard in zip(streams, (0, 1, 2), strict=True):
        os.dup2(stream, standard)
        os.close(stream)
    os.chdir(here)
    if (threads := environment.get(THREADS)) != os.environ.get(THREADS):
        threadpool_limits(int(threads), "openmp")
    os.environ.clear()
    os.environ.update(environment)
    os.environ["ASSAY_FORKSERVER"] = "0"  # stages are forks of this process already
    time.tzset()
    os.environ[PARENTS] = f"{environment.get(PARENTS, '')} {os.getpid()}:{client}"
    adopt({int(child): int(parent) for child, parent in (one.split(":") for one in os.environ[PARENTS].split())})


def adopt(parents: dict[int, int]) -> None:
    """Have psutil say that a client is the parent of its fork."""
    import psutil

    real = psutil.Process.ppid

    @wraps(real)
    def ppid(self: Any) -> int:
        return parents.get(self.pid) or real(self)

    psutil.Process.ppid = ppid


def run(program: str, arguments: list[str], python: str) -> NoReturn:
    """Do what a fresh interpreter does with a command; what that starts with `sys.executable` starts warm too."""
    module = arguments[1] if program.endswith("/python") else ""
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:1] = [str(Path.cwd()) if module else str(Path(program).parent), *filter(None, paths)]
    sys.executable, sys.orig_argv = python, [python, *([] if module else [program]), *arguments]
    sys.argv = arguments[1:] if module else [program, *arguments]
    if module.startswith("assay.stages.") and arguments[2:]:
        forget_dvc()
    code = exit_code(program, module)
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def forget_dvc() -> None:
    """A stage with words is a Hydra app and no part of DVC; it looks whether it is."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "dvc"]:
        del sys.modules[name]


def exit_code(program: str, module: str) -> int:
    """Run a module or a program, and say what Python would exit with."""
    try:
        if module:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(program, run_name="__main__")
    except SystemExit as end:
        if isinstance(end.code, int | None):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


if __name__ == "__main__":
    main(sys.argv[1], socket.socket(fileno=int(sys.argv[2])))
