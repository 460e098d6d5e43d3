"""CPU seconds of this process and of its database session together: on one machine they share
it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

__all__ = ["Spent", "cpu", "spent"]


class Spent(NamedTuple):
    """CPU seconds of this process, and of its database session."""

    client: float
    server: float

    @property
    def both(self) -> float:
        return self.client + self.server


def spent(work: Callable[[], object]) -> Spent:
    """CPU seconds of this process and of its database session in ``work``."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    client, server = time.process_time(), _server(pid)
    work()
    return Spent(time.process_time() - client, _server(pid) - server)


def cpu(work: Callable[[], object]) -> float:
    """The same of both together."""
    return spent(work).both


def _server(pid: int) -> float:
    """CPU seconds of the database session so far (Linux; 0 where there is no /proc)."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
