"""Proof: a revision run afresh, a pull request that explains itself, what a remote really holds."""
