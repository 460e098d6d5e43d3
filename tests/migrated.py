"""A database that is migrated once, for every run's own to be a copy of.

To migrate an empty one takes a quarter of a minute of a core, and each worker of each run had
to. The copy is migrated again, which finds nothing to do: a database too old is no trouble, and
one of other migrations has another name.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connection

__all__ = ["migrated"]

_LOCK = 7_707_083_893
_PREFIX = "migrated_"
#: What of a migration is not in its file.
_LIBRARIES = ("Django", "django-pghistory", "django-pgtrigger")


def migrated() -> str:
    """Its name. Whoever comes first makes it, the others wait; one of yesterday's is dropped."""
    name = _PREFIX + _digest()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [_PREFIX + "%"])
        known = [found for (found,) in cursor.fetchall()]
        if name not in known:
            for old in known:
                cursor.execute(f"DROP DATABASE {old} WITH (FORCE)")
            half = f"{_PREFIX}half"
            cursor.execute(f"CREATE DATABASE {half}")
            _migrate(half)
            cursor.execute(f"ALTER DATABASE {half} RENAME TO {name}")
    return name


def _digest() -> str:
    found = sha256(" ".join(version(each) for each in _LIBRARIES).encode())
    for app in apps.get_app_configs():
        for file in sorted(Path(app.path, "migrations").glob("*.py")):
            found.update(f"{app.label}/{file.name}".encode() + file.read_bytes())
    return found.hexdigest()[:16]


def _migrate(name: str) -> None:
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
