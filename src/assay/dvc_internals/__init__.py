"""Everything that touches DVC's private parts and formats, tested with the versions in `boundary.TESTED`.

Each function asks for a private part by its name and parameters. If the installed DVC lacks it, the function does the
same with public commands, more slowly, and says so once on stderr. Then `tests/dvc_internals/` fails and names the
part.
"""
