"""Runs the line on a new data version, in a clone: python -m assay.retraining.worker < request.

The request, JSON on stdin, has `files` (where each file belongs in the repository, and where it is), `params` (the text
of params.yaml), `name`, `baseline` and `message` of the experiment. The answer, a line of JSON on stdout, has the
experiment's `commit`, or what went wrong. It ends when its parent does.
"""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from assay.config.keep import kept
from assay.dvc_internals.commands import dvc
from assay.errors import AssayError, described
from assay.experiments.refs import keep, with_identity
from assay.lineage.checks import Known, require_record
from assay.lineage.graph import PARAMS, graph
from assay.processes import leave_with
from assay.sweep.worker import way_to_run

HERE = Path()


def main() -> None:
    """Answer the one request."""
    leave_with(os.getppid())
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # nothing that a library prints may look like the answer
    sys.argv = sys.argv[:1]  # stages look there for overrides
    try:
        said: dict[str, Any] = {"commit": experiment(json.load(sys.stdin))}
    except AssayError as error:
        said = {"what": error.what, "where": error.where, "todo": error.todo}
    except Exception as error:  # whatever a stage or DVC raises: told to the parent
        said = {"what": described(error), "where": "", "todo": ""}
    print(json.dumps(said), file=answers, flush=True)


def experiment(request: dict[str, Any]) -> str:
    """Add the batch, configure, run the line, and keep it; the commit."""
    with_identity(HERE)
    for target, file in request["files"].items():
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        dvc("add", "--quiet", target)
    Path(PARAMS).write_text(request["params"], encoding="utf-8")
    kept()
    way_to_run()()
    require_record(Known(graph()))
    return keep(HERE, request["name"], request["baseline"], request["message"])


if __name__ == "__main__":
    main()
