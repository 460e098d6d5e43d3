"""``manage.py b2b_person``: what is kept of a person, and his erasure (152-ФЗ)."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from b2b_overlay.company import personal
from b2b_overlay.history.command import RecordedCommand
from b2b_overlay.ordering.personal import erase_person
from b2b_overlay.shop import Refused, get_shop


class Command(RecordedCommand):
    help = (
        "export <e-mail or login>: print all that is kept of a person, as JSON. "
        "erase <e-mail or login> --by <e-mail of staff> --reason «letter of …»: erase for good; "
        "orders stay as documents."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=("export", "erase"))
        parser.add_argument("person", help="e-mail or login of the person's account")
        parser.add_argument("--by", required=True, help="e-mail of the member of staff who asks")
        parser.add_argument("--reason", default="", help="the person's letter and its day")
        parser.add_argument(
            "--also", action="append", default=[], help="another word that is his alone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        shop = get_shop()
        try:
            pk = personal.user_of(shop.people, options["person"])
            by = get_user_model()._default_manager.get(
                pk=personal.user_of(shop.people, options["by"])
            )
            if options["action"] == "export":
                subject = personal.subject_of_user(shop.people, pk, options["also"])
                told = personal.export(by, shop.people, subject)
                self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
                return
            done = erase_person(shop, by, pk, options["reason"], options["also"])
        except ObjectDoesNotExist as error:
            raise CommandError(_("There is no such account.")) from error
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        for name, rows in done.columns.items():
            self.stdout.write(f"{rows:>6}  {name}")
