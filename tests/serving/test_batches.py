"""Requests that wait together: none waits for more, none fails another."""

import asyncio
from collections.abc import Sequence

import pytest
from starlette.exceptions import HTTPException

from assay.errors import AssayError
from assay.serving import batches
from assay.serving.batches import Batches


class Score:
    """Doubles each item; fails a batch that has a bad one."""

    def __init__(self, bad: type[Exception] = ZeroDivisionError) -> None:
        self.seen: list[list[int]] = []
        self.bad = bad

    def __call__(self, items: Sequence[int]) -> list[int]:
        self.seen.append(list(items))
        if any(item < 0 for item in items):
            raise self.bad("bad")
        return [2 * item for item in items]


def answers(score: Score, *items: int) -> list[int | BaseException]:
    async def ask() -> list[int | BaseException]:
        one: Batches[int, int] = Batches(score)
        return await asyncio.gather(*map(one, items), return_exceptions=True)

    return asyncio.run(ask())


def test_what_comes_together_is_scored_together() -> None:
    score = Score()
    assert answers(score, *range(5)) == [0, 2, 4, 6, 8]
    assert score.seen == [[0, 1, 2, 3, 4]]


def test_one_alone_does_not_wait() -> None:
    score = Score()

    async def ask() -> None:
        one: Batches[int, int] = Batches(score)
        for item in range(3):
            assert await one(item) == 2 * item

    asyncio.run(ask())
    assert score.seen == [[0], [1], [2]]


def test_a_bad_item_fails_alone() -> None:
    found = answers(Score(), 1, -1, 2)
    assert [found[0], found[2]] == [2, 4]
    assert isinstance(found[1], ZeroDivisionError)


def test_an_error_for_all_is_not_tried_again_for_each() -> None:
    score = Score(AssayError)
    assert [type(one) for one in answers(score, 1, -1, 2)] == [AssayError] * 3
    assert len(score.seen) == 1


def test_large_batches_are_divided() -> None:
    score = Score()
    count = 2 * batches.MOST_RECORDS + 3
    assert answers(score, *range(count)) == [2 * item for item in range(count)]
    assert [len(one) for one in score.seen] == [batches.MOST_RECORDS, batches.MOST_RECORDS, 3]


def test_who_went_away_is_not_scored() -> None:
    score = Score()

    async def ask() -> list[int | BaseException]:
        one: Batches[int, int] = Batches(score)
        tasks = [asyncio.ensure_future(one(item)) for item in range(3)]
        asyncio.get_running_loop().call_soon(tasks[1].cancel)  # after it waits, before the batch is scored
        return await asyncio.gather(*tasks, return_exceptions=True)

    found = asyncio.run(ask())
    assert [found[0], found[2]] == [0, 4]
    assert isinstance(found[1], asyncio.CancelledError)
    assert score.seen == [[0, 2]]


def test_too_many_are_turned_away_and_the_others_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "WAITING", 4)
    found = answers(Score(), *range(6))
    assert found[:4] == [0, 2, 4, 6]
    assert all(isinstance(one, HTTPException) and one.status_code == 503 for one in found[4:])
