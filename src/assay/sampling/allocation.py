"""How many rows are drawn from each stratum."""

from collections.abc import Sequence

from assay.errors import AssayError


def allocate(sizes: Sequence[int], rows: int, *, at_least: int = 0, whole: Sequence[bool] = ()) -> list[int]:
    """The rows to draw from strata of these sizes: exactly `rows`, in proportion, by largest remainder (Hamilton).

    Strata marked `whole` give all their rows; any other gives at least `at_least`, or all if it has fewer. A larger
    stratum never gives fewer than a smaller one; of equal remainders the earlier stratum gets the row. All arithmetic
    is in whole numbers, so rounding decides nothing. AssayError if `rows` is more than there are, or fewer than must be
    drawn.

    >>> allocate([70, 20, 10], rows=10), allocate([70, 20, 10], rows=13, whole=[False, False, True])
    ([7, 2, 1], [2, 1, 10])
    """
    marked = whole or [False] * len(sizes)
    given = [size if all_of_it else min(size, at_least) for size, all_of_it in zip(sizes, marked, strict=True)]
    _require_possible(rows, sum(sizes), sum(given))
    free = [index for index, all_of_it in enumerate(marked) if not all_of_it]
    while True:
        left = rows - sum(given) + sum(given[index] for index in free)
        total = sum(sizes[index] for index in free)
        unbound = [index for index in free if left * sizes[index] >= given[index] * total]
        if len(unbound) == len(free):
            break
        free = unbound  # the minimum of the others is more than their share
    for index, share in zip(free, _largest_remainder([sizes[index] for index in free], left), strict=True):
        given[index] = share
    return given


def _largest_remainder(sizes: Sequence[int], rows: int) -> list[int]:
    total = sum(sizes)
    shares = [rows * size // total for size in sizes]
    remainders = [rows * size % total for size in sizes]
    for index in sorted(range(len(sizes)), key=lambda index: -remainders[index])[: rows - sum(shares)]:
        shares[index] += 1
    return shares


def _require_possible(rows: int, available: int, required: int) -> None:
    if rows > available:
        raise AssayError(
            f"{rows} rows are asked for, and there are {available}",
            where="dataset.sample.rows",
            todo="ask for fewer, or take all: dataset.sample=null",
        )
    if rows < required:
        raise AssayError(
            f"{rows} rows are asked for, and positives in full and the minimum per stratum are {required} already",
            where="dataset.sample",
            todo="raise rows, or lower min_per_stratum, or set keep_positives=false",
        )
