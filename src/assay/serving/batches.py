"""Scores the requests that wait together as one batch: a batch of fifty takes hardly longer than one record."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from assay.errors import AssayError
from assay.serving.errors import busy

Item = TypeVar("Item")
Answer = TypeVar("Answer")
MOST_RECORDS = 256  # of a batch
WAITING = 10_000  # records that may wait; more are turned away


class Batches(Generic[Item, Answer]):
    """Hands over what has come in since the last batch, as soon as a turn of the event loop brings no more.

    A turn takes microseconds, so a request that comes alone is not delayed; of many, a batch takes all that are there.

    score: gives an answer to each item, in order. If it raises an AssayError, that is the answer to all; if anything
    else, each item is tried alone, so that one request cannot fail others.
    """

    def __init__(self, score: Callable[[Sequence[Item]], Sequence[Answer]]) -> None:
        self.score = score
        self.waiting: list[tuple[Item, asyncio.Future[Answer]]] = []

    async def __call__(self, item: Item) -> Answer:
        """The answer to one item; HTTPException 503 if too many wait."""
        if len(self.waiting) >= WAITING:
            raise busy("too many requests wait; try again")
        loop = asyncio.get_running_loop()
        if not self.waiting:
            loop.call_soon(self._gather, 0)
        answer: asyncio.Future[Answer] = loop.create_future()
        self.waiting.append((item, answer))
        return await answer

    def _gather(self, before: int) -> None:
        """Look again in a turn if more wait now than a turn before, and there is room in the batch."""
        if before < len(self.waiting) < MOST_RECORDS:
            asyncio.get_running_loop().call_soon(self._gather, len(self.waiting))
        else:
            self._next()

    def _next(self) -> None:
        batch, self.waiting = self.waiting[:MOST_RECORDS], self.waiting[MOST_RECORDS:]
        if self.waiting:
            asyncio.get_running_loop().call_soon(self._gather, len(self.waiting))
        self._answer([one for one in batch if not one[1].done()])  # a client that went away has cancelled

    def _answer(self, batch: list[tuple[Item, asyncio.Future[Answer]]]) -> None:
        if not batch:
            return
        try:
            answers = self.score([item for item, _ in batch])
        except Exception as error:
            if len(batch) > 1 and not isinstance(error, AssayError):
                for one in batch:
                    self._answer([one])
                return
            for _, future in batch:
                future.set_exception(error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            future.set_result(answer)
