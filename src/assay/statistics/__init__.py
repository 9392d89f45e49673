"""Numbers: metrics, bootstrap intervals, exact bounds, distances between distributions."""
