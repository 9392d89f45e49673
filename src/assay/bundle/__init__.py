"""The bundle, a folder with a model: write, describe, check, load."""
