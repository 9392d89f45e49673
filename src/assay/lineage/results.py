"""Whether what the stages made belongs together: their params, and the files between them, are those of now."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assay.errors import warn
from assay.files import md5
from assay.lineage.checks import Known, first_difference
from assay.lineage.graph import DVC_YAML, PARAMS, graph
from assay.lineage.statement import chosen, same
from assay.paths import MODEL

AUDIT, EVALUATE = "audit", "evaluate"


class Results:
    """The outputs of the stages' last runs, by their statements; code and the files of people are not compared.

    params: the content of params.yaml; None: with which params a stage ran is not compared.
    """

    def __init__(self, params: Mapping[str, Any] | None = None) -> None:
        self.known, self.params = Known(graph()), params

    def fault(self, stage: str) -> str:
        """Why the results of a stage are not of what is here now, in words; "" if they are.

        A stage that an error stops leaves no statement, and DVC leaves the former reports where they are.
        """
        stages = self.known.graph
        if stage not in stages.nodes:
            return f"{DVC_YAML} has no stage {stage}"
        before = stages.ancestors(stage)
        found = (self._own(name) for name in stages.nodes if name in before or name == stage)
        return next((one for one in found if one), "")

    def maker(self, path: Path) -> str:
        """The stage that makes a file."""
        return self.known.graph.maker(path.as_posix()) or ""

    def of_model(self, path: Path, folder: Path = MODEL) -> bool:
        """Whether the line made this very file from this very model folder."""
        maker = self.maker(path)
        stated = self.known.statement(maker) if maker else None
        if stated is None or not path.is_file() or self.fault(maker):
            return False
        return stated.deps.get(MODEL.as_posix()) == md5(folder) and stated.outs.get(path.as_posix()) == md5(path)

    def _own(self, stage: str) -> str:
        node, statement = self.known.graph.nodes[stage], self.known.statement(stage)
        if statement is None:  # of the first one: its files may have come by hand, and are compared below
            return _missing(stage) if self.known.graph.ancestors(stage) else ""
        if node.frozen:
            return ""
        for key, value in chosen(self.params or {}, node.keys).items():
            if not same(statement.params.get(key), value):
                inner, used, now = first_difference(key, statement.params.get(key), value)
                return f"{stage} ran with {inner}={used!r}, and {PARAMS} says {now!r}"
        between = ((path, used) for path, used in statement.deps.items() if self.known.graph.maker(path))
        other = next((path for path, used in between if self.known.expected(path) not in (None, used)), None)
        return f"{stage} ran with another {other}" if other else ""


def unproven(folder: Path = MODEL) -> str:
    """Why nothing here says that the audit has passed the model in models/, and that it was evaluated; "" if so."""
    results = Results()
    made = results.known.expected(MODEL.as_posix())
    return results.fault(EVALUATE) or ("" if made == md5(folder) else f"{folder}/ is not what train made here")


def warn_unproven() -> None:
    """Warn of a model in models/ that the audit may have stopped: whoever uses it must know."""
    if why := unproven():
        warn(f"nothing shows that {MODEL}/ has passed the audit and was evaluated: {why}; run dvc repro, or dvc pull")


def _missing(stage: str) -> str:
    return "the audit did not pass, or did not run" if stage == AUDIT else f"no statement of {stage} is here"
