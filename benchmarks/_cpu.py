"""CPU seconds of this process and of its database session together: on one machine they share
it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

__all__ = ["cpu"]


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process and of its database session in ``work``."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    before = time.process_time() + _server(pid)
    work()
    return time.process_time() + _server(pid) - before


def _server(pid: int) -> float:
    """CPU seconds of the database session so far (Linux; 0 where there is no /proc)."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
