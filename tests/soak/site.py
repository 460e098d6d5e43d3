"""The site in a process of its own, forked from a loaded one, so that a start takes no time.

It is killed by itself at the moment it was given, with SIGKILL, in the middle of whatever it
does. Its clock may be wrong: each process gets its own hours to be ahead or behind.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import threading
import time
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.utils import timezone
from waitress.server import create_server

__all__ = ["Site"]

THREADS = 4


class Site:
    """A listening socket, and whichever process answers on it now."""

    def __init__(self) -> None:
        import_module(settings.ROOT_URLCONF)  # or each process would begin with it
        self._application = get_wsgi_application()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(64)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._process = 0

    def __enter__(self) -> Site:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._socket.close()

    def start(self, *, dies_in: float | None = None, hours_off: float = 0) -> None:
        """Answer from now on; die after so many seconds."""
        connections.close_all()
        self._process = os.fork()
        if self._process == 0:
            try:
                self._serve(dies_in, hours_off)
            finally:
                os._exit(1)

    def _serve(self, dies_in: float | None, hours_off: float) -> None:
        if hours_off:
            _wrong_clock(dt.timedelta(hours=hours_off))
        server = create_server(self._application, sockets=[self._socket], threads=THREADS)
        if dies_in is not None:
            threading.Thread(target=_die, args=(dies_in,), daemon=True).start()
        server.run()

    @property
    def is_dead(self) -> bool:
        """Was it killed? Then it is buried."""
        if self._process and os.waitpid(self._process, os.WNOHANG)[0]:
            self._process = 0
        return not self._process

    def kill(self) -> None:
        """At once, whatever it does."""
        if self._process:
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
            self._process = 0


def _die(seconds: float) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)


def _wrong_clock(by: dt.timedelta) -> None:
    """Django and all of ours ask `timezone.now`."""
    right = timezone.now
    timezone.now = lambda: right() + by
