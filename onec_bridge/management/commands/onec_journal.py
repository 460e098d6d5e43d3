"""``manage.py onec_journal``: the last requests of 1C and the last problems, in the terminal."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from b2b_overlay.history.command import RecordedCommand
from onec_bridge.journal.problems import as_problem, language
from onec_bridge.models import Entry, ProblemRecord


class Command(RecordedCommand):
    help = "Print what was exchanged with 1C lately, oldest first, and the problems found."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--last", type=int, default=30, help="how many of each (30)")
        parser.add_argument("--connection", help="login of the connection; default: all")
        parser.add_argument("--lang", choices=("ru", "en"), default="ru")

    def handle(self, *args: Any, **options: Any) -> None:
        entries = Entry.objects.all()
        problems = ProblemRecord.objects.order_by("-pk")
        if options["connection"]:
            entries = entries.filter(connection__login=options["connection"])
            problems = problems.filter(connection__login=options["connection"])
        for entry in reversed(entries[: options["last"]]):
            self.stdout.write(_line(entry))
        for row in reversed(problems[: options["last"]]):
            self.stdout.write(as_problem(row).line(language(options["lang"])))


def _line(entry: Entry) -> str:
    at = timezone.localtime(entry.at)
    asked = " ".join(part for part in (f"{entry.type}/{entry.mode}", entry.filename) if part)
    answered = " ".join(part for part in (entry.word, entry.text) if part)
    return f"{at:%d.%m %H:%M:%S} #{entry.pk} {asked} → {answered} ({entry.milliseconds} ms)"
