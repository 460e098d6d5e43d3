"""Run inside Saleor by ``saleor``: Saleor under uvicorn, in one process, with a meter.

The meter is a file of three numbers that this process keeps and whoever measures reads: how many
requests are done with, the CPU seconds of the database sessions they had, and their statements.
Saleor opens a session a request and closes it at its end (under ASGI no other way is sound), so
a session's time is read the moment before it is closed. Both Saleors that are compared, with the
overlay and without, run this very program.
"""

from __future__ import annotations

import argparse
import mmap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from django.core.signals import request_finished
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.backends.signals import connection_created

from benchmarks._metering import cpu_clock, write

_counted: list[Any] = [0, 0.0, 0]
_FINISHED, _CPU, _STATEMENTS = range(3)


def _counting(execute: Callable[..., Any], *asked: Any) -> Any:
    _counted[_STATEMENTS] += 1
    return execute(*asked)


def _opened(connection: Any, **_signal: Any) -> None:
    connection.execute_wrappers.append(_counting)


def _closing(close: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read_and_close(self: Any) -> Any:
        if self.connection is not None and not self.connection.closed:
            session = cpu_clock(self.connection.info.backend_pid)
            _counted[_CPU] += time.clock_gettime(session)
        return close(self)

    return read_and_close


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("meter", type=Path)
    parser.add_argument("--port", type=int)
    parser.add_argument("--log-level")
    asked = parser.parse_args()
    with asked.meter.open("r+b") as file, mmap.mmap(file.fileno(), 0) as meter:

        def told(**_signal: Any) -> None:
            _counted[_FINISHED] += 1
            write(meter, *_counted)

        connection_created.connect(_opened, weak=False)
        DatabaseWrapper._close = _closing(DatabaseWrapper._close)
        config = uvicorn.Config(
            "saleor.asgi:application", port=asked.port, log_level=asked.log_level
        )
        config.load()
        # Behind Django's own receiver, which closes the sessions.
        request_finished.connect(told, weak=False)
        uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
