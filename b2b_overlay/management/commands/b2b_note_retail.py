"""``manage.py b2b_note_retail``: note the shop's retail prices as they are now."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from b2b_overlay.history.command import RecordedCommand
from b2b_overlay.pricing.retail import note_all


class Command(RecordedCommand):
    help = (
        "Note the retail price of every good in every channel where it differs from the last "
        "note, so that what a price was can be told of lists derived from retail. The shop's own "
        "changes are noted as they happen; run it once after installing, and nightly where other "
        "programs write the shop's prices."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(_("Retail prices noted: %s.") % note_all())
