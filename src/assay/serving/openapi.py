"""The interface of the service as an OpenAPI document, from the contract of the model in use."""

from typing import TYPE_CHECKING, Any

from assay import __version__
from assay.serving.answers import REASONS
from assay.serving.schema import Schema, record_schema

if TYPE_CHECKING:
    from assay.serving.model import Model

VERSION = "3.1.0"
KEY = "key"
RECORD = {"$ref": "#/components/schemas/Record"}
TEXT, NUMBER, YES_OR_NO, OBJECT = ({"type": kind} for kind in ("string", "number", "boolean", "object"))
TEXTS = {"type": "array", "items": TEXT}


def openapi(model: "Model", most: int, *, key: bool) -> dict[str, Any]:
    """The document. most: records of a request. key: whether an API key is needed."""
    dataset = model.bundle.dataset
    document: dict[str, Any] = {
        "openapi": VERSION,
        "info": {"title": f"Assay: {dataset.name}", "version": __version__, "description": dataset.about},
        "paths": paths(most),
        "components": {"schemas": {"Record": record_schema(model.scorer.asked), **SCHEMAS}},
    }
    if key:
        document["components"]["securitySchemes"] = {KEY: {"type": "apiKey", "in": "header", "name": "X-API-Key"}}
        document["security"] = [{KEY: []}]
    return document


def paths(most: int) -> dict[str, Any]:
    """The routes, what they take and what they answer."""
    return {
        "/predict": {
            "post": {
                "summary": "Score a record, or a list of records",
                "description": (
                    "Each record gets a score, or the reason why not. A single record that breaks the contract is 422; "
                    "in a list, only that record gets no score."
                ),
                "parameters": [
                    {
                        "name": "reasons",
                        "in": "query",
                        "description": "which records get reasons",
                        "schema": {"enum": list(REASONS), "default": REASONS[0]},
                    }
                ],
                "requestBody": {"required": True, "content": of_json({"oneOf": [RECORD, many(RECORD, most)]})},
                "responses": {
                    "200": answer("The score, or the scores", {"oneOf": [ref("Scored"), ref("ListScored")]}),
                    "422": answer("The record breaks the contract", ref("Refusal")),
                    **errors(400, 401, 408, 413, 415, 503),
                },
            }
        },
        **{
            path: {"get": {"summary": summary, "responses": {"200": said, **errors(*codes)}}}
            for path, (summary, said, codes) in READS.items()
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


def ref(name: str) -> Schema:
    """A schema of this document."""
    return {"$ref": f"#/components/schemas/{name}"}


def errors(*codes: int) -> dict[str, Any]:
    """The answers to what is not served."""
    return {str(code): answer(SAID[code], ref("Error")) for code in codes}


def fields(**properties: Schema) -> Schema:
    """An object with all these fields."""
    return {"type": "object", "properties": properties, "required": list(properties)}


SAID = {
    400: "The body is not JSON, or this is not HTTP",
    401: "The key is missing or wrong",
    408: "The request did not arrive in time",
    413: "Too many bytes or records",
    415: "The body is not said to be JSON",
    503: "The service cannot answer now",
}
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
    "Refusal": {
        "type": "object",
        "properties": {
            "error": TEXT,
            "violations": VIOLATIONS,
            "model": ref("Model"),
        },
        "required": ["error"],
    },
    "Model": fields(version=TEXT, hash=TEXT, data=TEXT),
    "Error": fields(error=TEXT),
}
READS = {
    "/health": ("Whether the process answers", answer("It does", fields(status=TEXT)), ()),
    "/ready": ("Whether a record would get an answer", answer("It would", fields(status=TEXT)), ()),
    "/model": ("What the model is, and what it was trained on", answer("The model", OBJECT), (401,)),
    "/metrics": (
        "Counters for Prometheus",
        {"description": "Prometheus' text format", "content": {"text/plain": {"schema": TEXT}}},
        (401,),
    ),
}
