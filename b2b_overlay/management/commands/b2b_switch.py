"""``manage.py b2b_switch``: who buys wholesale, and the switch of one customer."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from b2b_overlay.company.models import Company
from b2b_overlay.history.command import RecordedCommand
from b2b_overlay.ordering.switch import turn
from b2b_overlay.shop import get_shop


class Command(RecordedCommand):
    help = (
        "Without arguments: every company, its id and whether B2B is on. With a company (its id or "
        "its whole name) and on or off: switch it, effective at once, open carts too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("company", nargs="?", help="id or name of the company")
        parser.add_argument("state", nargs="?", choices=("on", "off"))

    def handle(self, *args: Any, **options: Any) -> None:
        company, state = options["company"], options["state"]
        if company is None:
            self._list()
        elif state is None:
            raise CommandError(_("Say on or off after the company."))
        else:
            self._switch(self._find(company), state == "on")

    def _list(self) -> None:
        for row in Company.objects.filter(merged_into=None).order_by("name", "pk"):
            self.stdout.write(f"{'on ' if row.is_active else 'off'}  {row.pk:>6}  {row.name}")

    def _find(self, wanted: str) -> Company:
        named = list(Company.objects.filter(name__iexact=wanted, merged_into=None)[:2])
        if not named and wanted.isdecimal() and len(wanted) < 19:
            named = list(Company.objects.filter(pk=int(wanted)))
        if not named:
            raise CommandError(_("There is no company «%(wanted)s».") % {"wanted": wanted})
        if len(named) > 1:
            words = _("There are several companies «%(wanted)s»: give the id of one.")
            raise CommandError(words % {"wanted": wanted})
        return named[0]

    def _switch(self, company: Company, on: bool) -> None:
        turn(get_shop(), [company.pk], on)
        text = (
            _("Wholesale is on for %(name)s.")
            if on
            else _("Wholesale is off for %(name)s: its buyers are retail customers again.")
        )
        self.stdout.write(text % {"name": company.name})
