"""Experiments in DVC and git: revisions, their files, clones of them; the learning curve."""
