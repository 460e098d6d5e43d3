"""``manage.py onec_replay``: import an exchange again from the files that were kept."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from b2b_overlay.history.command import RecordedCommand
from onec_bridge.exchange.replay import NothingKeptError, go_on, replay
from onec_bridge.journal import words
from onec_bridge.models import ReceivedFile, Session

WAITING = (ReceivedFile.State.RECEIVED, ReceivedFile.State.IMPORTING)


class Command(RecordedCommand):
    help = (
        "Import the files of an exchange again, and those of the exchanges after it, in order. "
        "What is already so doesn't change. Without a number: list what can be replayed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("session", type=int, nargs="?", help="number of the exchange")
        parser.add_argument(
            "--alone",
            action="store_true",
            help="only this one, although newer exchanges may have said otherwise since",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["session"] is None:
            self._list()
            return
        session = Session.objects.filter(
            pk=options["session"], purpose=Session.Purpose.LIVE
        ).first()
        if session is None:
            raise CommandError(f"There is no exchange {options['session']}.")
        try:
            begun = replay(session, alone=options["alone"])
        except NothingKeptError as error:
            raise CommandError("None of its files is kept any more (ONEC_KEEP_DAYS).") from error
        before = -1
        while (left := self._left(begun)) and left != before:
            before = left
            go_on(begun[-1])
        for each in begun:
            self._tell(each)

    def _left(self, begun: list[Session]) -> int:
        """Of files, and of records in the one under way: whether it still moves on."""
        files = ReceivedFile.objects.filter(session__in=begun)
        waiting = files.filter(state__in=WAITING).count()
        return waiting and waiting * 10**12 - sum(files.values_list("position", flat=True))

    def _tell(self, session: Session) -> None:
        for file in session.files.exclude(kind=ReceivedFile.Kind.OTHER).order_by("pk"):
            done = words.in_words(file.counts, file.problem_count)
            self.stdout.write(f"#{session.pk} {file.name}: {file.get_state_display()}. {done}")

    def _list(self) -> None:
        for session in Session.objects.filter(purpose=Session.Purpose.LIVE, files__parts__number=0):
            started = session.started_at.astimezone().strftime("%d.%m.%Y %H:%M:%S")
            self.stdout.write(f"{session.pk}  {started}  {session.connection} {session.type}")
