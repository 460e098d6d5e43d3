"""``manage.py onec_settlements FILE``: what is owed, from a spreadsheet of 1C. For cron."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any, BinaryIO

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from onec_bridge.exchange.models import Connection
from onec_bridge.sync.commands import SheetCommand
from onec_bridge.sync.debts import Debts, apply_debts, read_debts


def moment(text: str) -> dt.datetime:
    """``2026-11-25T09:00``, of the shop's own time zone where none is named."""
    try:
        found = parse_datetime(text)
    except ValueError as error:
        raise ArgumentTypeError(text) from error
    if found is None:
        raise ArgumentTypeError(f"{text}: YYYY-MM-DDTHH:MM")
    return found if timezone.is_aware(found) else timezone.make_aware(found)


class Command(SheetCommand[Debts]):
    help = (
        "Take debts (взаиморасчёты) from a spreadsheet. Shows what would be done; with --apply "
        "does it: what is told of a counterparty replaces what was known of it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--whole",
            action="store_true",
            help="the file has all debts: who isn't in it owes nothing",
        )
        parser.add_argument(
            "--told-at", type=moment, help="as of when (YYYY-MM-DDTHH:MM); default: now"
        )

    def read(self, connection: Connection, stream: BinaryIO, name: str) -> Debts:
        return read_debts(connection, stream, name)

    def show(self, connection: Connection, read: Debts, options: dict[str, Any]) -> None:
        for row in read.rows:
            debt = row.debt
            self.stdout.write(
                f"{row.number}\t{row.told_entity.name}\t{debt.document}\t{debt.amount}"
            )

    def save(self, connection: Connection, read: Debts, options: dict[str, Any]) -> None:
        done = apply_debts(
            connection,
            read,
            told_at=options["told_at"] or timezone.now(),
            source=options["file"].name,
            whole=options["whole"],
        )
        self.stdout.write(
            f"counterparties: {done.told}, documents: {done.documents}, "
            f"older than known: {len(done.older)}, rows refused: {read.refused}"
        )
