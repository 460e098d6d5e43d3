"""``manage.py onec_connect``: let a 1C base exchange with this shop, or change how it does."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation
from django.utils.translation import gettext as _

from onec_bridge.models import Connection


class Command(BaseCommand):
    help = (
        "Create a connection with 1C, or change the one of that login, and print what to type "
        "into 1C's form «Обмен с сайтом»."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="what the desk calls this 1C base")
        parser.add_argument("--login", required=True)
        parser.add_argument("--password", help="default: a new one is made up and printed")
        parser.add_argument(
            "--url",
            default="https://ВАШ-МАГАЗИН/plugins/onec/exchange/",
            help="address of the exchange as 1C reaches it",
        )
        parser.add_argument(
            "--retail-price-type", help="Ид of the price type that is the shop's retail price"
        )
        parser.add_argument(
            "--encoding", choices=Connection.Encoding.values, help="of orders to 1C"
        )
        parser.add_argument("--language", choices=Connection.Language.values, default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        connection = Connection.objects.filter(login=options["login"]).first()
        is_new = connection is None
        connection = connection or Connection(login=options["login"])
        connection.name = options["name"]
        for field in ("retail_price_type", "encoding", "language"):
            if options[field] is not None:
                setattr(connection, field, options[field])
        password = options["password"] or (secrets.token_urlsafe(12) if is_new else "")
        if password:
            connection.set_password(password)
        connection.save()
        with translation.override(connection.language):
            self._print_form(connection, options["url"], password)

    def _print_form(self, connection: Connection, url: str, password: str) -> None:
        """The fields in the words of 1C's own form, which is Russian only."""
        address = f"{url.rstrip('/')}/{connection.token}"
        rows = [
            ("Адрес сайта", address),
            ("Имя пользователя", connection.login),
            ("Пароль", password or _("(as before)")),
        ]
        self.stdout.write(_("In 1C: «Обмен с сайтом» → the settings of the connection:"))
        for label, value in rows:
            self.stdout.write(f"  {label:<18}{value}")
        self.stdout.write(
            _("Without the last part the address works too: it only ties it to this base.")
        )
