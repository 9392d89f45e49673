"""Clean clones of a revision, and DVC at work in them."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from assay.dvc_internals import commands
from assay.errors import AssayError
from assay.files import yaml_mapping
from assay.git import git
from assay.terminal import say

# DVC's hints after a run, on what to stage in git. Our commands stage what they commit.
HINTS = (
    "To track the changes with git, run:",
    "\tgit add ",
    "To enable auto staging, run:",
    "\tdvc config core.autostage",
)


def clone(root: Path, target: Path, sha: str, shared: Path | None = None) -> None:
    """Clone one commit of `root` into the folder `target`, with the data cache `shared`, or an empty one."""
    clone_commit(root, target, sha, shared)
    bring_sources(root, target)


def clone_commit(root: Path, target: Path, sha: str, shared: Path | None) -> None:
    """The same without files that were given to DVC; `root` may be a repository without a work tree."""
    shutil.rmtree(target, ignore_errors=True)
    git(root, "clone", "--quiet", "--shared", "--no-checkout", str(root), str(target))
    git(target, "checkout", "--quiet", "--detach", sha)
    if shared:
        (target / ".dvc/config.local").write_text(f"[cache]\n    dir = {shared}\n")


def fetch_data(root: Path, sha: str, cache: Path) -> None:
    """Bring the data of a commit of `root` from DVC's remote into a cache; AssayError if not all of it is there."""
    with tempfile.TemporaryDirectory(prefix="assay-fetch-") as folder:
        clone_commit(root, Path(folder, "clone"), sha, cache)
        commands.dvc("fetch", folder=Path(folder, "clone"))


def bring_sources(root: Path, target: Path) -> None:
    """Copy the files that were given to DVC, and no stage makes, from the cache of `root`, or its remote, into a clone.

    What is there stays. If neither has one, `collect` says so where it needs the file.
    """
    for tracked in git(target, "ls-files", "-z", "--", "*.dvc").split("\0")[:-1]:
        if not (target / tracked).with_suffix("").exists():
            _bring(root, target, Path(tracked))


def _bring(root: Path, target: Path, tracked: Path) -> None:
    from assay.dvc_internals.objects import DIR, listed, object_path
    from assay.dvc_internals.repository import cache_folder

    cache, md5 = cache_folder(root), str(yaml_mapping((target / tracked).read_bytes())["outs"][0]["md5"])
    place = (target / tracked).with_suffix("")

    def files() -> dict[Path, Path]:
        """Where each file is to be, and where the cache has it; no file of a folder that it does not have."""
        if not md5.endswith(DIR):
            return {place: object_path(cache, md5)}
        if not object_path(cache, md5).exists():
            return {}
        return {place / name: object_path(cache, one) for name, one in listed(cache, md5).items()}

    if not (held := files()) or not all(one.exists() for one in held.values()):
        commands.last_line("fetch", str(tracked), folder=root)
        held = files()
    if held and all(one.exists() for one in held.values()):
        for file, one in held.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(one, file)


def repro(folder: Path, sha: str, *options: str) -> None:
    """Run `dvc repro` in a clone; AssayError with the message of the stage that failed."""
    command = [sys.executable, "-m", "dvc", "repro", *options]
    done = subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, text=True)
    if done.returncode:
        raise AssayError(
            f"the run failed: {reason(done.stderr)}",
            where=f"revision {sha[:10]}",
            todo=f"check it out and run: {' '.join(['dvc', 'repro', *options])}",
        )


def environment(folder: Path) -> dict[str, str]:
    """The variables for programs that run in a clone: this environment's programs first, and the clone's own code.

    So no stage has to start twice where this package is installed from elsewhere.
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str((folder / "src").absolute())}


def dvc(*arguments: str) -> tuple[int, str]:
    """Run DVC here and print its output, without its hints, on stderr at once; the exit code and the whole output."""
    said = []
    with subprocess.Popen(
        [sys.executable, "-m", "dvc", *arguments],
        env=environment(Path()),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if not line.startswith(HINTS):
                say(line.rstrip("\n"), error=True)
            said.append(line)
    return process.returncode, "".join(said)


def reason(stderr: str) -> str:
    """The line that says why a program failed, and where, if the next line says that.

    >>> reason("assay clean: error: no scheduler\\n  where: tcp://head:8786\\n  to do: start one\\n")
    'assay clean: error: no scheduler (where: tcp://head:8786)'
    """
    lines = [*stderr.splitlines(), ""]
    at = next((number for number, line in enumerate(lines) if "error:" in line.lower()), None)
    if at is None:
        return stderr.strip()
    where = f" ({lines[at + 1].strip()})" if lines[at + 1].startswith("  where: ") else ""
    return lines[at].removeprefix("ERROR: ").removeprefix("unexpected error - ") + where
