"""``python -m benchmarks.run [NAME…]``: run all benchmarks, or those whose name has this in it.

Exits 1 where a figure misses its goal, 2 for a name that is no benchmark.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pkgutil import iter_modules

import benchmarks
from benchmarks.report import RESULTS, Row, save

NOT_BENCHMARKS = {"report", "run"}


def names() -> list[str]:
    """Every module of the package that measures something."""
    found = {module.name for module in iter_modules(benchmarks.__path__)}
    return sorted(name for name in found - NOT_BENCHMARKS if not name.startswith("_"))


def main(wanted: list[str]) -> int:
    chosen = [name for name in names() if not wanted or any(part in name for part in wanted)]
    unknown = [part for part in wanted if not any(part in name for name in names())]
    if unknown:
        print(f"No such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(names())}")
        return 2
    missed: list[Row] = []
    for name in chosen:
        module = import_module(f"benchmarks.{name}")
        print(f"\n{name}: {(module.__doc__ or '').strip().splitlines()[0]}\n", flush=True)
        rows: list[Row] = module.run()
        save(rows)
        missed += [row for row in rows if not row.holds]
    print(f"\nWritten to {RESULTS.name}.")
    for row in missed:
        print(f"Misses its goal: {row.name} is {row.ratio} {row.unit}, goal {row.goal}")
        if row.reason:
            print(f"  because {row.reason}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
