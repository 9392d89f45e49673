"""The routes of the service."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from importlib.resources import files

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from assay.serving.errors import UNAVAILABLE, unavailable
from assay.serving.log import UnwritableError
from assay.serving.openapi import openapi
from assay.serving.paths import HEALTH, KEY_HEADER, METRICS, MODEL, OPENAPI, PAGE, PREDICT, READY
from assay.serving.predict import Predict, json_answer
from assay.serving.service import Service
from assay.serving.sources import Source, follow
from assay.web.headers import nonce

PLAIN = "text/plain; version=0.0.4; charset=utf-8"


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
        tasks = [asyncio.create_task(followed(service, settings))] if settings.source else []
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if service.log:
            service.log.close()

    routes = [
        Route(PREDICT, here.predict, methods=["POST"]),
        Route(MODEL, here.about, methods=["GET"]),
        Route(METRICS, here.counters, methods=["GET"]),
        Route(PAGE, here.page, methods=["GET"]),
        Route(OPENAPI, here.openapi, methods=["GET"]),
        Route(HEALTH, here.health, methods=["GET"]),
        Route(READY, here.ready, methods=["GET"]),
    ]
    return Starlette(routes=routes, lifespan=running, exception_handlers={UnwritableError: unavailable})


async def followed(service: Service, settings: Settings) -> None:
    """Swap the service to each new model of the source."""
    assert settings.source
    await follow(settings.source, service.swap, service.metrics.failed_swaps.inc, settings.sign)


class Routes:
    """The answers of the routes."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service, self.settings = service, settings
        self.scores = Predict(service, settings.most)
        self.html = files("assay.serving").joinpath("page.html").read_text("utf-8")

    async def predict(self, request: Request) -> Response:
        """A score for each record, or why not."""
        self._require_key(request)
        return await self.scores(request)

    async def about(self, request: Request) -> Response:
        """The description of the model in use."""
        self._require_key(request)
        return json_answer(self.service.model.about())

    async def counters(self, request: Request) -> Response:
        """For Prometheus."""
        self._require_key(request)
        return Response(self.service.metrics.text(), media_type=PLAIN)

    async def page(self, request: Request) -> HTMLResponse:
        """A form for one record."""
        return HTMLResponse(self.html.replace("NONCE", nonce(request)))

    async def openapi(self, _: Request) -> Response:
        """The interface, from the contract of the model in use."""
        return json_answer(openapi(self.service.model, self.settings.most, key=self.settings.key is not None))

    async def health(self, _: Request) -> Response:
        """Whether the process answers."""
        return json_answer({"status": "ok"})

    async def ready(self, _: Request) -> Response:
        """Whether a record would get an answer; after a failure of the log it is tried whether that is over."""
        log = self.service.log
        if log and log.fault:
            try:
                log.require_room()
            except UnwritableError:
                return json_answer({"error": UNAVAILABLE}, HTTPStatus.SERVICE_UNAVAILABLE)
        return json_answer({"status": "ready", "model": self.service.model.name})

    def _require_key(self, request: Request) -> None:
        key, given = self.settings.key, request.headers.get(KEY_HEADER, "")
        if key is not None and not secrets.compare_digest(given.encode(), key.encode()):
            raise HTTPException(HTTPStatus.UNAUTHORIZED, f"the key is missing or wrong: header {KEY_HEADER}")
