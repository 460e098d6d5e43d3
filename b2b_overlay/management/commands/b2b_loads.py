"""``manage.py b2b_loads``: the last loads of prices; ``--undo ID`` takes one back."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.history.command import RecordedCommand
from b2b_overlay.pricing.models import PriceLoad
from b2b_overlay.pricing.undoing import undo
from b2b_overlay.shop import Refused


class Command(RecordedCommand):
    help = (
        "Loads of prices, the newest first: number, when, from where, what they created, changed "
        "and deleted. --undo ID gives each price its state before that load back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--undo", type=int, metavar="ID", help="take this load back")
        parser.add_argument("--last", type=int, default=20, help="how many to list (20)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["undo"] is not None:
            self._undo(options["undo"])
        else:
            self._list(max(0, options["last"]))

    def _list(self, last: int) -> None:
        applied = [PriceLoad.State.APPLIED, PriceLoad.State.UNDONE]
        rows = PriceLoad.objects.filter(state__in=applied).defer("content")[:last]
        for row in rows:
            counts = " ".join(str(row.counts.get(w, 0)) for w in ("created", "changed", "deleted"))
            when = timezone.localtime(row.applied_at) if row.applied_at else None
            self.stdout.write(
                f"{row.pk}\t{when:%d.%m.%Y %H:%M}\t{row.get_source_display()}\t{row.name}"
                f"\t{counts}\t{row.get_state_display()}"
            )
        if not rows:
            self.stdout.write(_("No loads yet"))

    def _undo(self, pk: int) -> None:
        try:
            done = undo(None, pk, PriceLoad.Source.COMMAND)
        except PriceLoad.DoesNotExist as error:
            raise CommandError(_("There is no load %s.") % pk) from error
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        if done.already:
            self.stdout.write(_("This load has been undone before; nothing was changed now."))
            return
        self.stdout.write(
            _("Given back: %(back)s. Left alone, changed since: %(left)s.")
            % {"back": done.back, "left": done.left}
        )
