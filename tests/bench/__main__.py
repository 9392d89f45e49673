"""Runs a bench by its name, with what it is given: python tests/bench scale 1000000. Without a name: lists all."""

import ast
import os
import sys
from pathlib import Path

HERE = Path(__file__).parent.absolute()
BENCHES = {path.stem.removeprefix("bench_"): path for path in sorted(HERE.glob("bench_*.py"))}


def described(path: Path) -> str:
    """The first line of its docstring."""
    return (ast.get_docstring(ast.parse(path.read_text())) or "").partition("\n")[0]


def main() -> None:
    """Become the bench, which finds the tests' helpers, as the processes that it starts do."""
    if not sys.argv[1:]:
        print("\n".join(f"{name:14} {described(path)}" for name, path in BENCHES.items()))
        return
    name, *given = sys.argv[1:]
    if name not in BENCHES:
        sys.exit(f"no bench is called {name}: python tests/bench lists all")
    found = [str(HERE.with_name("helpers")), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, found))
    os.execv(sys.executable, [sys.executable, str(BENCHES[name]), *given])


if __name__ == "__main__":
    main()
