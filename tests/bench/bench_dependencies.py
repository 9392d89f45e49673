"""Each stage: the code that dvc.yaml lists for it, beside the code that its run really loads.

    python tests/bench dependencies

Runs every stage in this folder, so `dvc repro` must have run. A change of a file that is listed and not loaded runs a
stage for nothing. A change of one that is loaded and not listed would be missed, unless only `CARRIERS` import it.
"""

import json
import subprocess
import sys
from pathlib import Path

from assay.lineage.code import CARRIERS, does_something, needed_by
from assay.lineage.graph import graph
from assay.lineage.links import PACKAGE, expanded

LOADED = """
import json, runpy, sys
stage, sys.argv = sys.argv[1], ["stage"]
try:
    runpy.run_module(f"assay.stages.{stage}", run_name="__main__", alter_sys=True)
finally:
    names = {name for name in sys.modules if name.startswith("assay.")} | {f"assay.stages.{stage}"}
    print(json.dumps(sorted(names)))
"""


def main() -> None:
    """Print a line for each stage, and the sums."""
    sums, harmless = [0, 0, 0], {path.as_posix() for path in needed_by(set(CARRIERS))}
    for stage, node in graph().nodes.items():
        listed, loaded = listed_by(node.deps), loaded_by(stage)
        needless, missed = sorted(listed - loaded), sorted(loaded - listed - harmless)
        sums = [total + len(one) for total, one in zip(sums, (listed, needless, missed), strict=True)]
        print(f"{stage:10} listed {len(listed):3}, not loaded {len(needless):3}, loaded and not listed: {missed or 0}")
    print("all        listed {:3}, not loaded {:3}, loaded and not listed: {}".format(*sums))


def listed_by(deps: list[str]) -> set[str]:
    """The modules below the dependencies of a stage that do anything."""
    paths = [Path(one) for one in expanded(deps) if Path(one).is_relative_to(PACKAGE)]
    files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*.py"))]
    return {file.as_posix() for file in files if file.suffix == ".py" and does_something(file)}


def loaded_by(stage: str) -> set[str]:
    """The modules that a run of a stage imports and that do anything."""
    said = subprocess.run([sys.executable, "-c", LOADED, stage], capture_output=True, text=True, check=True).stdout
    found = [PACKAGE.parent / name.replace(".", "/") for name in json.loads(said.splitlines()[-1])]
    files = [path / "__init__.py" if path.is_dir() else path.with_suffix(".py") for path in found]
    return {file.as_posix() for file in files if file.exists() and does_something(file)}


if __name__ == "__main__":
    main()
