"""Experiments: comparing, sweeping, verifying; everything here is plain DVC underneath."""
