"""Everything that touches DVC's private parts and formats: what `boundary.TESTED` names is what it is tested with.

Each function asks for a private part by its name and form. Where a DVC has it no more, the function does the same by
public means, slower, and says so once on stderr. `tests/dvc_internals/` fails with the name of the part that changed.
"""
