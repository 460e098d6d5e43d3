"""Readers of CommerceML, one a process: ``python -m benchmarks._exchange_readers NAME FILE…``.

Each reads the files to their end and throws away what it made; its CPU seconds (imports
apart), how much it found and its peak memory go to standard output. Other projects' readers
are called as their own documentation says, with nothing behind them.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from benchmarks._commerceml_files import uniform_stream

_RECORDS = ("Товар", "Предложение")


def ours(paths: list[Path]) -> Callable[[], int]:
    """Typed records with their lines."""
    from onec_bridge.commerceml.reader import read

    def run() -> int:
        found = 0
        for path in paths:
            with path.open("rb") as stream:
                found += sum(1 for _ in read(stream, path.name))
        return found

    return run


def streamed(count: Path) -> Callable[[], int]:
    """The same from a file of so many offers that is made while it's read."""
    from onec_bridge.commerceml.reader import read

    return lambda: sum(1 for _ in read(_Made(uniform_stream(int(str(count)))), "offers.xml"))


def expat(paths: list[Path]) -> Callable[[], int]:
    """The parser that comes with Python, with no handler."""
    from xml.parsers import expat

    def run() -> int:
        for path in paths:
            with path.open("rb") as stream:
                expat.ParserCreate().ParseFile(stream)
        return 0

    return run


def lxml(paths: list[Path]) -> Callable[[], int]:
    """lxml's iterparse over the records, each discarded at once."""
    from lxml import etree

    def run() -> int:
        found = 0
        for path in paths:
            for _, element in etree.iterparse(str(path), events=("end",), tag=_RECORDS):
                found += 1
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        return found

    return run


def django_cml(paths: list[Path]) -> Callable[[], int]:
    """django-cml's ImportManager, with no pipeline behind it."""
    from django.conf import settings

    settings.configure(MEDIA_ROOT="")
    from cml.utils import ImportManager

    def run() -> int:
        for path in paths:
            ImportManager(str(path)).import_all()
        return 0

    return run


class _Made(io.RawIOBase):
    """A stream of parts."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._pieces = chain.from_iterable(
            (part[at : at + (1 << 16)] for at in range(0, len(part), 1 << 16)) for part in parts
        )

    def read(self, size: int = -1) -> bytes:
        return next(self._pieces, b"")


def main(name: str, arguments: list[str]) -> None:
    paths = [Path(argument) for argument in arguments]
    run = streamed(paths[0]) if name == "streamed" else READERS[name](paths)
    before = time.process_time()
    found = run()
    seconds = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "found": found, "peak": peak}))


READERS = {"ours": ours, "expat": expat, "lxml": lxml, "django-cml": django_cml}

if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
