"""Fuzzed records, as many as wanted, through both ways of reading: any difference ends it."""

from __future__ import annotations

import random
import time
from pathlib import Path

from .agreeing import records_alike
from .composing import composed, from_samples

_SIZES = (97, 1_000, 1 << 16, 1 << 17)
_REPORT = 20
"""Seconds between two lines of progress."""


def run(samples: Path, found: Path, *, records: int, seed: int) -> None:
    """Compare until so many records agreed; raise at the first file that doesn't, and keep it."""
    corpus = from_samples(samples)
    print(f"records: a corpus of {sum(map(len, corpus.values()))}, seed {seed}", flush=True)
    done = files = 0
    began = reported = time.monotonic()
    while done < records:
        chance = random.Random(f"{seed}/{files}")
        data, size = composed(chance, corpus), chance.choice(_SIZES)
        try:
            done += records_alike(data, size)
        except BaseException:
            kept = found / f"records-{seed}-{files}.xml"
            kept.write_bytes(data)
            print(f"records: file {files} of seed {seed}, read by {size} bytes, kept as {kept}")
            raise
        files += 1
        if time.monotonic() - reported > _REPORT:
            reported = time.monotonic()
            print(f"records: {done:,} of {records:,}", flush=True)
    taken = time.monotonic() - began
    print(f"records: {done:,} in {files:,} files, all alike, in {taken:.0f} s", flush=True)
