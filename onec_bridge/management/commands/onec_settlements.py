"""``manage.py onec_settlements FILE.xlsx``: what is owed, from a spreadsheet of 1C. For cron."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language

from b2b_overlay.history import recorded
from b2b_overlay.history.command import RecordedCommand
from onec_bridge.journal.problems import language as problem_language
from onec_bridge.sync.commands import connection_named
from onec_bridge.sync.debts import apply_debts, read_debts


def moment(text: str) -> dt.datetime:
    """``2026-11-25T09:00``, of the shop's own time zone where none is named."""
    try:
        found = parse_datetime(text)
    except ValueError as error:
        raise ArgumentTypeError(text) from error
    if found is None:
        raise ArgumentTypeError(f"{text}: YYYY-MM-DDTHH:MM")
    return found if timezone.is_aware(found) else timezone.make_aware(found)


class Command(RecordedCommand):
    help = (
        "Take debts (взаиморасчёты) from a spreadsheet. Shows what would be done; with --apply "
        "does it: what is told of a counterparty replaces what was known of it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="XLSX with a header row")
        parser.add_argument("--connection", help="login of the 1C connection, if there are several")
        parser.add_argument("--apply", action="store_true", help="save; without it only look")
        parser.add_argument(
            "--whole",
            action="store_true",
            help="the file has all debts: who isn't in it owes nothing",
        )
        parser.add_argument(
            "--told-at", type=moment, help="as of when (YYYY-MM-DDTHH:MM); default: now"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connection_named(options["connection"])
        path: Path = options["file"]
        try:
            read = read_debts(connection, BytesIO(path.read_bytes()), path.name)
        except OSError as error:
            raise CommandError(str(error)) from error
        for problem in read.problems:
            self.stderr.write(problem.line(problem_language(get_language())))
        if not read.is_readable:
            raise CommandError(path.name)
        if not options["apply"]:
            for row in read.rows:
                debt = row.debt
                self.stdout.write(
                    f"{row.number}\t{row.told_entity.name}\t{debt.document}\t{debt.amount}"
                )
            return
        with recorded(None, "command", "onec_settlements", file=path.name):
            done = apply_debts(
                connection,
                read,
                told_at=options["told_at"] or timezone.now(),
                source=path.name,
                whole=options["whole"],
            )
        self.stdout.write(
            f"counterparties: {done.told}, documents: {done.documents}, "
            f"older than known: {len(done.older)}, rows refused: {read.refused}"
        )
