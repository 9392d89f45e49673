"""Stages on tables that are larger than memory: `engine=stream`. Each gives the bytes that `engine=local` gives."""
