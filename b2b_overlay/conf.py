"""Settings of the overlay, read lazily, in one place.

``B2B_SHOP``
    Dotted path of the port's adapter. Default: the Saleor plugin's.
``B2B_CHANNEL``
    Slug of the channel that pages sell in; default: the shop's first.
``B2B_ENABLED``
    False turns every hook, loader and field of the overlay off without removing it.
``B2B_DESK_PERMISSION``
    The shop's permission that a member of staff needs for the sales desk. Default:
    ``account.manage_users`` (MANAGE_USERS) on Saleor; on any other shop none, staff is enough.
``B2B_DASHBOARD_URL``
    Where the shop's Dashboard is served (``https://dashboard.shop.ru/``): the one site that may
    show our pages of it (``b2b_dashboard``) in a frame and sign its staff in. Default: none may.
``B2B_OVERSEERS``
    E-mails of the staff who watch over prices: they set floors, decide on prices under them and
    read the exceptions report, besides the shop's superusers. A setting of the server, so that
    nobody can give himself the right from a page.
``B2B_PATCH_SCHEMA``
    False leaves the shop's own ``/graphql/`` without B2B fields and without orders on
    account; prices, gates and pages stay.

``B2B_UNPAID_RETAIL``
    True where a channel takes unpaid orders (Saleor: ``allowUnpaidOrders``) from retail customers
    on purpose. Default: False, so that such a channel takes them on account from admitted buyers
    only, as every other does.

``B2B_GRAPHQL_SCALARS``
    Module with ``Date``, ``DateTime`` and ``Decimal`` for the B2B types. Default: Saleor's own
    on Saleor, ``b2b_overlay.graphql.scalars`` on any other shop.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

__all__ = ["conf"]

SALEOR_SHOP = "b2b_overlay.plugins.shop.SaleorShop"


class Conf:
    @property
    def shop(self) -> str:
        return str(getattr(settings, "B2B_SHOP", SALEOR_SHOP))

    @property
    def scalars(self) -> str:
        own = "plugins" if self.shop == SALEOR_SHOP else "graphql"
        return str(getattr(settings, "B2B_GRAPHQL_SCALARS", f"b2b_overlay.{own}.scalars"))

    @property
    def channel(self) -> str:
        return str(getattr(settings, "B2B_CHANNEL", ""))

    @property
    def enabled(self) -> bool:
        return bool(getattr(settings, "B2B_ENABLED", True))

    @property
    def desk_permission(self) -> str:
        default = "account.manage_users" if self.shop == SALEOR_SHOP else ""
        return str(getattr(settings, "B2B_DESK_PERMISSION", default))

    @property
    def dashboard(self) -> str:
        """The Dashboard's origin, or nothing."""
        where = urlsplit(str(getattr(settings, "B2B_DASHBOARD_URL", "")))
        return f"{where.scheme}://{where.netloc}" if where.netloc else ""

    @property
    def overseers(self) -> frozenset[str]:
        return frozenset(email.strip().lower() for email in getattr(settings, "B2B_OVERSEERS", ()))

    @property
    def unpaid_retail(self) -> bool:
        return bool(getattr(settings, "B2B_UNPAID_RETAIL", False))

    @property
    def patch_schema(self) -> bool:
        return bool(getattr(settings, "B2B_PATCH_SCHEMA", True))


conf = Conf()
