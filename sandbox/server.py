"""Serve the shop over HTTP: waitress, several threads, in the background of the caller."""

from __future__ import annotations

import socket
from threading import Thread
from types import TracebackType

from django.core.wsgi import get_wsgi_application
from waitress import wasyncore
from waitress.server import create_server

from .facts import Exchange, Facts
from .prepare import ADMIN, BUYERS, EXCHANGE, MANAGER

__all__ = ["PortTaken", "Server"]

HOST = "127.0.0.1"


class PortTaken(Exception):
    """Something else listens there already."""


class Server:
    """A server of this process. Port 0 takes any free one.

    The port is taken at once (or :class:`PortTaken` raised), so that a busy one is found out
    in the first moment; requests are answered from :meth:`start` on, until ``with`` ends.
    """

    def __init__(self, port: int, threads: int = 8) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((HOST, port))
            self._socket.listen()
        except OSError as error:
            self._socket.close()
            raise PortTaken(f"{HOST}:{port}: {error.strerror}") from error
        self._threads = threads
        self._thread: Thread | None = None
        self.url = f"http://{HOST}:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Server:
        return self

    def start(self) -> None:
        self._server = create_server(
            get_wsgi_application(), sockets=[self._socket], threads=self._threads
        )
        self._thread = Thread(target=self._server.run, name="waitress", daemon=True)
        self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._thread is not None:
            self._server.task_dispatcher.shutdown()  # what is being answered is answered
            # In the loop's own thread, which waits for what is closed here.
            server = self._server
            server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
            self._thread.join(timeout=5)
        self._socket.close()

    @property
    def facts(self) -> Facts:
        return Facts(
            url=self.url,
            graphql=f"{self.url}/graphql/",
            exchange=Exchange(f"{self.url}/onec/exchange/", EXCHANGE.user, EXCHANGE.password),
            buyers=BUYERS,
            manager=MANAGER,
            admin=ADMIN,
        )
