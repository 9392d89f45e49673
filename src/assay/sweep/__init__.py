"""Sweeps: many experiments in processes that import once; a killed sweep can be continued."""
