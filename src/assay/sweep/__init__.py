"""Sweeps: many experiments in warm processes, resumable."""
