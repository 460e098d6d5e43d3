"""``manage.py onec_goods FILE``: goods, prices and stock from a spreadsheet saved out of 1C."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import get_language

from b2b_overlay.history.command import RecordedCommand
from b2b_overlay.shop import Refused
from onec_bridge.commerceml.records import Problem
from onec_bridge.exchange import by_hand
from onec_bridge.journal.problems import language
from onec_bridge.sync.commands import connection_named, sheet_arguments
from onec_bridge.sync.payload import load
from onec_bridge.sync.start import sheets
from onec_bridge.sync.start.columns import Layout
from onec_bridge.sync.start.models import GoodsSheet

#: Seconds of one step; a command has no proxy to answer to.
_STEP = 30


class Command(RecordedCommand):
    help = (
        "Take goods, prices or stock from a spreadsheet. Shows what would change; with --apply "
        "does it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        sheet_arguments(parser)
        parser.add_argument("--retail", help="name of the price type that is the retail price")
        parser.add_argument(
            "--rows-are", choices=GoodsSheet.GroupRows.values, help="rows that only name something"
        )
        parser.add_argument(
            "--whole-stock", action="store_true", help="what the file doesn't name has none left"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connection_named(options["connection"])
        path: Path = options["file"]
        try:
            sheet = sheets.take_in(None, connection, path.name, path.read_bytes())
            self._tell(sheet, options)
            while sheet.looked_at is None:
                sheet = sheets.look(sheet, time.monotonic() + _STEP)
        except (OSError, Refused) as error:
            raise CommandError(str(error)) from error
        self._show(sheet)
        if not options["apply"]:
            sheet.delete()
            return
        session = by_hand.begin(None, sheet.pk)
        if session is None:
            raise CommandError("Goods were changed by somebody else meanwhile: repeat.")
        while not (standing := by_hand.go_on(session, time.monotonic() + _STEP)).is_done:
            self.stdout.write(f"{standing.done}…")
        for file in standing.files:
            self.stdout.write(f"{file.name}: {file.get_state_display()} {file.counts}")
        if standing.failed:
            raise CommandError(path.name)

    def _tell(self, sheet: GoodsSheet, options: dict[str, Any]) -> None:
        """What the columns are can only be told at the desk, once; the rest here too."""
        layout = Layout.of_json(sheet.layout)
        if layout.wanting:
            sheet.delete()
            raise CommandError(" ".join(layout.wanting))
        sheet.retail = options["retail"] or sheet.retail
        sheet.group_rows = options["rows_are"] or sheet.group_rows
        sheet.whole_stock = options["whole_stock"]
        sheet.save()

    def _show(self, sheet: GoodsSheet) -> None:
        for row in sheet.problems:
            self.stderr.write(load(Problem, row).line(language(get_language())))
        for each in sheet.examples:
            parts = "; ".join(f"{name}: {was} → {now}" for name, was, now in each["parts"])
            self.stdout.write(f"{each['number']}\t{each['outcome']}\t{each['name']}\t{parts}")
        self.stdout.write(str(sheet.counts))
