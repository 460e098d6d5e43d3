"""``manage.py b2b_off``: B2B off for everybody, before the overlay is removed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from b2b_overlay.history.command import RecordedCommand
from b2b_overlay.ordering.switch import switch_all_off
from b2b_overlay.shop import get_shop


class Command(RecordedCommand):
    help = (
        "Turn B2B off for every company and make every open wholesale cart a retail one. Run it "
        "before removing the overlay; placed orders stay as they are."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        companies, carts = switch_all_off(get_shop())
        self.stdout.write(
            _("B2B is off: companies %(companies)s, open carts back at retail %(carts)s.")
            % {"companies": companies, "carts": carts}
        )
