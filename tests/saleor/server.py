"""Saleor under uvicorn, with two processes as in production unless another program is named."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from urllib.error import URLError
from urllib.request import urlopen

from .databases import Missing

#: Seconds both processes may take to answer.
PATIENCE = 180
#: What Python runs; told a port and a level of logging besides.
UVICORN = ("-m", "uvicorn", "saleor.asgi:application", "--workers", "2")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """``with Server(…) as server:`` serves at ``server.url``; what it said is in ``log``."""

    def __init__(
        self,
        python: Path,
        saleor: Path,
        env: dict[str, str],
        log: Path,
        program: Sequence[str] = UVICORN,
    ) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        self._start = lambda output: subprocess.Popen(
            [python, *program, "--port", str(port), "--log-level", "warning"],
            cwd=saleor,
            env={**os.environ, **env},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self) -> Server:
        self._output = self.log.open("ab")
        self._process = self._start(self._output)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self._process.poll() is None:
            try:
                with urlopen(f"{self.url}/health/", timeout=5):
                    return self
            except (URLError, OSError):
                time.sleep(0.5)
        self.__exit__(None, None, None)
        said = self.log.read_text(encoding="utf-8", errors="replace")[-4000:]
        raise Missing(f"Saleor didn't start:\n{said}")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._output.close()
