"""``manage.py onec_doctor``: what is set wrong in a 1C, by what it sent lately."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from b2b_overlay.history.command import RecordedCommand
from onec_bridge.doctor import report
from onec_bridge.journal.problems import language
from onec_bridge.journal.programmer.diagnosis import clues_of
from onec_bridge.models import Connection


class Command(RecordedCommand):
    help = (
        "Look at the last exchanges of a connection and print which configuration of 1C it is and "
        "what is set wrong there. Ends with 1 where something stops the exchange. Of files alone: "
        "python -m onec_bridge doctor."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login", help="of the connection")

    def handle(self, *args: Any, **options: Any) -> None:
        connection = Connection.objects.filter(login=options["login"]).first()
        if connection is None:
            known = ", ".join(Connection.objects.values_list("login", flat=True)) or "—"
            raise CommandError(f"No connection has this login; there are: {known}")
        told = report(clues_of(connection))
        for line in told.lines(language(connection.language)):
            self.stdout.write(line)
        if not told.is_healthy:
            raise CommandError("What is marked as an error above stops the exchange.")
