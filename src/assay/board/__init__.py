"""The board: a local page on experiments, comparisons, labels, models and watch. It reads, and holds no state."""
