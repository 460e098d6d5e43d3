"""What a server that is measured and whoever measures it have in common. Standard library only: the
server runs in Saleor's environment.

The kernel keeps a CPU clock for each process, in nanoseconds and with the threads that are gone;
any process of the machine may read it.
"""

from __future__ import annotations

import mmap
import struct
import time
from pathlib import Path
from typing import NamedTuple

__all__ = ["Reading", "cpu_clock", "new_meter", "read", "write"]

#: Requests done with, CPU seconds of their database sessions, statements: native, so that each is
#: written in one piece.
_FORMAT = "QdQ"
#: ``CPUCLOCK_SCHED`` (linux/posix-timers.h): the scheduler's own count.
_SCHED = 2


class Reading(NamedTuple):
    """Since the server began."""

    finished: int
    database: float
    statements: int
    #: CPU seconds of the server's process.
    process: float


def cpu_clock(pid: int) -> int:
    """The clock of another process, as clock_getcpuclockid(3) makes it; Linux."""
    return (~pid << 3) | _SCHED


def new_meter(path: Path) -> None:
    path.write_bytes(bytes(struct.calcsize(_FORMAT)))


def read(path: Path, pid: int) -> Reading:
    counted = struct.unpack(_FORMAT, path.read_bytes())
    return Reading(*counted, process=time.clock_gettime(cpu_clock(pid)))


def write(meter: mmap.mmap, finished: int, database: float, statements: int) -> None:
    """The count of requests last: whoever sees it grow reads the rest of that request too."""
    struct.pack_into(_FORMAT[1:], meter, struct.calcsize(_FORMAT[:1]), database, statements)
    struct.pack_into(_FORMAT[:1], meter, 0, finished)
