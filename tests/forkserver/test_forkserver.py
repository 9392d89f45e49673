"""Stages that a server forks: as if each had a process of its own, or else each has one."""

import os
import signal
import socket
import sys

import pytest
import yaml

from assay.forkserver.client import _answer
from assay.forkserver.server import STAGES, preloaded
from samples import ROOT
from stage_runs import NOTHING, STAGE, asking, in_server, runs, state, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has what it needs")


def test_a_fork_is_told_what_its_stage_was_told(warm):
    assert warm.stage(DVC_STAGE="other") == (0, f"forked other {warm.folder.name}\n", "")
    assert runs(warm.server())


@pytest.mark.parametrize(
    ("todo", "code", "err"),
    [
        ("sys.exit(3)", 3, ""),
        ("sys.exit('what is wrong')", 1, "what is wrong\n"),
        ("print('words', file=sys.stderr)", 0, "words\n"),
        ("os._exit(7)", 7, ""),
        ("raise MemoryError", 1, "assay probe: error: "),
        ("raise KeyError('a')", 1, "Traceback"),
        ("os.kill(os.getpid(), 9)", 137, ""),
        ("os.kill(os.getpid(), 15)", 143, ""),
    ],
)
def test_it_ends_as_it_would_alone(warm, todo, code, err):
    forked, alone = warm.stage(todo), warm.stage(todo, ASSAY_FORKSERVER="0")
    assert (forked[1].split()[0], alone[1].split()[0]) == ("forked", "alone")
    assert forked[0] == alone[0] or {forked[0], alone[0]} == {code, code - 128}
    assert err in forked[2]
    assert err in alone[2]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_what_ends_the_process_of_a_stage_ends_its_fork(warm, number):
    fork = warm.waiting()
    os.kill(asking(warm), number)
    code, _, err = warm.end()
    assert code in (128 + number, -number)
    assert ("KeyboardInterrupt" in err or "interrupted" in err) == (number == signal.SIGINT)
    until(lambda: not runs(fork))


def test_a_fork_stops_and_goes_on_with_the_process_of_its_stage(warm):
    fork, process = warm.waiting(), asking(warm)
    for _ in range(2):
        os.kill(process, signal.SIGSTOP)
        until(lambda: state(fork) == "T")
        os.kill(process, signal.SIGCONT)
        until(lambda: state(fork) == "S")
    os.kill(process, signal.SIGINT)
    assert warm.end()[0] == 128 + signal.SIGINT


def test_a_fork_ends_with_the_process_of_its_stage_though_both_are_stopped(warm):
    fork, process = warm.waiting(), asking(warm)
    os.kill(process, signal.SIGSTOP)
    until(lambda: state(fork) == "T")
    os.kill(process, signal.SIGKILL)
    assert warm.end()[0] in (137, -9)
    until(lambda: not runs(fork))


def test_with_its_server_a_fork_ends_and_its_stage_fails(warm):
    fork = warm.waiting()
    os.kill(warm.server(), signal.SIGKILL)
    assert warm.end()[0] in (137, -9)
    until(lambda: not runs(fork))
    assert warm.stage()[1].startswith("alone")


@pytest.mark.parametrize("how", ["code", "installed", "replaced", "variable", "option", "switched off"])
def test_what_a_server_does_not_have_is_imported_anew(warm, how):
    library = warm.folder / "libraries/old-1.dist-info"
    if how == "installed":
        library.with_name("new-1.dist-info").mkdir()
    if how == "replaced":
        library.rename(library.with_name("old-2.dist-info"))
    if how == "code":
        with (warm.folder / "src/assay/files.py").open("a") as file:
            file.write("# changed\n")
    variables = {"variable": {"OMP_NUM_THREADS": "7"}, "switched off": {"ASSAY_FORKSERVER": "0"}}.get(how, {})
    command = STAGE.replace("python", "python -B") if how == "option" else STAGE
    assert warm.stage(command=command, **variables)[1].startswith("alone")


def test_stages_may_change_their_own_environment(run):
    change = "os.environ['OF_A_LIBRARY'] = '1'"
    until(lambda: run.stage(change)[1].startswith("forked"))
    assert runs(run.server())


@pytest.mark.parametrize("written", ["", "1"])
def test_a_fork_writes_bytecode_as_the_environment_says(run, written):
    todo = f"assert sys.dont_write_bytecode == bool('{written}')"
    until(lambda: run.stage(todo, PYTHONDONTWRITEBYTECODE=written)[1].startswith("forked"))
    assert run.stage(todo, PYTHONDONTWRITEBYTECODE=written)[::2] == (0, "")


def test_the_name_of_a_stage_may_have_a_space(warm):
    assert warm.stage(DVC_STAGE="of two words")[1].startswith("forked of two words")


def test_what_cannot_be_imported_is_left_to_its_stage(run):
    in_server(run, NOTHING, "['assay.absent']")
    assert run.stage()[1].startswith("alone")
    until(lambda: run.stage()[1].startswith("forked"))


@pytest.mark.slow
def test_a_system_without_pidfd_has_no_server(run):
    in_server(run, "import os\n", "import os\ndel os.pidfd_open\n")
    for _ in range(3):
        assert run.stage("time.sleep(0.3)")[:2] == (0, f"alone probe {run.folder.name}\n")


def test_a_stage_whose_dvc_was_killed_leaves_no_server(run):
    run.begin("Path('pid').write_text(str(os.getpid()))\nwhile not Path('go').exists(): time.sleep(0.01)")
    until(lambda: (run.folder / "pid").exists() and (run.folder / "pid").read_text())
    run.process.kill()
    run.process.wait()
    (run.folder / "go").touch()
    until(lambda: not runs(int((run.folder / "pid").read_text())))
    until(lambda: not run.servers(), seconds=10)


def test_a_fork_writes_each_line_to_a_terminal(warm):
    of_us, of_stage = os.openpty()
    code, _, _ = warm.stage("assert sys.stdout.line_buffering", command=f"{STAGE} > {os.ttyname(of_stage)}")
    assert code == 0
    assert b"forked" in os.read(of_us, 1000)


def test_a_signal_that_a_fork_did_not_read_hides_no_answer():
    stage, server = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with stage:
        stage.send(b"a signal")
        server.send(b"code")
        server.close()
        assert _answer(stage) == b"code"


def test_a_server_ends_with_its_run(warm):
    server = warm.server()
    warm.process.kill()
    warm.process.wait()
    until(lambda: not runs(server))


def test_it_imports_for_every_stage_that_may_come_and_no_other():
    listed = list(yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"])
    assert sorted(STAGES) == sorted(listed)
    assert "sklearn.linear_model" in preloaded("split")
    assert "sklearn.linear_model" not in preloaded("train")
    assert "assay.stages.cards" in preloaded("evaluate")
    assert "assay.stages.evaluate" not in preloaded("evaluate")
