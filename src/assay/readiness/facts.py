"""The facts for the page: the content of the line's files, and where each comes from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.bundle.folder import REFERENCE
from assay.cards.facts import REPORTS as OF_CARDS
from assay.errors import AssayError
from assay.files import md5, read_json
from assay.paths import BUNDLE, CLEANED, MODEL, REPORTS, REVIEW_QUEUE, SPLIT, fold
from assay.records.columns import DATE, RECORD_ID
from assay.records.folds import TEST
from assay.tables import read_table

if TYPE_CHECKING:
    from assay.budget.command import Budget
    from assay.bundle.description import Description
    from assay.config.schema import Config
    from assay.labels.decision import Decision
    from assay.lineage.results import Results
    from assay.readiness.item import Item

NAMES = (*OF_CARDS, "review")


@dataclass(frozen=True)
class Span:
    """The first and the last day of some records."""

    first: date
    last: date

    @property
    def months(self) -> float:
        return max((self.last - self.first).days, 1) / 30.4375


@dataclass(frozen=True)
class Registry:
    """The versions of the model, by name; the tags in use without a signature; what each stage holds."""

    versions: Sequence[str]
    unsigned: Sequence[str]
    stages: Mapping[str, str]


@dataclass(frozen=True)
class Facts:
    """Everything that the page may state.

    bundle: what the model folder says of itself. reports: those of `NAMES` that are of this very model and of
    params.yaml. unevaluated: why it has no figures, "" if it has. missing: the share of train records without a value,
    by feature. budget: what was measured on this model; None if nothing was. measured_on: the model
    that was measured, if it is another one. records, test: the days of all records and of the test fold; None if they
    have no dates. queue: the records to review; decided: the decisions that stand. chosen: whether a decision of `assay
    choose` is there for this table and policy. needs_python: the versions that the package allows. today: the day of
    the page.
    """

    config: "Config"
    bundle: "Description"
    reports: Mapping[str, Any]
    unevaluated: str
    missing: Mapping[str, float]
    budget: "Budget | None"
    measured_on: str
    records: Span | None
    test: Span | None
    queue: Sequence[str]
    decided: Sequence["Decision"]
    registry: Registry
    chosen: bool
    needs_python: str
    today: date

    def has(self, *names: str) -> bool:
        """Whether all these reports are there."""
        return {*names} <= {*self.reports}

    @property
    def contract(self) -> str:
        """The file of the contract."""
        return f"conf/dataset/{self.bundle.config.dataset.name}.yaml"

    @property
    def policy(self) -> str:
        """The file of the label policy."""
        return f"conf/labels/{self.bundle.config.labels.name}.yaml"


Part = Callable[[Facts], "list[Item]"]


def told(parts: Mapping[Part, Sequence[str]], facts: Facts) -> "list[Item]":
    """The items of all parts, in their order; a part that lacks one of its reports (its names) has none."""
    return [item for part, names in parts.items() if facts.has(*names) for item in part(facts)]


def report(name: str) -> str:
    """The path of a report."""
    return f"{REPORTS}/{name}.json"


def gather(root: Path, today: date) -> Facts:
    """The facts of the last run.

    AssayError if a file is missing, or not what its stage made, or if the model is not of params.yaml and the data.
    """
    from assay.budget.command import last
    from assay.choose.folder import is_decided
    from assay.config.load import load, plain
    from assay.lineage.results import EVALUATE, Results

    results = Results(plain())
    require_own_model(results)
    paths = {name: Path(report(name)) for name in NAMES}
    paths = {name: path for name, path in paths.items() if not results.fault(results.maker(path))}
    queue = [REVIEW_QUEUE] if "review" in paths else []
    for path in (MODEL, CLEANED, fold(SPLIT, TEST), *queue, *paths.values()):
        results.known.require(path)
    bundle, missing = described()
    measured, model = last(), md5(MODEL)
    other = measured.model if measured and measured.model != model else ""
    return Facts(
        config=load(),
        bundle=bundle,
        reports={name: read_json(path) for name, path in paths.items()},
        unevaluated=results.fault(EVALUATE),
        missing=missing,
        budget=None if other else measured,
        measured_on=other,
        records=span(CLEANED),
        test=span(fold(SPLIT, TEST)),
        queue=[one for path in queue for one in read_table(path, [RECORD_ID])[RECORD_ID]],
        decided=decisions(bundle),
        registry=registered(root),
        chosen=is_decided(bundle.config.dataset.name, bundle.config.labels.name),
        needs_python=needed_python(),
        today=today,
    )


def require_own_model(results: "Results") -> None:
    """AssayError unless models/ was made from params.yaml and the data that is here."""
    if fault := results.fault(results.maker(MODEL)):
        raise AssayError(f"the model is not of what is here now: {fault}", where=str(MODEL), todo="dvc repro")


def described() -> tuple["Description", dict[str, float]]:
    """The description of the model folder, and the share of train records without a value by feature."""
    from assay.bundle.description import read
    from assay.bundle.hashes import MEND, verify
    from assay.bundle.strict_json import parse

    verified = verify(MODEL)
    _, found = read(verified.read(BUNDLE.name), str(BUNDLE), MEND)
    reference: Any = parse(verified.read(REFERENCE), str(MODEL / REFERENCE), MEND)
    return found, {name: one["missing"] for name, one in reference["features"].items()}


def span(path: Path) -> Span | None:
    """The days of a table's records; None if they have none."""
    table = read_table(path, [RECORD_ID], optional=[DATE])
    days = table[DATE].dropna() if DATE in table else ()
    return Span(min(days).date(), max(days).date()) if len(days) else None


def decisions(bundle: "Description") -> list["Decision"]:
    """The decisions on labels that stand."""
    from assay.labels.decision import standing
    from assay.labels.ledger import opened

    return list(standing(opened(bundle.config.dataset, None).read()))


def registered(root: Path) -> Registry:
    """The versions and stages in git's tags; a former tag of a stage need not be signed any more."""
    from assay.registry.tags import tags

    every = tags(root)
    held = {stage: every.champion(stage) for stage in every.stages}
    return Registry(
        [tag.version for tag in every.versions],
        [tag.name for tag in held.values() if tag and not tag.signed],
        {stage: every.version_of(tag.commit) or tag.commit[:10] for stage, tag in held.items() if tag},
    )


def needed_python() -> str:
    """The versions of Python that this package allows, as it declares them."""
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        return str(metadata("assay")["Requires-Python"] or "")
    except PackageNotFoundError as error:
        raise AssayError("the package assay is not installed", todo="make repro") from error
