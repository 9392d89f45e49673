"""A progress bar for people: on a terminal only, and never in a log."""

from tqdm import tqdm


def progress(total: int | None, what: str, unit: str = "it") -> tqdm:
    """A bar on stderr that shows after half a second; silent where stderr is no terminal.

    total: in `unit`, None if it is not known.
    """
    return tqdm(total=total, desc=what, unit=unit, unit_scale=unit != "it", disable=None, leave=False, delay=0.5)
