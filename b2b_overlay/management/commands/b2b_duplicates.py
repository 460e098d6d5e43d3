"""``manage.py b2b_duplicates``: compare the whole base of counterparties now."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from b2b_overlay.company import rules
from b2b_overlay.company.candidates import questions, waiting
from b2b_overlay.company.likeness import Reason
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.history.command import RecordedCommand
from b2b_overlay.ordering.rearranging import scan
from b2b_overlay.shop import get_shop


class Command(RecordedCommand):
    help = (
        "Compare all counterparties with one another: fill the queue of those that may be one, "
        "join the certain cases whose rule is on. What people have decided stays. With --list "
        "only show the queue."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--list", action="store_true", help="show what waits, compare nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            self._list()
            return
        scanned = scan(get_shop())
        self.stdout.write(
            _("Compared %(compared)s: new doubts %(found)s, gone %(dropped)s, joined %(joined)s.")
            % {
                "compared": scanned.compared,
                "found": scanned.found,
                "dropped": scanned.dropped,
                "joined": scanned.joined,
            }
        )
        for rule, on in rules.states():
            state = _("on") if on else _("off")
            self.stdout.write(f"{rule.name} ({state}): {scanned.rules[rule.code]}")
        for reason in Reason:
            if scanned.reasons[reason]:
                self.stdout.write(f"{reason.label}: {scanned.reasons[reason]}")

    def _list(self) -> None:
        for question in questions(waiting()):
            self.stdout.write(_line(question.entity))
            for candidate in question.candidates:
                why = ", ".join(str(reason.label) for reason in candidate.reasons)
                self.stdout.write(f"\t{candidate.score}\t{_line(candidate.entity)}\t{why}")


def _line(entity: LegalEntity) -> str:
    return f"{entity.pk}\t{entity.name}\t{entity.inn}\t{entity.kpp}"
