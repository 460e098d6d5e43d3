"""``make fuzz``: records through both ways of reading, any bytes into the reader, any requests
at the exchange.

``SECONDS=`` is how long reader and exchange are fuzzed, each; ``RECORDS=`` how many records are
compared; ``SAMPLES=`` a folder of real files to begin with (without one, files made here do);
``ONLY=records``, ``reader`` or ``protocol``. The corpus grows in ``.state/fuzz`` from run to run;
what fails is kept in ``.state/fuzz/found``, and the exit is 1.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
from pathlib import Path

from . import records

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".state" / "fuzz"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--samples", type=Path, default=Path("samples"))
    parser.add_argument("--only", choices=("records", "reader", "protocol"))
    return parser.parse_args()


def main() -> int:
    """Each part in turn, as far as asked for."""
    options = _options()
    found = STATE / "found"
    found.mkdir(parents=True, exist_ok=True)
    failed = []
    if options.only in {None, "records"}:
        records.run(options.samples, found, records=options.records, seed=options.seed)
    for part in ("reader", "protocol"):
        if options.only in {None, part} and _fuzzed(part, options, found):
            failed.append(part)
    if failed:
        print(f"Failed: {', '.join(failed)}; what at is in {found}")
    return 1 if failed else 0


def _fuzzed(part: str, options: argparse.Namespace, found: Path) -> int:
    corpus = STATE / part
    corpus.mkdir(exist_ok=True)
    arguments = map(str, (options.samples, corpus, found, options.seconds))
    command = [sys.executable, "-m", f"tests.fuzz.{part}", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
