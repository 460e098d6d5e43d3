"""What the commands of this package share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from django.apps import apps
from django.core.management.base import CommandError

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["connection_named", "files_in"]


def connection_named(login: str | None) -> Connection:
    """The connection with this login; without one, the only one there is."""
    model = apps.get_model("onec_bridge", "Connection")
    found = model._default_manager.filter(**({"login": login} if login else {}))[:2]
    if len(found) != 1:
        names = ", ".join(model._default_manager.values_list("login", flat=True)) or "—"
        raise CommandError(f"Name a connection by --connection: {names}")
    connection: Connection = found[0]
    return connection


def files_in(path: Path) -> Iterator[Path]:
    """The file, or the folder's XML and zip files, products before offers (as names sort)."""
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from sorted(
            each for each in path.rglob("*") if each.suffix.lower() in (".xml", ".zip")
        )
    else:
        raise CommandError(f"There is no file or folder {path}")
