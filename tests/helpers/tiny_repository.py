"""A tiny real repository: one stage, run as an experiment that is kept, committed and pushed."""

import subprocess
import sys
from pathlib import Path

from pipeline_copy import ENVIRONMENT

# What runs notes what DVC's rwlock says meanwhile.
DVC_YAML = """
stages:
  make:
    cmd: >-
      mkdir -p two && cp source.txt one.txt && cp dvc.yaml two/x && cp params.yaml two/y && echo '{}' > report.json
      && cp .dvc/tmp/rwlock seen
    deps: [source.txt]
    params: [group.b]
    outs: [one.txt, two]
    metrics:
    - report.json: {cache: false}
"""
FILES = {
    "dvc.yaml": DVC_YAML,
    "source.txt": "source",
    ".gitignore": "/seen\n",
    "params.yaml": "group:\n  b: 1\nc:\n- 1\n",
    "conf/config.yaml": "defaults:\n- group: one\n- _self_\nc: [1]\n",
    "conf/group/one.yaml": "b: 1\n",
    "conf/group/two.yaml": "b: 2\n",
}
CONFIG = """
[core]
    remote = store
    analytics = false
[hydra]
    enabled = true
['remote "store"']
    url = ../../store
"""
NAMED = {f"GIT_{role}_{part}": "test" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
OVERRIDES = ("group=two", "c=[2]")
TRIED = "tried"


def run(*command: str, folder: Path = Path()) -> str:
    """What a program prints."""
    done = subprocess.run(command, cwd=folder, env={**ENVIRONMENT, **NAMED}, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


def dvc(*arguments: str, folder: Path = Path()) -> str:
    """What a public command of DVC prints."""
    return run(sys.executable, "-m", "dvc", *arguments, folder=folder)


def make(parent: Path) -> None:
    root = parent / "root"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    run("git", "init", "--quiet", "--initial-branch=main", folder=root)
    dvc("init", "--quiet", folder=root)
    (root / ".dvc/config").write_text(CONFIG)
    for step in ("Start", "Run"):
        run("git", "add", "--all", folder=root)
        run("git", "commit", "--quiet", "--message", step, folder=root)
        if step == "Start":
            dvc("exp", "run", "--name", TRIED, *(word for one in OVERRIDES for word in ("-S", one)), folder=root)
    dvc("push", "--quiet", folder=root)
