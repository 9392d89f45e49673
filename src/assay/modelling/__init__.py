"""Models: how they are built, fitted, given a threshold, and kept."""
