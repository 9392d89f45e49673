"""The interface of the service as an OpenAPI document, from the contract of the model in use."""

from typing import TYPE_CHECKING, Any

from assay import __version__
from assay.scoring.reason_choice import Reasons
from assay.serving.paths import HEALTH, KEY_HEADER, METRICS, MODEL, OPENAPI, PAGE, PREDICT, READY
from assay.serving.schema import Schema, record_schema

if TYPE_CHECKING:
    from assay.serving.model import Model

VERSION = "3.1.0"
KEY = "key"
NEEDS_KEY = (PREDICT, MODEL, METRICS)
RECORD = {"$ref": "#/components/schemas/Record"}
TEXT, NUMBER, OBJECT = ({"type": kind} for kind in ("string", "number", "object"))
TEXTS = {"type": "array", "items": TEXT}


def openapi(model: "Model", most: int, *, key: bool) -> dict[str, Any]:
    """The document. most: records of a request. key: whether an API key is needed."""
    dataset = model.bundle.dataset
    document: dict[str, Any] = {
        "openapi": VERSION,
        "info": {
            "title": f"Assay: {dataset.name}",
            "version": __version__,
            "description": description(model),
            "x-limits": list(dataset.limits),
        },
        "paths": paths(most),
        "components": {"schemas": {"Record": record_schema(model.scorer.contract, dataset), **SCHEMAS}},
    }
    if key:
        document["components"]["securitySchemes"] = {KEY: {"type": "apiKey", "in": "header", "name": KEY_HEADER}}
        for path in NEEDS_KEY:
            for operation in document["paths"][path].values():
                operation["security"] = [{KEY: []}]
                operation["responses"] |= errors(401)
    return document


def description(model: "Model") -> str:
    """The records, and the outcome that the model looks for."""
    dataset, labels = model.bundle.dataset, model.bundle.labels
    sought = f"The score is the probability of: {labels.about}." if labels.about else ""
    return " ".join(filter(None, (dataset.about, sought)))


def paths(most: int) -> dict[str, Any]:
    """The routes, what they take and what they answer."""
    return {
        PREDICT: {"post": predict(most)},
        **{
            path: {"get": {"summary": summary, "responses": {"200": said, **errors()}}}
            for path, (summary, said) in READS.items()
        },
    }


def predict(most: int) -> dict[str, Any]:
    """The one route that takes records."""
    return {
        "summary": "Score a record, or a list of records",
        "description": (
            "Each record gets a score, or the reason why not. A single record that breaks the contract is 422; in a "
            "list, only that record gets no score."
        ),
        "parameters": [
            {
                "name": "reasons",
                "in": "query",
                "description": "which records get reasons",
                "schema": {"enum": list(Reasons), "default": Reasons.ALERTS},
            }
        ],
        "requestBody": {"required": True, "content": of_json({"oneOf": [RECORD, many(RECORD, most)]})},
        "responses": {
            "200": answer("The score, or the scores", {"oneOf": [ref("Scored"), ref("ListScored")]}),
            "422": answer("The record breaks the contract", ref("Refusal")),
            **errors(415),
        },
    }


def of_json(schema: Schema) -> dict[str, Any]:
    """The content of a body of JSON."""
    return {"application/json": {"schema": schema}}


def many(item: Schema, most: int) -> Schema:
    """A list of 1 to `most`."""
    return {"type": "array", "items": item, "minItems": 1, "maxItems": most}


def answer(description: str, schema: Schema) -> dict[str, Any]:
    """An answer of JSON."""
    return {"description": description, "content": of_json(schema)}


def text(description: str, media_type: str) -> dict[str, Any]:
    """An answer of text."""
    return {"description": description, "content": {media_type: {"schema": TEXT}}}


def ref(name: str) -> Schema:
    """A schema of this document."""
    return {"$ref": f"#/components/schemas/{name}"}


def errors(*codes: int) -> dict[str, Any]:
    """The answers to what is not served: those of the codes, and those that any request may get."""
    return {str(code): answer(DESCRIPTIONS[code], ref("Error")) for code in (*codes, *ANYWHERE)}


def fields(**properties: Schema) -> Schema:
    """An object with these fields, and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


DESCRIPTIONS = {
    400: "The body is not JSON, or this is not HTTP",
    401: "The key is missing or wrong",
    408: "The request did not arrive in time",
    413: "Too many bytes or records",
    415: "The body is not said to be JSON",
    421: "The Host header names another server",
    431: "The headers are too long",
    503: "The service cannot answer now",
}
ANYWHERE = (400, 408, 413, 421, 431, 503)
VIOLATIONS: Schema = {"type": "array", "items": ref("Violation")}
PREDICTION: dict[str, Schema] = {
    "record_id": {"type": ["string", "null"]},
    "score": {"type": ["number", "null"], "description": "probability of the positive class; null if not scored"},
    "alert": {"type": ["boolean", "null"], "description": "whether the score reaches the threshold"},
    "reasons": TEXTS | {"description": "the features that add most to the score"},
    "changed": VIOLATIONS | {"description": "values that were set missing"},
    "not_scored": {"oneOf": [{"type": "null"}, ref("NotScored")]},
}
SCHEMAS: dict[str, Schema] = {
    "Scored": fields(**PREDICTION, threshold=NUMBER, model=ref("Model")),
    "ListScored": fields(
        predictions={"type": "array", "items": fields(**PREDICTION)}, threshold=NUMBER, model=ref("Model")
    ),
    "NotScored": fields(kind=TEXT, why=TEXT, violations=VIOLATIONS),
    "Violation": fields(rule=TEXT, fields=TEXTS, message=TEXT),
    "Refusal": fields(error=TEXT, violations=VIOLATIONS, model=ref("Model")) | {"required": ["error"]},
    "Model": fields(version=TEXT, hash=TEXT, data=TEXT),
    "Error": fields(error=TEXT),
}
READS = {
    MODEL: ("What the model is, and what it was trained on", answer("The model", OBJECT)),
    METRICS: ("Counters for Prometheus", text("Prometheus' text format", "text/plain")),
    PAGE: ("A form for one record", text("The page", "text/html")),
    OPENAPI: ("This document", answer("It", OBJECT)),
    HEALTH: ("Whether the process answers", answer("It does", fields(status=TEXT))),
    READY: ("Whether a record would get an answer", answer("It would", fields(status=TEXT, model=ref("Model")))),
}
