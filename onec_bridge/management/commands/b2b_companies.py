"""``manage.py b2b_companies FILE.xlsx --by E-MAIL``: companies for the first load."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import Workbook

from b2b_overlay import logins
from b2b_overlay.company import structure
from b2b_overlay.history import recorded
from b2b_overlay.history.command import RecordedCommand
from b2b_overlay.shop import get_shop
from onec_bridge.journal.problems import language as problem_language
from onec_bridge.sync.commands import connection_named
from onec_bridge.sync.customers import COLUMNS, Loaded, load_customers
from onec_bridge.sync.table import Table, read_table


class Command(RecordedCommand):
    help = (
        "Make companies of the rows of a spreadsheet: company, parent, kind, manager's e-mail, "
        "group, legal entity (1C's id or code, INN and KPP, or name), buyer. The same file again "
        "changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="XLSX with a header row")
        parser.add_argument("--by", required=True, help="e-mail of the member of staff who does it")
        parser.add_argument("--connection", help="login of the 1C connection the codes are of")
        parser.add_argument("--dry-run", action="store_true", help="look, and save nothing")
        parser.add_argument(
            "--invitations", type=Path, metavar="FILE.xlsx", help="where to write the buyers' codes"
        )
        parser.add_argument("--site", default="", help="address of the B2B pages, for the links")

    def handle(self, *args: Any, **options: Any) -> None:
        by = structure.staff().filter(email__iexact=options["by"]).first()
        if by is None:
            text = _("The shop has no member of staff with the e-mail «%(email)s».")
            raise CommandError(text % {"email": options["by"]})
        table = self._read(options["file"])
        out, dry_run = options["invitations"], options["dry_run"]
        if {"buyer", "email"} & set(table.columns) and not (out or dry_run):
            raise CommandError(
                _("The file has buyers: say by --invitations where to write their codes.")
            )
        if out and out.exists():
            raise CommandError(_("%(path)s is there already.") % {"path": out})
        name = options["connection"]
        with recorded(by, "command", f"b2b_companies {table.name}"):
            loaded = load_customers(
                get_shop(),
                by,
                table,
                connection=connection_named(name) if name else None,
                dry_run=dry_run,
                keep=lambda loaded: _write(loaded, out, options["site"]) if out else None,
            )
        for problem in loaded.problems:
            self.stderr.write(str(problem))
        self._sum_up(loaded, dry_run)

    def _read(self, path: Path) -> Table:
        try:
            with path.open("rb") as stream:
                table = read_table(stream, path.name, COLUMNS, needed=[("company",)])
        except OSError as error:
            raise CommandError(str(error)) from error
        if table.fatal is not None:
            raise CommandError(table.fatal.line(problem_language(get_language())))
        return table

    def _sum_up(self, loaded: Loaded, dry_run: bool) -> None:
        words = {
            "companies made": _("companies made: %(count)s"),
            "legal entities added": _("legal entities put into companies: %(count)s"),
            "legal entities written": _("legal entities written anew: %(count)s"),
            "parents set": _("parents set: %(count)s"),
            "buyers": _("buyers: %(count)s"),
        }
        said = [
            text % {"count": loaded.counts[key]}
            for key, text in words.items()
            if loaded.counts[key]
        ]
        if loaded.problems:
            said.append(_("problems: %(count)s") % {"count": len(loaded.problems)})
        if dry_run:
            said.append(_("nothing is saved"))
        self.stdout.write("; ".join(said) or _("nothing new"))


def _write(loaded: Loaded, path: Path, site: str) -> None:
    """The codes, for whoever hands them out; readable by him alone."""
    if not loaded.invited:
        return
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([_("Company"), _("Buyer"), _("Login"), _("Code"), _("Link")])
    for each in loaded.invited:
        buyer, secrets = each.buyer, each.secrets
        link = f"{site.rstrip('/')}/join/{secrets.token}/" if site else ""
        login = logins.shown(buyer.user.email)
        sheet.append([buyer.company.name, buyer.name, login, secrets.spoken, link])
        for cell in sheet[sheet.max_row]:
            # A name that begins with «=» is no formula.
            cell.data_type = "s"
    private = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(private, "wb") as stream:
        book.save(stream)
