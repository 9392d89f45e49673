"""How many threads a training has: those of a small table wait for one another longer than they compute."""

from collections.abc import Iterator
from contextlib import contextmanager

RECORDS = 50_000  # for each thread, as measured: docs/dvc.md


@contextmanager
def threads_for(records: int) -> Iterator[None]:
    """Within the block, the libraries that are loaded have a thread for each 50,000 records, but no more than before.

    The number changes no byte of a model, only how long it takes.
    """
    from threadpoolctl import ThreadpoolController

    found = ThreadpoolController().select(user_api="openmp")
    most = max((library.num_threads for library in found.lib_controllers), default=1)
    with found.limit(limits=min(most, max(1, records // RECORDS))):
        yield
