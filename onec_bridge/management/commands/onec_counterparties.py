"""``manage.py onec_counterparties FILE``: counterparties from a spreadsheet of 1C."""

from __future__ import annotations

from typing import Any, BinaryIO

from b2b_overlay.ordering.rearranging import scan_changed
from b2b_overlay.shop import get_shop
from onec_bridge.exchange.models import Connection
from onec_bridge.sync.commands import SheetCommand
from onec_bridge.sync.spreadsheet import Sheet, apply_sheet, preview_sheet, read_sheet


class Command(SheetCommand[Sheet]):
    help = (
        "Take counterparties from a spreadsheet (УТ 11 and УНФ send none). Shows what would "
        "be done; with --apply does it."
    )

    def read(self, connection: Connection, stream: BinaryIO, name: str) -> Sheet:
        return read_sheet(stream, name)

    def show(self, connection: Connection, read: Sheet, options: dict[str, Any]) -> None:
        for row, outcome in preview_sheet(connection, read):
            card = row.entry.card
            self.stdout.write(f"{row.number}\t{outcome}\t{card.name}\t{card.inn}\t{card.kpp}")

    def save(self, connection: Connection, read: Sheet, options: dict[str, Any]) -> None:
        self.stdout.write(str(apply_sheet(connection, read).get("counterparty", {})))
        scan_changed(get_shop())
