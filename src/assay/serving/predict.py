"""POST /predict: a record, or a list of records, to scores."""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from assay.scoring.reason_choice import Reasons
from assay.scoring.scorer import CONTRACT
from assay.serving.answers import Answer
from assay.serving.batches import Batches
from assay.serving.errors import busy
from assay.serving.model import Model, ScoreRequest
from assay.serving.requests import NotJsonError, parsed
from assay.serving.service import Service
from assay.web.body import JSON, require_json

PART, EXPLAINED_PART = 128, 32  # records of a list that are scored before single records get their turn
TURNS = 6  # of the event loop, in which a single record is read, joins a batch, is scored and answered
LARGE = 65_536  # bytes of a body
LARGE_AT_ONCE = 16  # requests with a larger one, which bounds the memory that bodies take


class Predict:
    """Answers with a service, in the thread of the event loop, so that each model and the log have one user.

    Single records that wait are scored together. A list is scored in parts, by one model, one list after the other;
    between two parts single records are scored.

    most: records of a list.
    """

    def __init__(self, service: Service, most: int) -> None:
        self.service, self.most = service, most
        self.single = Batches(service)
        self.one_list = asyncio.Semaphore(1)
        self.large = 0

    async def __call__(self, request: Request) -> Response:
        """The answer; HTTPException for what is no request for scores, UnwritableError if it cannot be logged."""
        require_json(request)
        reasons = wish(request)
        with self._room_for(request):
            content = await body(request)
            if isinstance(content, dict):
                return one(*await self.single(ScoreRequest(content, reasons)))
            return await self._many(self._records(content), reasons)

    def _records(self, content: Any) -> list[dict[str, Any]]:
        if not isinstance(content, list) or not content or not all(isinstance(one, dict) for one in content):
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "not a record (an object) or a list of records")
        if len(content) > self.most:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {self.most} records")
        return content

    async def _many(self, records: Sequence[dict[str, Any]], reasons: Reasons) -> Response:
        found: list[Answer] = []
        async with self.one_list:
            model, size = self.service.model, EXPLAINED_PART if reasons == Reasons.ALL else PART
            for start in range(0, len(records), size):
                part = [ScoreRequest(one, reasons) for one in records[start : start + size]]
                found += self.service.answer(part, model)
                await give_way()
        return json_answer({"predictions": found, **by(model)})

    @contextlib.contextmanager
    def _room_for(self, request: Request) -> Iterator[None]:
        """HTTPException 503 if too many large bodies are here already."""
        large = not 0 <= int(request.headers.get("Content-Length", "-1")) <= LARGE
        if large and self.large >= LARGE_AT_ONCE:
            raise busy("too many large requests; try again")
        self.large += large
        try:
            yield
        finally:
            self.large -= large


async def give_way() -> None:
    """Let single records that have come in be answered."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


def one(model: Model, answer: Answer) -> Response:
    """The answer to a single record: 422 if it breaks the contract."""
    why = answer["not_scored"]
    if why is not None and why["kind"] == CONTRACT:
        told = {"error": "the record breaks the contract", "violations": why["violations"], "model": model.name}
        return json_answer(told, HTTPStatus.UNPROCESSABLE_ENTITY)
    return json_answer(answer | by(model))


def by(model: Model) -> dict[str, Any]:
    """Which model answers, and from which score on it alerts."""
    return {"threshold": model.bundle.threshold, "model": model.name}


def json_answer(content: Any, status: int = HTTPStatus.OK) -> Response:
    """Plain data as JSON; NaN as null."""
    return Response(to_json(content, inf_nan_mode="null"), status, media_type=JSON)


async def body(request: Request) -> Any:
    """The content of the body; HTTPException unless it is JSON."""
    try:
        return parsed(await request.body())
    except NotJsonError as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, str(error)) from error


def wish(request: Request) -> Reasons:
    """Which records shall get reasons; HTTPException if the wish is unknown."""
    reasons = request.query_params.get("reasons", Reasons.ALERTS) if request.scope["query_string"] else Reasons.ALERTS
    if reasons not in {*Reasons}:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, f"reasons is one of: {', '.join(Reasons)}")
    return Reasons(reasons)
