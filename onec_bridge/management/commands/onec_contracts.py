"""``manage.py onec_contracts FILE``: contracts and managers, from a spreadsheet of 1C."""

from __future__ import annotations

from typing import Any, BinaryIO

from onec_bridge.exchange.models import Connection
from onec_bridge.sync.commands import SheetCommand
from onec_bridge.sync.contract_sheet import (
    Contracts,
    Saved,
    apply_contracts,
    preview,
    read_contracts,
)


class Command(SheetCommand[Contracts]):
    help = (
        "Take contracts, their price types and limits, and the customers' managers from a "
        "spreadsheet (XLSX or CSV). Shows what would be done; with --apply does it."
    )

    def read(self, connection: Connection, stream: BinaryIO, name: str) -> Contracts:
        return read_contracts(connection, stream, name)

    def show(self, connection: Connection, read: Contracts, options: dict[str, Any]) -> None:
        self._tell(preview(connection, read), read)

    def save(self, connection: Connection, read: Contracts, options: dict[str, Any]) -> None:
        self._tell(apply_contracts(connection, read), read)

    def _tell(self, saved: list[Saved], read: Contracts) -> None:
        for each in saved:
            words = (each.outcome.name.lower(), each.row.entity.name, each.differs or each.why)
            self.stdout.write("\t".join((str(each.row.number), *words)))
        self.stdout.write(f"rows: {len(saved)}, rows refused: {read.refused}")
