"""A repository with branches, experiments and their files in DVC's cache, made without a run of DVC."""

import io
import itertools
import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from assay.files import md5
from assay.git import git, raw
from assay.lineage.graph import nodes
from assay.lineage.statement import chosen, location
from cached import keep, keep_folder
from hostile import TEXTS
from pipeline_copy import ENVIRONMENT, IDENTITY

CACHE = Path(".dvc/cache")
OUT_OF_FOLD, METRICS = Path("reports/out_of_fold.json"), Path("reports/metrics.json")
PREDICTIONS = Path("data/predictions")
HOSTILE = TEXTS["tag"]
NOT_IN_GIT = ("/data", "/models", "/src", "/conf", "/.assay", "/.dvc/cache", "/.dvc/tmp")


@dataclass(frozen=True)
class Repository:
    """The repository at `root`, whose first commit is `base`."""

    root: Path
    base: str

    def experiment(self, name: str, params: Mapping[str, Any], shift: float = 0.0) -> str:
        """Keep an experiment on the base: these parameters by dotted key, and scores moved by noise; its commit."""
        lock = yaml.safe_load(self.text("dvc.lock"))
        for stage, entry in lock["stages"].items():  # its statement would be of the base
            entry["outs"] = [out for out in entry["outs"] if out["path"] != str(location(stage))]
        if shift:
            self._with_other_scores(lock, shift)
        content = {
            "params.yaml": changed(self.text("params.yaml"), params),
            "dvc.lock": yaml.safe_dump(lock, sort_keys=False),
        }
        sha = self.commit(content, name)
        git(self.root, "update-ref", f"refs/exps/{self.base[:2]}/{self.base[2:]}/{name}", sha)
        return sha

    def commit(self, content: Mapping[str, str], message: str) -> str:
        """A commit on the base with these files; nothing is checked out."""
        index = {**ENVIRONMENT, "GIT_INDEX_FILE": str(self.root / ".git/index-of-test")}
        git(self.root, "read-tree", self.base, env=index)
        for path, text in content.items():
            blob = git(self.root, "hash-object", "-w", "--stdin", stdin=text.encode())
            git(self.root, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", env=index)
        tree = git(self.root, "write-tree", env=index)
        return git(self.root, *IDENTITY, "commit-tree", tree, "-p", self.base, "-m", message)

    def text(self, path: str) -> str:
        return raw(self.root, "show", f"{self.base}:{path}").decode()

    def many(self, number: int) -> None:
        """So many experiments at once, each with a depth, a rate and figures of its own."""
        base, figures = self.text("params.yaml"), json.loads(self.text(str(OUT_OF_FOLD)))
        tried = list(itertools.product(range(2, 7), range(1, 8)))
        orders = [changed(base, {"model.num_leaves": leaves, "model.learning_rate": 0.001 * n}) for leaves, n in tried]
        lines = []
        for n in range(number):
            own = {**figures, "average_precision": 0.5 + n / (3 * number)}
            new = orders[n % len(orders)]
            lines.append(f"commit refs/exps/{self.base[:2]}/{self.base[2:]}/many-{n}\n")
            lines.append(
                f"committer Test <test@example.org> {1_700_000_000 + n} +0000\n{_data('many')}from {self.base}\n"
            )
            lines.append(
                f"M 100644 inline params.yaml\n{_data(new)}M 100644 inline {OUT_OF_FOLD}\n{_data(json.dumps(own))}"
            )
        subprocess.run(["git", "fast-import", "--quiet"], cwd=self.root, input="".join(lines).encode(), check=True)

    def _with_other_scores(self, lock: dict[str, Any], shift: float) -> None:
        """Make it the lock of a model with other scores, which lie in the cache then."""
        files = {path.name: path.read_bytes() for path in (self.root / PREDICTIONS).iterdir()}
        table = pd.read_parquet(io.BytesIO(files["out_of_fold.parquet"]))
        noise = np.random.default_rng(1).normal(0, shift, len(table))
        buffer = io.BytesIO()
        table.assign(score=(table["score"] + noise).clip(0, 1)).to_parquet(buffer, index=False)
        files["out_of_fold.parquet"] = buffer.getvalue()
        folder = keep_folder(self.root / CACHE, files)
        for out in lock["stages"]["train"]["outs"]:
            if out["path"] == str(PREDICTIONS):
                out["md5"] = folder


def changed(text: str, params: Mapping[str, Any]) -> str:
    """A params.yaml with other values at dotted keys."""
    content = yaml.safe_load(text)
    for key, value in params.items():
        *above, last = key.split(".")
        inner = content
        for part in above:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return yaml.safe_dump(content, sort_keys=False)


def make(line: Path, root: Path) -> Repository:
    """A repository around the files of a line that ran."""
    shutil.copytree(line, root, symlinks=True)
    for path in root.iterdir():
        if path.is_symlink() and path.is_file():
            content = path.read_bytes()
            path.unlink()
            path.write_bytes(content)
    (root / ".dvc").mkdir()
    (root / ".dvc/config").write_text("[core]\n    analytics = false\n")
    (root / ".gitignore").write_text("".join(f"{path}\n" for path in NOT_IN_GIT))
    (root / "dvc.lock").write_text(yaml.safe_dump({"schema": "2.0", "stages": entries(root)}, sort_keys=False))
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, *IDENTITY, "commit", "--quiet", "--message", f"Start {HOSTILE}")
    return Repository(root, git(root, "rev-parse", "HEAD"))


def entries(root: Path) -> dict[str, Any]:
    """What DVC would write into dvc.lock after the line ran; outputs are put into the cache."""
    found, params = {}, yaml.safe_load((root / "params.yaml").read_text())
    for node in nodes((root / "dvc.yaml").read_text()):
        outs = [path for path in sorted(node.outs) if (root / path).exists()]
        deps = [path for path in sorted(node.deps) if (root / path).exists() and not path.startswith("src/")]
        found[node.name] = {
            "cmd": node.cmd,
            "deps": [{"path": path, "hash": "md5", "md5": md5(root / path)} for path in deps],
            "params": {"params.yaml": chosen(params, node.keys)},
            "outs": [
                {"path": path, "hash": "md5", "md5": md5(root / path) if path in node.in_git else kept(root, path)}
                for path in outs
            ],
        }
    return found


def kept(root: Path, path: str) -> str:
    """The hash of a file or folder that is in the cache now."""
    there = root / path
    if there.is_dir():
        names = {one.relative_to(there).as_posix(): one.read_bytes() for one in there.rglob("*") if one.is_file()}
        return keep_folder(root / CACHE, names)
    return keep(root / CACHE, there.read_bytes())


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"
