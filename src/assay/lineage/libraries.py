"""The libraries whose versions can change a model."""

from importlib.metadata import version

LIBRARIES = ("lightgbm", "numpy", "pandas", "pyarrow", "scikit-learn", "scipy", "skops", "xgboost-cpu")


def versions() -> dict[str, str]:
    """The installed version of each library, by name."""
    return {name: version(name) for name in LIBRARIES}
