"""What a clone can be stuck in: found, said, and mended without losing anything.

A theme is a module, a check a function that gives findings (`check`), and `registry` has them in the order in which
they are looked at. Nothing here imports DVC, pandas or Hydra where reading a file does: a healthy clone is told so at
once, and a broken environment can still be looked at.
"""
