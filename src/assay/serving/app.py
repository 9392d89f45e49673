"""The routes of the service."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from importlib.resources import files
from typing import Any

from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from assay.errors import AssayError
from assay.scoring.scorer import CONTRACT
from assay.serving.answers import ALERTS, REASONS, Answer
from assay.serving.batches import Batches
from assay.serving.model import Asked, Model
from assay.serving.openapi import openapi
from assay.serving.requests import NotJsonError, parsed
from assay.serving.service import Service
from assay.serving.sources import Source, follow
from assay.web.headers import nonce

JSON = "application/json"
PLAIN = "text/plain; version=0.0.4; charset=utf-8"
KEY_HEADER = "X-API-Key"
PREDICT, MODEL, METRICS, HEALTH, READY, OPENAPI, PAGE = (
    *("/predict", "/model", "/metrics", "/health", "/ready", "/openapi.json", "/"),
)


@dataclass(frozen=True)
class Settings:
    """most: records of a request. key: the API key, if one is needed. source: followed from its `sign` on, if given."""

    most: int = 1000
    key: str | None = None
    source: Source | None = None
    sign: object = None


def application(service: Service, settings: Settings) -> Starlette:
    """The service as an application, to be put behind `assay.web.guard.guarded`."""
    here = Routes(service, settings)

    @contextlib.asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        tasks = []
        if settings.source:
            following = follow(settings.source, service.swap, service.metrics.failed_swaps.inc, settings.sign)
            tasks.append(asyncio.create_task(following))
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if service.log:
            service.log.close()

    routes = [
        Route(PREDICT, here.predict, methods=["POST"]),
        Route(HEALTH, here.health, methods=["GET"]),
        Route(READY, here.ready, methods=["GET"]),
        Route(MODEL, here.about, methods=["GET"]),
        Route(METRICS, here.counters, methods=["GET"]),
        Route(OPENAPI, here.openapi, methods=["GET"]),
        Route(PAGE, here.page, methods=["GET"]),
    ]
    return Starlette(routes=routes, lifespan=running, exception_handlers={AssayError: unavailable})


class Routes:
    """What each route answers."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service, self.settings = service, settings
        self.single = Batches(service)
        self.lists = asyncio.Semaphore(1)  # one list at a time, in a thread: single records are answered meanwhile
        self.html = files("assay.serving").joinpath("page.html").read_text("utf-8")

    async def predict(self, request: Request) -> Response:
        """A record, or a list of records."""
        self._require_key(request)
        require_json(request)
        reasons = wish(request)
        try:
            content = parsed(await request.body())
        except NotJsonError as error:
            raise HTTPException(HTTPStatus.BAD_REQUEST, str(error)) from error
        if isinstance(content, dict):
            model, answer = await self.single(Asked(content, reasons))
            return self._one(model, answer)
        return await self._many(content, reasons)

    def _one(self, model: Model, answer: Answer) -> Response:
        why = answer["not_scored"]
        if why is not None and why["kind"] == CONTRACT:
            told = {"error": "the record breaks the contract", "violations": why["violations"], "model": model.name}
            return self._answer(told, HTTPStatus.UNPROCESSABLE_ENTITY)
        return self._answer(answer | {"threshold": model.bundle.threshold, "model": model.name})

    async def _many(self, content: Any, reasons: str) -> Response:
        if not isinstance(content, list) or not content or not all(isinstance(one, dict) for one in content):
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "not a record (an object) or a list of records")
        if len(content) > self.settings.most:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"more than {self.settings.most} records")
        async with self.lists:
            found = await run_in_threadpool(self.service, [Asked(one, reasons) for one in content])
        model = found[0][0]
        predictions = [answer for _, answer in found]
        return self._answer({"predictions": predictions, "threshold": model.bundle.threshold, "model": model.name})

    async def health(self, _: Request) -> Response:
        """Whether the process answers."""
        return json_answer({"status": "ok"})

    async def ready(self, _: Request) -> Response:
        """Whether a record would get an answer."""
        if self.service.log and (fault := self.service.log.fault()):
            return json_answer({"status": "not ready", "why": fault}, HTTPStatus.SERVICE_UNAVAILABLE)
        return json_answer({"status": "ready", "model": self.service.model.name})

    async def about(self, request: Request) -> Response:
        """What the model in use is."""
        self._require_key(request)
        return json_answer(self.service.model.about())

    async def counters(self, request: Request) -> Response:
        """For Prometheus."""
        self._require_key(request)
        return Response(self.service.metrics.text(), media_type=PLAIN)

    async def openapi(self, _: Request) -> Response:
        """The interface, from the contract of the model in use."""
        return json_answer(openapi(self.service.model, self.settings.most, key=self.settings.key is not None))

    async def page(self, request: Request) -> HTMLResponse:
        """A form for one record."""
        return HTMLResponse(self.html.replace("NONCE", nonce(request)))

    def _answer(self, content: Any, status: int = HTTPStatus.OK) -> Response:
        self.service.metrics.requests.labels(PREDICT, str(int(status))).inc()
        return json_answer(content, status)

    def _require_key(self, request: Request) -> None:
        key, given = self.settings.key, request.headers.get(KEY_HEADER, "")
        if key is not None and not secrets.compare_digest(given.encode(), key.encode()):
            raise HTTPException(HTTPStatus.UNAUTHORIZED, f"the key is missing or wrong: header {KEY_HEADER}")


def json_answer(content: Any, status: int = HTTPStatus.OK) -> Response:
    """Plain data as JSON; NaN as null."""
    return Response(to_json(content, inf_nan_mode="null"), status, media_type=JSON)


async def unavailable(_: Request, error: Exception) -> Response:
    """The answer if a record cannot be logged: the operator reads why, the client that it may try again."""
    told = {"error": "the service cannot answer now; its operator can see why: /ready"}
    return json_answer(told, HTTPStatus.SERVICE_UNAVAILABLE)


def require_json(request: Request) -> None:
    """HTTPException unless the body is said to be JSON, which no other site's form can send."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != JSON:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"only {JSON} is read")


def wish(request: Request) -> str:
    """Which records shall get reasons; HTTPException if the wish is unknown."""
    asked = request.query_params.get("reasons", ALERTS) if request.scope["query_string"] else ALERTS
    if asked not in REASONS:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, f"reasons is one of: {', '.join(REASONS)}")
    return asked
