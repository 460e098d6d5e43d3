"""``manage.py onec_contracts FILE``: contracts and managers, from a spreadsheet of 1C."""

from __future__ import annotations

from argparse import ArgumentParser
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import get_language

from b2b_overlay.history import recorded
from b2b_overlay.history.command import RecordedCommand
from onec_bridge.journal.problems import language as problem_language
from onec_bridge.sync.commands import connection_named
from onec_bridge.sync.contract_sheet import apply_contracts, preview, read_contracts


class Command(RecordedCommand):
    help = (
        "Take contracts, their price types and limits, and the customers' managers from a "
        "spreadsheet (XLSX or CSV). Shows what would be done; with --apply does it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="XLSX or CSV with a header row")
        parser.add_argument("--connection", help="login of the 1C connection, if there are several")
        parser.add_argument("--apply", action="store_true", help="save; without it only look")

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connection_named(options["connection"])
        path: Path = options["file"]
        try:
            read = read_contracts(connection, BytesIO(path.read_bytes()), path.name)
        except OSError as error:
            raise CommandError(str(error)) from error
        for problem in read.problems:
            self.stderr.write(problem.line(problem_language(get_language())))
        if not read.is_readable:
            raise CommandError(path.name)
        if options["apply"]:
            with recorded(None, "command", "onec_contracts", file=path.name):
                saved = apply_contracts(connection, read)
        else:
            saved = preview(connection, read)
        for each in saved:
            words = (each.outcome.name.lower(), each.row.entity.name, each.differs or each.why)
            self.stdout.write("\t".join((str(each.row.number), *words)))
        self.stdout.write(f"rows: {len(saved)}, rows refused: {read.refused}")
