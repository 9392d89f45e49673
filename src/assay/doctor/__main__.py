"""python -m assay.doctor [--mend] [--quick]: the same as `assay doctor`, where the environment is too broken for that.

Only the standard library is needed to start; a check that needs more says so.
"""

import argparse
from pathlib import Path

from assay.doctor.attic import Attic
from assay.doctor.clone import enter
from assay.doctor.examine import chosen
from assay.doctor.report import print_report
from assay.errors import reported


def main() -> None:
    """Examine the clone here or above."""
    parser = argparse.ArgumentParser(prog="python -m assay.doctor", description=__doc__)
    parser.add_argument("--mend", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--skip", action="append", default=[])
    options = parser.parse_args()
    with reported("assay doctor"):
        clone = enter(Path.cwd())
        attic = Attic(clone.root) if options.mend else None
        raise SystemExit(not print_report(clone, chosen(options.quick, options.skip), attic))


if __name__ == "__main__":
    main()
