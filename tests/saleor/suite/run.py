"""``python -m tests.saleor.suite.run --saleor <checkout>``: Saleor stays Saleor.

``make saleor-suite`` calls it. Saleor's own tests of what the overlay touches run twice under one
settings module: on Saleor as it is, and with the overlay installed from a wheel (into a layer over
Saleor's environment) and active in every test (``inside/b2b_suite_active.py``). Then the outcomes
are compared (``comparing.py``). What differs is tried once more on both sides, each in a fresh
process; what still does has to be explained in ``explained.toml``, or the run ends with 1.

Each outcome is written down when it is known, under ``.state/saleor-suite/<Saleor>/``: an
interrupted run goes on where it stopped, and the side without the overlay is run once for each
Saleor. The side with it begins anew when the overlay's code has changed.

Needs what ``make test-saleor`` needs, and the test dependencies of Saleor's ``dev`` group in its
``.venv``. Keeps one migrated database for each Saleor (``b2b_suite_…``) and drops its clones.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .. import layer
from ..databases import Databases, Missing
from ..run import ROOT, demand
from .comparing import Comparison, Outcomes, compared, counted, explanations
from .identity import of_overlay, of_saleor
from .side import Side, migrate, templated
from .telling import told

HERE = Path(__file__).resolve().parent
FOLDERS = (
    "saleor/plugins",
    "saleor/checkout",
    "saleor/order",
    "saleor/graphql/checkout",
    "saleor/graphql/order",
    "saleor/graphql/product",
)
#: More differences than this are a fault of the set-up; trying them again tells nothing.
TRIED_AGAIN = 300


class Suite:
    def __init__(self, saleor: Path, databases: Databases, state: Path, only: Sequence[str]):
        self.saleor, self.databases = saleor, databases
        self.paths = tuple(only) or FOLDERS
        key = of_saleor(saleor)
        self.folder = state / key
        self.template = f"b2b_suite_{key}".replace("-", "_")
        self.ours = self.folder / f"overlay-{of_overlay(ROOT)}"
        self.ours.mkdir(parents=True, exist_ok=True)

    def sides(self) -> tuple[Side, Side]:
        theirs = self.saleor / ".venv/bin/python"
        plain = Side("without", theirs, self.saleor, self.folder)
        return plain, Side("with", self._layer(), self.saleor, self.ours, overlay=True)

    def _layer(self) -> Path:
        python = self.ours / "layer/bin/python"
        if not (self.ours / "installed").exists():
            shutil.rmtree(self.ours / "layer", ignore_errors=True)
            layer.make(self.ours / "layer", self.saleor, layer.build(ROOT, self.ours))
            (self.ours / "installed").touch()
        return python

    def begin_anew(self) -> None:
        for record in (self.folder, self.ours):
            for kept in (*record.glob("*.jsonl"), *record.glob("*.log")):
                kept.unlink()

    def play(self, *, together: bool) -> Comparison:
        """Run what isn't yet known on both sides and compare."""
        sides = self.sides()
        template = templated(self.databases, sides[0], self.template)
        with ExitStack() as clones:
            for side in sides:
                name = f"b2b_suite_{side.name}"
                clone = clones.enter_context(self.databases.clone(f"test_{name}", template))
                if side.overlay:
                    migrate(side, clone)
                side.database = self.databases.url(name)
            self._all(sides, together=together)
            comparison = self._compared(sides)
            doubtful = [d.test for d in comparison.unexplained]
            if not doubtful or len(doubtful) > TRIED_AGAIN or self._tried_again(sides, doubtful):
                return comparison
            say(f"{len(doubtful)} differ: each once more, on both sides")
            for side in sides:
                side.run(doubtful, again=True)
            return self._compared(sides)

    def _all(self, sides: tuple[Side, Side], *, together: bool) -> None:
        if together:
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda side: [self._one(side, path) for path in self.paths], sides))
            return
        for path in self.paths:
            for side in sides:
                self._one(side, path)

    def _one(self, side: Side, path: str) -> None:
        began = time.monotonic()
        ran = side.run([path])
        found = [each for each in side.results().values() if each.test.startswith(path)]
        say(
            f"{side.name:7} {path:24} {counted(found)}"
            + (f" ({time.monotonic() - began:.0f} s)" if ran else " (known)")
        )

    def _compared(self, sides: tuple[Side, Side]) -> Comparison:
        return compared(
            *self.found(sides), explanations((HERE / "explained.toml").read_text(encoding="utf-8"))
        )

    def found(self, sides: tuple[Side, Side]) -> tuple[Outcomes, Outcomes]:
        """Without and with the overlay: what is known of the tests that this run is about."""
        without, ours = (
            {test: r for test, r in side.results().items() if test.startswith(self.paths)}
            for side in sides
        )
        return without, ours

    def _tried_again(self, sides: tuple[Side, Side], tests: list[str]) -> bool:
        return all(
            test not in found or found[test].again
            for found in (side.results() for side in sides)
            for test in tests
        )


_began = time.monotonic()


def say(text: str) -> None:
    print(f"[{time.monotonic() - _began:5.0f} s] {text}", flush=True)


@contextmanager
def alone(state: Path) -> Iterator[None]:
    """No second run over the same state and databases."""
    with (state / "running").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Missing("Another `make saleor-suite` is running; wait for it.") from None
        yield


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.saleor.suite.run", description=__doc__)
    parser.add_argument("--saleor", type=Path, default=Path.home() / "saleor")
    parser.add_argument(
        "--database",
        default=os.environ.get("DATABASE_URL", "postgres://saleor:saleor@localhost:5432/saleor"),
        help="PostgreSQL server, as a DATABASE_URL",
    )
    parser.add_argument("--state", type=Path, default=ROOT / ".state/saleor-suite")
    parser.add_argument("--restart", action="store_true", help="forget what is known")
    parser.add_argument("--together", action="store_true", help="both sides at once")
    parser.add_argument("only", nargs="*", help="tests or folders, as pytest is told them")
    options = parser.parse_args()
    os.environ.pop("CACHE_URL", None)  # "" breaks Saleor's settings
    options.state.mkdir(parents=True, exist_ok=True)
    try:
        demand(options.saleor)
        with alone(options.state):
            suite = Suite(
                options.saleor.resolve(),
                Databases(options.database),
                options.state.resolve(),
                options.only,
            )
            if options.restart:
                suite.begin_anew()
            comparison = suite.play(together=options.together)
            print("\n" + told(comparison, *suite.found(suite.sides())))
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return 130
    broken = len(comparison.unexplained)
    print(f"\n{len(comparison.differences)} differences, {broken} unexplained.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
