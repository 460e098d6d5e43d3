"""``manage.py onec_leftovers``: import what 1C sent and never asked to import. For cron."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from b2b_overlay.history.command import RecordedCommand
from onec_bridge.exchange.lease import BusyError, LostError, hold
from onec_bridge.exchange.leftovers import import_left
from onec_bridge.models import Connection


class Command(RecordedCommand):
    help = (
        "Import whole files that 1C left on the site without asking to import them. The next "
        "sign-in of that 1C does it too; this does it sooner."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seconds", type=float, default=600, help="time to work at most (600)")

    def handle(self, *args: Any, **options: Any) -> None:
        deadline = time.monotonic() + options["seconds"]
        for connection in Connection.objects.filter(is_active=True, import_leftovers=True):
            self._work(connection, deadline)

    def _work(self, connection: Connection, deadline: float) -> None:
        session = connection.sessions.first()
        if session is None:
            return
        try:
            with hold(session) as held:
                worked = import_left(connection, held, deadline).worked
        except (BusyError, LostError) as busy:
            self.stdout.write(f"{connection}: {busy}")
            return
        for file in worked:
            self.stdout.write(f"{connection}: {file}: {file.get_state_display()}")
