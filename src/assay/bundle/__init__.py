"""The model folder: written, described, checked and read."""
