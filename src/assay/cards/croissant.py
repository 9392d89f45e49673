"""Croissant: metadata of the cleaned and annotated tables for programs that look for data or load it.

MLCommons, "Croissant Format Specification" 1.1, with terms of Croissant RAI 1.0.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from assay.cards.columns import INTEGER, described, kind
from assay.cards.facts import Facts, limits
from assay.config.dataset import CATEGORY, DAY, FLAG, NUMBER, TEXT, Dataset
from assay.presentation.truncation import shown
from assay.records.columns import RECORD_ID

CONTEXT = Path(__file__).with_name("croissant_context.json")  # as the specification gives it
CONFORMS_TO = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
PARQUET = "application/x-parquet"
FIELDS = 1000  # of a table at most, 350 KB
TYPES = {
    NUMBER: "sc:Float",
    INTEGER: "sc:Integer",
    FLAG: "sc:Boolean",
    DAY: "sc:Date",
    CATEGORY: "sc:Text",
    TEXT: "sc:Text",
}


@dataclass(frozen=True)
class Stored:
    """A file of a table: its path relative to the metadata, its hash, and its size in bytes."""

    path: str
    sha256: str
    size: int


def croissant(facts: Facts, files: dict[str, list[Stored]], types: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """The metadata as JSON-LD; of the tables "records" and "labels" their files, in order, and their columns' types."""
    dataset, source = facts.config.dataset, facts.config.dataset.source
    policy = facts.reports["annotation"]["policy"]
    content = {
        "@context": json.loads(CONTEXT.read_text(encoding="utf-8")),
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": dataset.name,
        "description": dataset.about or dataset.name,
        "version": facts.bundle["assay"],
        "license": source.licence,
        "citeAs": source.citation,
        "url": source.url,
        "creator": {"@type": "sc:Organization", "name": source.creator} if source.creator else "",
        "datePublished": source.published,
        "rai:dataLimitations": limits(facts),
        "rai:personalSensitiveInformation": [dataset.personal_data] if dataset.personal_data else [],
        "distribution": [one for name, parts in files.items() for one in distributed(name, parts)],
        "recordSet": [
            record_set("records", "cleaned records", types["records"], dataset, files["records"]),
            record_set("labels", f"label of each record by policy {policy}", types["labels"], dataset, files["labels"]),
            *([code_set(dataset.codes)] if dataset.codes else []),
        ],
    }
    return {name: value for name, value in content.items() if value}


def distributed(name: str, parts: list[Stored]) -> list[dict[str, Any]]:
    """The file of a table, or its parts and the set of them."""
    if len(parts) == 1:
        return [file_object(f"{name}-file", parts[0])]
    objects = [file_object(f"{name}-{Path(part.path).stem}", part) for part in parts]
    together = {
        "@type": "cr:FileSet",
        "@id": f"{name}-file",
        "name": Path(parts[0].path).parent.name,
        "containedIn": [{"@id": one["@id"]} for one in objects],
        "encodingFormat": PARQUET,
        "includes": "*.parquet",
    }
    return [*objects, together]


def file_object(key: str, file: Stored) -> dict[str, Any]:
    """A file of the distribution."""
    return {
        "@type": "cr:FileObject",
        "@id": key,
        "name": Path(file.path).name,
        "contentUrl": file.path,
        "contentSize": f"{file.size} B",
        "encodingFormat": PARQUET,
        "sha256": file.sha256,
    }


def record_set(name: str, about: str, table: pd.DataFrame, dataset: Dataset, parts: list[Stored]) -> dict[str, Any]:
    """The columns of a table, of very many the first ones."""
    kind = "fileObject" if len(parts) == 1 else "fileSet"
    told = shown([*map(str, table)], most=FIELDS)
    rest = f"; {told.rest} more columns are not described here" if told.rest else ""
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": about + rest,
        "key": {"@id": f"{name}/{RECORD_ID}"},
        "field": [field(name, column, table[column], dataset, kind) for column in told.rows],
    }


def field(table: str, name: str, values: pd.Series, dataset: Dataset, source: str) -> dict[str, Any]:
    """A column of a table; source: the kind of its source."""
    words = described(name, dataset)
    content = {
        "@type": "cr:Field",
        "@id": f"{table}/{name}",
        "name": name,
        "description": ", ".join(filter(None, [words.about, words.unit and f"in {words.unit}"])),
        "dataType": TYPES[kind(values)],
        "source": {source: {"@id": f"{table}-file"}, "extract": {"column": name}},
    }
    if table != "records" and name == RECORD_ID:
        content["references"] = {"field": {"@id": f"records/{RECORD_ID}"}}
    return {name: value for name, value in content.items() if value}


def code_set(codes: dict[str, str]) -> dict[str, Any]:
    """The letters of the code with their meaning, in the metadata itself."""
    return {
        "@type": "cr:RecordSet",
        "@id": "codes",
        "name": "codes",
        "description": "what each letter of a code means",
        "key": {"@id": "codes/letter"},
        "field": [
            {"@type": "cr:Field", "@id": f"codes/{name}", "name": name, "dataType": TYPES[TEXT]}
            for name in ("letter", "meaning")
        ],
        "data": [{"codes/letter": letter, "codes/meaning": meaning} for letter, meaning in codes.items()],
    }
