"""``manage.py b2b_dashboard``: our pages in the shop's Dashboard, put there and taken away."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from django.utils.translation import override

from b2b_overlay.conf import SALEOR_SHOP, conf
from b2b_overlay.history.command import RecordedCommand


class Command(RecordedCommand):
    help = (
        "install: show B2B beside customers, orders and products of Saleor's Dashboard, and the "
        "sales desk in its menu; repeated, it mends what is there. remove: take it all away."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=("install", "remove"))
        parser.add_argument("--site", help="address of the shop's API, if Saleor doesn't know it")
        parser.add_argument("--language", default="ru", choices=("ru", "en"), help="of the labels")

    def handle(self, *args: Any, **options: Any) -> None:
        if conf.shop != SALEOR_SHOP:
            raise CommandError(_("Only Saleor has a Dashboard."))
        from b2b_overlay.plugins.dashboard import installing

        if options["action"] == "remove":
            removed = installing.remove()
            self.stdout.write(
                _("Nothing of B2B is left in the Dashboard.")
                if removed
                else _("There was nothing of B2B in the Dashboard.")
            )
            return
        if not conf.dashboard:
            raise CommandError(_("Set B2B_DASHBOARD_URL first: the address of the Dashboard."))
        site = options["site"] or installing.site()
        with override(options["language"]):
            places = installing.install(site)
        self.stdout.write(
            _("B2B is in the Dashboard, in %(places)s places; its pages are at %(site)s.")
            % {"places": places, "site": site}
        )
