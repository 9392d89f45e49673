"""Finds and reports everything that a clone can be stuck in, and mends it without losing anything.

Each module holds one theme. A check is a function that gives findings (`check`); `registry` lists the checks in order.
Nothing here imports DVC, pandas or Hydra where reading a file is enough: so a healthy clone is examined quickly, and a
broken environment can be examined too.
"""
