"""What readers call records and outcome: what a contract leaves open follows from the rest."""

import pytest

from assay.config.words import Words, complete, faults


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, ("records", "positive records", "negative records", "are positive", "positive", "negative")),
        ({}, ("records", "positive records", "negative records", "are positive", "positive", "negative")),
        (
            Words("order", outcome="returned", otherwise="kept"),
            ("orders", "returned orders", "kept orders", "are returned", "returned", "kept"),
        ),
        (
            Words("person", "people", "ill", "well", event="illness"),
            ("people", "ill people", "well people", "are ill", "illness", "no illness"),
        ),
    ],
)
def test_what_is_empty_follows(given: Words | dict | None, expected: tuple[str, ...]) -> None:
    found = complete(given)
    assert (found.units, found.positives, found.negatives, found.having, found.event, found.no_event) == expected
    assert complete(found) == found


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (Words(), []),
        (Words(unit=" "), ["unit is empty"]),
        (Words(outcome="", otherwise=""), ["outcome is empty", "otherwise is empty", "otherwise= is what"]),
        (Words(outcome="late", otherwise="late"), ["otherwise=late is what the outcome is called too"]),
        (Words(outcome="ill", otherwise="disease", event="disease"), ["otherwise=disease is what"]),
    ],
)
def test_words_that_say_nothing_are_refused(words: Words, said: list[str]) -> None:
    found = faults(words)
    assert len(found) == len(said)
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True))
