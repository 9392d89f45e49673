"""The libraries that decide what a model is."""

from importlib.metadata import version

LIBRARIES = ("numpy", "pandas", "pyarrow", "scikit-learn", "scipy", "skops", "xgboost-cpu")


def versions() -> dict[str, str]:
    """Name to the version that is installed."""
    return {name: version(name) for name in LIBRARIES}
