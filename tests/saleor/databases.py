"""Databases of the Saleor run: a populated one as a template, clones of it by the second.

Everything is named ``b2b_…`` but the templates that a developer's Saleor already has. Clones
are dropped when the run ends.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

#: Populated databases to clone, in order of preference; the last one is made where none is.
TEMPLATES = ("saleor_populated", "b2b_populated")


class Missing(Exception):
    """Something the run needs isn't there: what, and what to do."""


class Databases:
    """``server`` is a DATABASE_URL whose user may create databases and extensions."""

    def __init__(self, server: str) -> None:
        self.server = server

    def url(self, name: str) -> str:
        return urlunsplit(urlsplit(self.server)._replace(path=f"/{name}"))

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        try:
            return psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=5)
        except psycopg.OperationalError as error:
            raise Missing(
                f"PostgreSQL doesn't answer at {self.server}: {error}".strip()
                + "\nStart it, or name another server in DATABASE_URL."
            ) from error

    def exists(self, name: str) -> bool:
        with self._connect() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return found.fetchone() is not None

    def create(self, name: str, template: str = "template1", *, is_large: bool = False) -> None:
        """A clone of ``template``; one that is large is copied by files, not through the log."""
        self.drop(name)
        with self._connect() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} {}").format(
                    sql.Identifier(name),
                    sql.Identifier(template),
                    sql.SQL("STRATEGY file_copy" if is_large else ""),
                )
            )

    def drop(self, name: str) -> None:
        with self._connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    @contextmanager
    def clone(self, name: str, template: str) -> Iterator[str]:
        """A clone of ``template`` for as long as the block runs; its URL."""
        self.create(name, template)
        try:
            yield self.url(name)
        finally:
            self.drop(name)


def populated(
    databases: Databases, saleor: Path, python: Path, env: dict[str, str], wanted: str = ""
) -> str:
    """Name of a database that Saleor's own ``populatedb`` has filled; made if need be. One of
    another Saleor's is of no use: ``wanted`` is this one's."""
    names = (wanted,) if wanted else TEMPLATES
    for name in names:
        if databases.exists(name):
            return name
    name = names[-1]
    print(f"Making {name}: Saleor's migrate and populatedb, some minutes, once.", flush=True)
    databases.create(name)
    env = {**os.environ, **env, "DATABASE_URL": databases.url(name)}
    for command in (["migrate"], ["populatedb", "--createsuperuser"]):
        done = subprocess.run(
            [python, "manage.py", *command], cwd=saleor, env=env, capture_output=True, text=True
        )
        if done.returncode:
            databases.drop(name)
            raise Missing(
                f"Saleor's {command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-3000:]}"
            )
    return name
