"""A progress bar for people: on a terminal only, and never in a log."""

from tqdm import tqdm


def progress(total: int, what: str) -> tqdm:
    """A bar on stderr that shows after half a second; silent where stderr is no terminal."""
    return tqdm(total=total, desc=what, disable=None, leave=False, delay=0.5)
