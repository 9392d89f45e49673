"""Stands for python, dvc or assay: has the warm process run the command, and ends as it ends. See warm.py.

It starts in an instant, because it imports next to nothing: what `os` and `signal` are made of, and not these.
"""

import _signal
import marshal
import posix
import sys
from _socket import AF_UNIX, SCM_RIGHTS, SOCK_SEQPACKET, SOL_SOCKET, socket

STREAMS = b"".join(one.to_bytes(4, sys.byteorder) for one in (0, 1, 2))


def main(address: str, program: str, *arguments: str) -> None:
    """Take over the command's end; start a fresh interpreter if it cannot be served."""
    answer = answered(address, program, arguments) if served(program, *arguments) else b""
    if not answer:
        posix.execv(program, [program, *arguments])
    code = int.from_bytes(answer, sys.byteorder, signed=True)
    if code < 0:
        if -code != _signal.SIGKILL:
            _signal.signal(-code, _signal.SIG_DFL)
        posix.kill(posix.getpid(), -code)
    posix._exit(code)


def served(program: str, option: str = "", module: str = "", *_: str) -> bool:
    """Whether it is a command of dvc or assay, not one that a library starts for itself."""
    if not program.endswith("/python"):
        return True
    return option == "-m" and (module == "dvc" or module.startswith("assay."))


def answered(address: str, program: str, arguments: tuple[str, ...]) -> bytes:
    """The exit code of the command, or minus the signal that ended it; nothing, if a fresh interpreter must run it."""
    server = socket(AF_UNIX, SOCK_SEQPACKET)
    server.connect(address)
    asked = marshal.dumps((program, list(arguments), posix.getcwd(), posix.environ))
    server.sendmsg([asked], [(SOL_SOCKET, SCM_RIGHTS, STREAMS)])
    return server.recv(4)


if __name__ == "__main__":
    main(*sys.argv[1:])
