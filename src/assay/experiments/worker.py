"""A warm process that runs experiments in a clone of its own: python -m assay.experiments.worker < requests.

Each line on stdin is a request, {"name", "params", "baseline", "message"}; each line on stdout its answer. DVC itself
decides what to run and writes dvc.lock; only the stages' commands run in this process, where everything is imported
already, instead of a new one each.
"""

import importlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

STAGE = re.compile(r"python -m (assay\.stages\.\w+)")
IDENTITY = {"NAME": "Assay", "EMAIL": "assay@localhost"}  # where git has none


def main() -> None:
    """Answer requests until stdin ends."""
    answers = os.fdopen(os.dup(1), "w")
    leave_with(os.getppid())
    run_stages_here()
    for line in sys.stdin:
        request = json.loads(line)
        with Path(request["log"]).open("w") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
            print(json.dumps(answer(request)), file=answers, flush=True)


def leave_with(parent: int) -> None:
    """End this process when its parent is gone: a killed sweep leaves nothing running."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def run_stages_here() -> None:
    """Let DVC run the commands of stages as functions of this process."""
    from dvc.stage import run
    from dvc.stage.exceptions import StageCmdFailedError

    in_a_process_of_its_own = run._run

    def here(executable: str | None, cmd: str, **options: Any) -> None:
        stage = STAGE.fullmatch(cmd.strip())
        if not stage:
            in_a_process_of_its_own(executable, cmd, **options)
            return
        try:
            importlib.import_module(stage[1]).main()
        except SystemExit as end:
            if end.code:
                raise StageCmdFailedError(cmd, end.code) from end

    run._run = here


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Run one experiment and say how it went."""
    start = time.perf_counter()
    try:
        metrics = experiment(request)
    except Exception as error:  # whatever a stage or DVC raises: told to the parent, which goes on with the next
        return {"error": f"{type(error).__name__}: {error}", "seconds": time.perf_counter() - start}
    return {"error": "", "seconds": time.perf_counter() - start, "metrics": metrics}


def experiment(request: dict[str, Any]) -> dict[str, Any]:
    """`dvc repro` on the baseline with these params, kept as an experiment in the origin; the out-of-fold metrics."""
    from dvc.repo import Repo

    git("reset", "--quiet", "--hard", request["baseline"])
    Path("params.yaml").write_text(request["params"])
    with Repo(".") as repo:
        repo.reproduce()
    keep(request["name"], request["baseline"], request["message"])
    return json.loads(Path("reports/out_of_fold.json").read_text())


def keep(name: str, baseline: str, message: str) -> None:
    """Make the working tree an experiment: a commit on the baseline under the reference that DVC gives experiments."""
    git("add", "--all")
    tree = git("write-tree")
    commit = git("commit-tree", tree, "-p", baseline, "-m", message)
    git("push", "--quiet", "--force", "origin", f"{commit}:{reference(baseline, name)}")


def reference(baseline: str, name: str) -> str:
    """Where DVC looks for an experiment (dvc.repo.experiments.refs)."""
    return f"refs/exps/{baseline[:2]}/{baseline[2:]}/{name}"


def git(*arguments: str) -> str:
    """What git prints; CalledProcessError with its own words if it fails."""
    done = subprocess.run(["git", *arguments], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


if __name__ == "__main__":
    for role in ("AUTHOR", "COMMITTER"):
        for part, value in IDENTITY.items():
            if not subprocess.run(["git", "config", f"user.{part.lower()}"], capture_output=True, text=True).stdout:
                os.environ.setdefault(f"GIT_{role}_{part}", value)
    sys.argv = sys.argv[:1]
    main()
