"""``manage.py onec_connect``: let a 1C base exchange with this shop, or change how it does."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser, BooleanOptionalAction
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db.models import Field
from django.utils import translation
from django.utils.translation import gettext as _

from b2b_overlay.history.command import RecordedCommand
from onec_bridge.journal.programmer.access import give_access, revoke_access
from onec_bridge.models import Connection

#: Switches of a connection; each is an option of the command, with its ``--no-`` form.
SWITCHES = (
    "is_active",
    "use_zip",
    "import_leftovers",
    "takes_off_absent",
    "create_products",
    "publish_new",
    "skip_root_group",
    "match_by_name",
    "owns_retail_prices",
    "owns_texts",
    "owns_stock",
    "split_by_organization",
    "split_by_warehouse",
    "retail_orders",
)
#: Other fields that are options of the command.
VALUES = (
    "retail_price_type",
    "encoding",
    "language",
    "containers",
    "orders_format",
    "file_limit",
    "order_batch",
    "channel",
    "stock_is",
    "reserves",
    "split_by_vat",
)


def _said(name: str) -> str:
    """What a setting of the connection is called on its page."""
    field = Connection._meta.get_field(name)
    assert isinstance(field, Field)
    return str(field.verbose_name)


class Command(RecordedCommand):
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
            "--retail-price-type",
            help="Ид or name of the price type that is the shop's retail price; without it goods "
            "that 1C makes have none, and can't be sold",
        )
        parser.add_argument(
            "--encoding", choices=Connection.Encoding.values, help="of orders to 1C"
        )
        parser.add_argument("--language", choices=Connection.Language.values, default=None)
        parser.add_argument("--containers", choices=Connection.Containers.values, default=None)
        parser.add_argument(
            "--orders-format",
            choices=Connection.OrdersFormat.values,
            help="CommerceML 2, or 1 for 1C 7.7",
        )
        parser.add_argument("--file-limit", type=int, metavar="BYTES")
        parser.add_argument("--order-batch", type=int)
        parser.add_argument(
            "--absent-at-most",
            type=int,
            metavar="PERCENT",
            help="with --takes-off-absent: of more goods a person is asked first (10)",
        )
        parser.add_argument("--channel", help="slug of the channel that goods appear in")
        for name, choices in (
            ("stock_is", Connection.StockIs),
            ("reserves", Connection.Reserves),
            ("split_by_vat", Connection.SplitVat),
        ):
            parser.add_argument(
                f"--{name.replace('_', '-')}",
                choices=choices.values,
                help=_said(name),
            )
        parser.add_argument(
            "--programmer",
            action=BooleanOptionalAction,
            help="give 1C's programmer his page, or a new password for it; or close it",
        )
        for name in SWITCHES:
            parser.add_argument(
                f"--{name.replace('_', '-')}",
                action=BooleanOptionalAction,
                help=_said(name),
            )

    def handle(self, *args: Any, **options: Any) -> None:
        connection = Connection.objects.filter(login=options["login"]).first()
        is_new = connection is None
        connection = connection or Connection(login=options["login"])
        connection.name = options["name"]
        if options["retail_orders"] is not None:
            connection.take_retail(options["retail_orders"])
        for field in (*VALUES, *SWITCHES):
            if options[field] is not None:
                setattr(connection, field, options[field])
        password = options["password"] or (secrets.token_urlsafe(12) if is_new else "")
        if password:
            connection.set_password(password)
        try:
            connection.full_clean(exclude=["password"])
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        connection.save()
        with translation.override(connection.language):
            self._print_form(connection, options["url"], password)
            self._programmer(connection, options["url"], options["programmer"])

    def _programmer(self, connection: Connection, url: str, wanted: bool | None) -> None:
        """His page: given, renewed or closed, as was asked."""
        if wanted is None:
            return
        if not wanted:
            revoke_access(connection)
            self.stdout.write(_("The 1C programmer's page is closed."))
            return
        access, password = give_access(connection)
        base = url.rstrip("/").removesuffix("/exchange")
        self.stdout.write(_("The 1C programmer's page, the password is shown only now:"))
        self.stdout.write(f"  {base}/1c/{access.token}/  {password}")

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
        self.stdout.write(_("An address for a dry run, which changes nothing in the shop:"))
        self.stdout.write(f"  {address}/dry-run")
