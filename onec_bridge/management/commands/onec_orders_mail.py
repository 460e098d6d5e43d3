"""``manage.py onec_orders_mail``: mail waiting orders to 1C's people."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.utils import translation

from b2b_overlay.history.command import RecordedCommand
from onec_bridge.exchange.models import Connection
from onec_bridge.sync.commands import connection_named
from onec_bridge.sync.start.handing import mail_waiting


class Command(RecordedCommand):
    help = (
        "Mail wholesale orders that wait to the addresses of the desk's page «Orders by e-mail or "
        "file»; for cron, every few minutes. Each goes once; what fails is tried again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--connection", help="login of the 1C connection; default: each")
        parser.add_argument("--now", action="store_true", help="also what failed a moment ago")

    def handle(self, *args: Any, **options: Any) -> None:
        named = options["connection"]
        connections = [connection_named(named)] if named else list(Connection.objects.all())
        for connection in connections:
            with translation.override(connection.language):
                mailed = mail_waiting(connection, now=options["now"])
            self.stdout.write(
                f"{connection.login}: sent {mailed.sent}, failed {mailed.failed}, "
                f"later {mailed.later}"
            )
