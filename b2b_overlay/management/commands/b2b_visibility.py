"""``manage.py b2b_visibility``: who sees the goods of which group."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from b2b_overlay.history.command import RecordedCommand
from b2b_overlay.ordering.models import GroupVisibility
from b2b_overlay.ordering.visibility import set_rule
from b2b_overlay.shop import Refused, get_shop


class Command(RecordedCommand):
    help = (
        "Without arguments: the groups that not everybody sees. With a group (its id or its whole "
        "name) and a rule: wholesale (retail doesn't find its goods), sign_in (prices after "
        "signing in) or everybody."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("group", nargs="?", help="id or name of the group of goods")
        parser.add_argument("rule", nargs="?", choices=(*GroupVisibility.Rule.values, "everybody"))
        parser.add_argument("--by", help="e-mail of whoever watches over prices and does this")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["group"] is None:
            self._list()
        elif not (options["rule"] and options["by"]):
            raise CommandError(_("Say the rule after the group, and who sets it: --by."))
        else:
            self._set(options["group"], options["rule"], options["by"])

    def _list(self) -> None:
        names = {each.id: each.name for each in get_shop().catalogue.categories()}
        for row in GroupVisibility.objects.all():
            name = names.get(row.category_id, "?")
            self.stdout.write(f"{row.rule:<10} {row.category_id:>6}  {name}")

    def _set(self, wanted: str, rule: str, by: str) -> None:
        groups = get_shop().catalogue.categories()
        found = [each for each in groups if wanted in (str(each.id), each.name)]
        if len(found) != 1:
            text = _("Not one group but %(count)s: «%(wanted)s». Give its id.")
            raise CommandError(text % {"count": len(found), "wanted": wanted})
        user = get_user_model()._default_manager.filter(email__iexact=by).first()
        if user is None:
            raise CommandError(_("There is no user %(email)s.") % {"email": by})
        try:
            set_rule(user, get_shop(), found[0].id, "" if rule == "everybody" else rule)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{found[0].name}: {rule}")
