"""``manage.py onec_counterparties FILE.xlsx``: counterparties from a spreadsheet of 1C."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import get_language

from b2b_overlay.history.command import RecordedCommand
from b2b_overlay.ordering.rearranging import scan_changed
from b2b_overlay.shop import get_shop
from onec_bridge.commerceml.records import Severity
from onec_bridge.journal.problems import language as problem_language
from onec_bridge.sync.commands import connection_named
from onec_bridge.sync.spreadsheet import apply_sheet, preview_sheet, read_sheet


class Command(RecordedCommand):
    help = (
        "Take counterparties from a spreadsheet (УТ 11 and УНФ send none). Shows what would "
        "be done; with --apply does it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="XLSX with a header row")
        parser.add_argument("--connection", help="login of the 1C connection, if there are several")
        parser.add_argument("--apply", action="store_true", help="save; without it only look")

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connection_named(options["connection"])
        path: Path = options["file"]
        try:
            with path.open("rb") as stream:
                sheet = read_sheet(stream, path.name)
        except OSError as error:
            raise CommandError(str(error)) from error
        for problem in sheet.problems:
            self.stderr.write(problem.line(problem_language(get_language())))
        if any(problem.severity is Severity.FATAL for problem in sheet.problems):
            raise CommandError(path.name)
        if options["apply"]:
            self.stdout.write(str(apply_sheet(connection, sheet).get("counterparty", {})))
            scan_changed(get_shop())
            return
        for row, outcome in preview_sheet(connection, sheet):
            card = row.entry.card
            self.stdout.write(f"{row.number}\t{outcome}\t{card.name}\t{card.inn}\t{card.kpp}")
