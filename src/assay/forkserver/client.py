"""The side of a stage: asks for a fork, or leaves a server behind for the stages after it."""

import hashlib
import os
import re
import signal
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NoReturn

SWITCH = "ASSAY_FORKSERVER"
DVC_STAGE = "DVC_STAGE"  # DVC sets it for the command of a stage
PER_STAGE = (DVC_STAGE, "_")  # variables that differ from one stage of a run to the next
# Of this process when it started: what a stage imports and calls may add to it.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in PER_STAGE}
PACKAGE = Path(__file__).parents[1]
FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NUMBER = struct.Struct("i")  # a signal that goes on to the fork; the exit code of the fork, or minus its signal
CREDENTIALS = struct.Struct("3i")  # process, user, group (unix(7))
ACCEPTED = b"accepted"
forked = False  # whether this process is a fork, which has a server


def hand_over() -> None:
    """Let a server run the stage of this process, and end as it ends; return if there is no server."""
    if not (stage := _stage()):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        try:
            server.connect(address(run_of_dvc()))
            own_process(server)
            socket.send_fds(server, [f"{stage} {os.environ[DVC_STAGE]}".encode()], [0, 1, 2])
            accepted = server.recv(len(ACCEPTED)) == ACCEPTED
        except OSError:
            return
        if accepted:
            _end_as_the_fork(server)


def leave_server() -> None:
    """Start a server for the next stages of this run of DVC, unless it has one, or the system refuses."""
    if forked or not (stage := _stage()):
        return
    with suppress(OSError):  # the stage has done its work, and does not fail for want of a server
        if not _is_there():
            _start_server(stage)


def _start_server(stage: str) -> None:
    subprocess.Popen(
        [sys.executable, "-m", "assay.forkserver.server", stage, *map(str, run_of_dvc())],
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _is_there() -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        return server.connect_ex(address(run_of_dvc())) == 0


def _stage() -> str:
    """The stage that DVC started this process for; "" if it is for anything else, or must not be served."""
    served = sys.platform == "linux" and DVC_STAGE in os.environ and os.environ.get(SWITCH) != "0"
    command = sys.orig_argv[1:]
    found = re.fullmatch(r"-m assay\.stages\.(\w+)", " ".join(command))
    return found[1] if found and served else ""


@cache
def run_of_dvc() -> tuple[int, str]:
    """The process of DVC that started this one, perhaps through shells, and when it started.

    Remembered from the first call on: when DVC is killed, another process becomes the parent, perhaps one that never
    ends.
    """
    pid = os.getppid()
    while pid > 1 and f"{DVC_STAGE}=".encode() in Path(f"/proc/{pid}/environ").read_bytes():
        pid = int(stat(pid)[1])
    return pid, stat(pid)[19]


def stat(pid: int) -> list[str]:
    """Of a process its state, its parent, ..., as the 20th when it started: what follows its name in proc(5)."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()


def address(run: tuple[int, str]) -> bytes:
    """An abstract address (unix(7)), which only a process of the same run, code, folder and environment finds."""
    same = (run, os.getuid(), sys.executable, str(PACKAGE), str(Path.cwd()), sorted(ENVIRONMENT.items()))
    return b"\0assay-" + hashlib.sha256(repr(same).encode()).hexdigest().encode()


def own_process(peer: socket.socket) -> int:
    """The process at the other end; PermissionError if it is another user's."""
    pid, uid, _ = CREDENTIALS.unpack(peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size))
    if uid != os.getuid():
        raise PermissionError(f"a process of user {uid}")
    return pid


def _end_as_the_fork(server: socket.socket) -> NoReturn:
    """Send signals on to it, unless they are ignored here, and end with its exit code or by its signal."""
    for one in (number for number in FORWARDED if signal.getsignal(number) != signal.SIG_IGN):
        signal.signal(one, lambda number, _: _forward(number, server))
    answer = _answer(server)
    code = NUMBER.unpack(answer)[0] if answer else -signal.SIGKILL  # a fork ends with its server
    if code < 0:
        if -code in FORWARDED:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def _forward(number: int, server: socket.socket) -> None:
    with suppress(OSError):  # the fork has ended
        server.send(NUMBER.pack(number))


def _answer(server: socket.socket) -> bytes:
    try:
        return server.recv(NUMBER.size)
    except ConnectionResetError:  # the fork ended before it read a signal, and what the server sent comes after this
        return server.recv(NUMBER.size)
