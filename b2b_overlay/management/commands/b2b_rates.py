"""``manage.py b2b_rates``: rates of exchange, by hand or from a file that a job has brought."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from decimal import InvalidOperation
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.history.command import RecordedCommand
from b2b_overlay.money import to_amount
from b2b_overlay.pricing.models import Rate
from b2b_overlay.pricing.rate_files import read_rates
from b2b_overlay.pricing.rates import RateRow, load_rates
from b2b_overlay.shop import Refused


class Command(RecordedCommand):
    help = (
        "Without arguments: the last rate of each currency. With a currency and its rate: enter "
        "it (--day, --to). With --file: read a table (CSV, XLSX) or the Bank of Russia's daily "
        "XML from the disk; --cbr says that it must be the Bank's. Asks nothing of the network."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("currency", nargs="?", help="three letters: EUR")
        parser.add_argument("rate", nargs="?", help="what one unit is worth: 98,50")
        parser.add_argument("--to", default="RUB", help="in which currency (RUB)")
        parser.add_argument("--day", help="from which day, YYYY-MM-DD (today)")
        parser.add_argument("--file", help="CSV, XLSX or the Bank of Russia's XML")
        parser.add_argument("--cbr", help="the Bank of Russia's XML_daily file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if path := options["cbr"] or options["file"]:
                self._load(Path(path), options["to"], only_the_bank=bool(options["cbr"]))
            elif options["currency"] and options["rate"]:
                self._enter(options)
            elif options["currency"]:
                raise CommandError(_("Give the rate after the currency."))
            else:
                self._list()
        except Refused as refused:
            raise CommandError(str(refused)) from refused

    def _load(self, path: Path, to: str, *, only_the_bank: bool) -> None:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(str(error)) from error
        if only_the_bank and not content.lstrip().startswith(b"<"):
            raise CommandError(_("This isn't the Bank of Russia's file of rates."))
        self._say(load_rates(read_rates(content, to.upper())))

    def _enter(self, options: dict[str, Any]) -> None:
        try:
            rate = to_amount(options["rate"])
            given = options["day"]
            day = dt.date.fromisoformat(given) if given else timezone.localdate()
        except (InvalidOperation, ValueError) as error:
            text = _("Write the rate as a number and the day as YYYY-MM-DD.")
            raise CommandError(text) from error
        row = RateRow(options["currency"].upper(), options["to"].upper(), day, rate)
        self._say(load_rates([row]))

    def _say(self, changed: int) -> None:
        self.stdout.write(_("Rates new or changed: %(count)s.") % {"count": changed})

    def _list(self) -> None:
        rows = Rate.objects.order_by("currency", "to", "-day").distinct("currency", "to")
        for row in rows:
            self.stdout.write(f"{row.day}  {row.currency} {row.rate.normalize():f} {row.to}")
