"""``manage.py onec_protocol``: print the exchange's table and diagram for the documentation."""

from __future__ import annotations

from typing import Any

from b2b_overlay.history.command import RecordedCommand
from onec_bridge.exchange.table import markdown


class Command(RecordedCommand):
    help = "Print docs/exchange-states.md from the table that the exchange follows."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in markdown():
            self.stdout.write(line)
