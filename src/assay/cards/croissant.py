"""Croissant: metadata of the cleaned and annotated tables for programs that look for data or load it.

MLCommons, "Croissant Format Specification" 1.1, with terms of Croissant RAI 1.0.
"""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from assay.cards.columns import INTEGER, described, kind
from assay.cards.facts import Facts, limits
from assay.config.dataset import CATEGORY, DAY, FLAG, NUMBER, TEXT, Dataset
from assay.presentation.many import shown
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


def croissant(facts: Facts, files: dict[str, tuple[str, str, int]]) -> dict[str, Any]:
    """The metadata as JSON-LD.

    files: of the tables "records" and "labels", the path relative to the metadata, the SHA-256, and the size in bytes.
    """
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
        "distribution": [file_object(name, *file) for name, file in files.items()],
        "recordSet": [
            record_set("records", "cleaned records", facts.records, dataset),
            record_set("labels", f"label of each record by policy {policy}", facts.labels, dataset),
            *([code_set(dataset.codes)] if dataset.codes else []),
        ],
    }
    return {name: value for name, value in content.items() if value}


def file_object(name: str, path: str, sha256: str, size: int) -> dict[str, Any]:
    """A file of the distribution."""
    return {
        "@type": "cr:FileObject",
        "@id": f"{name}-file",
        "name": Path(path).name,
        "contentUrl": path,
        "contentSize": f"{size} B",
        "encodingFormat": PARQUET,
        "sha256": sha256,
    }


def record_set(name: str, about: str, table: pd.DataFrame, dataset: Dataset) -> dict[str, Any]:
    """The columns of a table, of very many the first ones."""
    told = shown([*map(str, table)], most=FIELDS)
    rest = f"; {told.rest} more columns are not described here" if told.rest else ""
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": about + rest,
        "key": {"@id": f"{name}/{RECORD_ID}"},
        "field": [field(name, column, table[column], dataset) for column in told.rows],
    }


def field(table: str, name: str, values: pd.Series, dataset: Dataset) -> dict[str, Any]:
    """A column of a table."""
    words = described(name, dataset)
    content = {
        "@type": "cr:Field",
        "@id": f"{table}/{name}",
        "name": name,
        "description": ", ".join(filter(None, [words.about, words.unit and f"in {words.unit}"])),
        "dataType": TYPES[kind(values)],
        "source": {"fileObject": {"@id": f"{table}-file"}, "extract": {"column": name}},
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
