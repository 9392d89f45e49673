"""Keep the compiled modules of tests, of assay and of its copies, whatever the environment says.

Hundreds of processes import them: to compile them anew in each takes longer than most tests. Imported before others
copy the environment.
"""

import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
