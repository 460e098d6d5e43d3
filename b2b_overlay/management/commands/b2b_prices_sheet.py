"""``manage.py b2b_prices_sheet out|in FILE.xlsx``: price lists as a spreadsheet."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from b2b_overlay.company import structure
from b2b_overlay.history.command import RecordedCommand
from b2b_overlay.pricing.models import PriceList
from b2b_overlay.pricing.sheets import intake
from b2b_overlay.pricing.sheets.outgoing import write_lists
from b2b_overlay.shop import Refused, get_shop


class Command(RecordedCommand):
    help = (
        "«out FILE.xlsx --list NAME»: write price lists, with quantity steps as columns. «in "
        "FILE.xlsx --by E-MAIL»: say what the file would change; with --apply put it in force, "
        "as one load that can be undone. Columns that nobody has told about are told on the "
        "desk's page first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("way", choices=["out", "in"])
        parser.add_argument("file", type=Path, help="XLSX")
        parser.add_argument(
            "--list", action="append", default=[], metavar="NAME", help="a price list to write"
        )
        parser.add_argument("--all-goods", action="store_true", help="goods without a price too")
        parser.add_argument("--by", help="e-mail of the member of staff who does it")
        parser.add_argument("--apply", action="store_true", help="put the prices in force")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["way"] == "out":
                self._out(options["file"], options["list"], all_goods=options["all_goods"])
            else:
                self._in(options["file"], options["by"], apply=options["apply"])
        except (OSError, Refused) as error:
            raise CommandError(str(error)) from error

    def _out(self, path: Path, names: list[str], *, all_goods: bool) -> None:
        lists = list(PriceList.objects.filter(name__in=names).order_by("name", "pk"))
        unknown = set(names) - {each.name for each in lists}
        for name in sorted(unknown) if names else [""]:
            known = ", ".join(PriceList.objects.values_list("name", flat=True))
            text = _("There is no price list «%(name)s»; there are: %(known)s.")
            raise CommandError(text % {"name": name, "known": known or "—"})
        with path.open("wb") as stream:
            count = write_lists(get_shop(), None, lists, stream, all_goods=all_goods)
        self.stdout.write(_("Rows written: %(count)s.") % {"count": count})

    def _in(self, path: Path, email: str | None, *, apply: bool) -> None:
        by = structure.staff().filter(email__iexact=email).first() if email else None
        if by is None:
            text = _("The shop has no member of staff with the e-mail «%(email)s».")
            raise CommandError(text % {"email": email or ""})
        load = intake.upload(by, path.name, path.read_bytes())
        looked = intake.look(get_shop(), by, load.pk, limit=0)
        if looked.prices is None or looked.difference is None:
            intake.discard(by, load.pk)
            raise CommandError(" ".join(looked.layout.wanting))
        for each in [*looked.prices.errors, *looked.warnings]:
            self.stderr.write(str(each))
        for row in looked.difference.lists:
            self.stdout.write(
                _(
                    "%(list)s: rises %(rises)s, falls %(falls)s, appears %(appears)s, vanishes "
                    "%(vanishes)s; by half or more %(sharp)s; buyers concerned %(buyers)s"
                )
                % {
                    "list": row.price_list,
                    "rises": row.rises,
                    "falls": row.falls,
                    "appears": row.appears,
                    "vanishes": row.vanishes,
                    "sharp": row.sharp,
                    "buyers": row.audience.buyers,
                }
            )
        if not looked.difference.total:
            self.stdout.write(_("nothing new"))
        if apply and looked.difference.total:
            intake.apply(get_shop(), by, load.pk, looked.seen)
            self.stdout.write(_("In force, as load %(id)s.") % {"id": load.pk})
            return
        intake.discard(by, load.pk)
        if looked.difference.total:
            self.stdout.write(_("Nothing is changed; with --apply it is."))
