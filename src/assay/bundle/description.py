"""The form of bundle.json, which may say nothing else. Who changes the form raises `assay.bundle.folder.FORMAT`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Field

from assay.bundle.code import Source
from assay.bundle.folder import FORMAT
from assay.bundle.recalibration import Recalibration
from assay.bundle.strict_json import parse
from assay.bundle.threshold import Threshold
from assay.config.dataset import Dataset
from assay.config.dataset_faults import faults as dataset_faults
from assay.config.faults import label_faults
from assay.config.load import typed_as
from assay.config.reading import plain
from assay.config.schema import Features, Labels, Split, Training
from assay.errors import AssayError


@dataclass
class File:
    """The model file, or that of an ensemble, which names those of its members."""

    name: str
    md5: str


@dataclass
class Configuration:
    """The parts of the configuration behind the model, which are no longer those of params.yaml."""

    dataset: Dataset
    labels: Labels
    split: Split
    features: Features
    training: Training


@dataclass
class Feature:
    """A column that the model reads: see `assay.bundle.schema.feature_schema`."""

    name: str
    dtype: str
    categories: list[str] | None = None
    quantiles: list[float] | None = None
    title: dict[str, Any] | None = None


@dataclass
class Figure:
    """A metric and its interval, both null where undefined."""

    value: float | None
    interval: Annotated[list[float | None], Field(min_length=2, max_length=2)]


@dataclass
class Figures:
    """Figures out of fold on train and validation: see `assay.modelling.figures`."""

    records: int
    positives: int
    prevalence: float
    confidence: float
    resamples: int
    metrics: dict[str, Figure]


@dataclass
class Description:
    """All that bundle.json says, in the words of the modules that wrote it.

    samples: from how many records each fit of a model or baseline learned, by its name, if not from all. partitions:
    into how many the records were divided, if they were. code: the plug-ins of the contract by name. lineage: the MD5
    of each input of `train` by path. versions: of the libraries.
    """

    format: int
    file: File
    assay: str
    config: Configuration
    model: dict[str, Any]
    features: list[Feature]
    without_reasons: str | None
    recalibration: Recalibration | None
    threshold: Threshold
    metrics_out_of_fold_threshold_chosen_on_them: Figures
    samples: dict[str, int] = field(default_factory=dict)
    partitions: dict[str, int] = field(default_factory=dict)
    code: dict[str, Source] = field(default_factory=dict)
    lineage: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)


def read(content: bytes, where: str, todo: str) -> tuple[dict[str, Any], Description]:
    """The content of bundle.json, as it is and typed; AssayError naming everything in it that cannot be."""
    found = parse(content, where, todo)
    if not isinstance(found, dict) or found.get("format") != FORMAT or found["format"] is True:
        stated = found.get("format") if isinstance(found, dict) else None
        what = f"a bundle of format {str(stated)[:20]}: this release reads format {FORMAT}"
        raise AssayError(what, where=where, todo="use the release that wrote it, or train again: dvc repro train")
    try:
        described = typed_as(Description, found, "bundle")
        faults = [*dataset_faults(described.config.dataset), *label_faults(described.config.labels)]
        faults += _feature_faults(described.features)
        faults += [f"{key} is of another type" for key in _converted(found, plain(described), "bundle")]
    except AssayError as error:
        raise AssayError(f"not what `train` writes: {error.what}", where=where, todo=todo) from error
    if faults:
        raise AssayError("; ".join(faults), where=where, todo=todo)
    return found, described


def _feature_faults(features: list[Feature]) -> list[str]:
    names = [one.name for one in features]
    found = [] if names and len(set(names)) == len(names) else ["features: none, or one of them twice"]
    return found + [f"features.{one.name}: {why}" for one in features for fault, why in _TOLD if fault(one)]


_TOLD: list[tuple[Callable[[Feature], bool], str]] = [
    (lambda one: (one.dtype == "category") != (one.categories is not None), "a category has categories, no other has"),
    (lambda one: len(set(one.categories or ())) < len(one.categories or ()), "a category stands there twice"),
    (lambda one: len(one.quantiles or ()) not in (0, 2), "quantiles are two"),
    (lambda one: one.title is not None and not _is_title(one.title), "not what a title says"),
]


def _is_title(title: dict[str, Any]) -> bool:
    """Whether `assay.bundle.reasons` can make words of it."""
    return isinstance(title.get("text"), str) and isinstance(title.get("logarithm", False), bool)


def _converted(found: Any, typed: Any, key: str) -> Iterator[str]:
    """The keys of values that a typed reading takes for another one, such as the text "0.5" for a number.

    A configuration may be so; those who read bundle.json as it is rely on its types.
    """
    if isinstance(found, dict) and isinstance(typed, dict):
        for name, value in found.items():
            yield from _converted(value, typed.get(name), f"{key}.{name}")
    elif isinstance(found, list) and isinstance(typed, list) and len(found) == len(typed):
        for place, pair in enumerate(zip(found, typed, strict=True)):
            yield from _converted(*pair, f"{key}[{place}]")
    elif found != typed or (type(found) is not type(typed) and (type(found), type(typed)) != (int, float)):
        yield key
