"""Python's search for garbage in cycles, kept out of a batch of records or of prices.

It is begun by the number of new objects. A batch makes hundreds of thousands that live until its
end, none of them in a cycle, and they were gone through again and again: two fifths of an
import's time (benchmarks/exchange_database.py), more than half of pricing a whole catalogue. Rule:
whoever puts it off for long looks for garbage himself between two batches, when hardly anything is
there to be gone through.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collect", "put_off"]


@contextmanager
def put_off() -> Iterator[None]:
    """Within, garbage in cycles is looked for by :func:`collect` only."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def collect() -> None:
    """Look among the objects made since the last time."""
    gc.collect(0)
