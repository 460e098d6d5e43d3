"""What the commands of this package share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Generic, TypeVar

from django.apps import apps
from django.core.management.base import CommandError
from django.utils.translation import get_language

from b2b_overlay.history.command import RecordedCommand
from onec_bridge.journal.problems import language

from .table import Reading

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["SheetCommand", "connection_named", "files_in", "sheet_arguments"]

Read = TypeVar("Read", bound=Reading)


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


def sheet_arguments(parser: ArgumentParser) -> None:
    """What every command that takes a spreadsheet is told."""
    parser.add_argument("file", type=Path, help="XLSX or CSV with a header row")
    parser.add_argument("--connection", help="login of the 1C connection, if there are several")
    parser.add_argument("--apply", action="store_true", help="save; without it only look")


class SheetCommand(RecordedCommand, ABC, Generic[Read]):
    """A spreadsheet saved out of 1C: what would be done, and with ``--apply`` done."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        sheet_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connection_named(options["connection"])
        path: Path = options["file"]
        try:
            with path.open("rb") as stream:
                read = self.read(connection, stream, path.name)
        except OSError as error:
            raise CommandError(str(error)) from error
        for problem in read.problems:
            self.stderr.write(problem.line(language(get_language())))
        if not read.is_readable:
            raise CommandError(path.name)
        (self.save if options["apply"] else self.show)(connection, read, options)

    @abstractmethod
    def read(self, connection: Connection, stream: BinaryIO, name: str) -> Read:
        """The rows of the file, and its mistakes."""

    @abstractmethod
    def show(self, connection: Connection, read: Read, options: dict[str, Any]) -> None:
        """Print what would be done."""

    @abstractmethod
    def save(self, connection: Connection, read: Read, options: dict[str, Any]) -> None:
        """Do it, and print what was."""
