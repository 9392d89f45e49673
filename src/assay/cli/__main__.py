"""python -m assay.cli: the `assay` command, by the Python that runs."""

from assay.cli import main

main()
