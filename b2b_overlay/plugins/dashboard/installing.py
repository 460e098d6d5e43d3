"""The rows that make the Dashboard show us: one app with its extensions, and nothing else.

Installing by a manifest would have Saleor fetch it over HTTP, and refuse private addresses. How the
rows look, the Dashboard (3.22 on) decides: an extension with a whole address opens by itself, an
app's page under ``app_url``; ``POST`` sends the token in a form; mounts and targets are kept in
lower case. A token in a form is fresh only where something of ours stands on the same page and
has it renewed: that is why the menu has app's pages (:mod:`.sections`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from saleor.app.models import App, AppExtension
from saleor.app.types import AppType
from saleor.core.utils import build_absolute_uri
from saleor.permission.models import Permission

from b2b_overlay.conf import conf

from ..activity import PLUGIN_ID
from ..pages import URLCONF

__all__ = ["IDENTIFIER", "Extension", "install", "our_app", "remove", "site"]

IDENTIFIER = "b2b-overlay"
#: Where the app's own pages begin.
HOME = f"/plugins/{PLUGIN_ID}/dashboard"


@dataclass(frozen=True, slots=True)
class Extension:
    """A place in the Dashboard and the page of ours that it opens."""

    label: str | Promise
    mount: str
    #: Name of the page's URL under ``b2b_dashboard``.
    page: str
    arguments: tuple[str, ...] = ()
    #: What the user needs besides the sales desk's own permission.
    permissions: tuple[str, ...] = ()
    target: str = "new_tab"
    #: Whose page it leads to; without that app it isn't there.
    app: str = field(default="b2b_overlay", kw_only=True)

    @property
    def identifier(self) -> str:
        return ".".join((self.page, *self.arguments))

    @property
    def settings(self) -> dict[str, Any]:
        key = {"widget": "widgetTarget", "new_tab": "newTabTarget"}.get(self.target)
        return {key: {"method": "POST"}} if key else {}

    def url(self, site: str) -> str:
        """Whole; of an app's page what follows the app's own address."""
        path = reverse(f"b2b_dashboard:{self.page}", URLCONF, args=self.arguments)
        if self.target == "app_page":
            return path.removeprefix(HOME)
        return f"{site.rstrip('/')}{path}"


_ORDERS, _PRODUCTS = ("order.manage_orders",), ("product.manage_products",)
_AT_DESK = _("B2B: open at the sales desk")
EXTENSIONS = (
    Extension("B2B", "customer_details_widgets", "customer", target="widget"),
    Extension(_AT_DESK, "customer_details_widgets", "customer_at_desk"),
    Extension("B2B", "order_details_widgets", "order", (), _ORDERS, "widget"),
    Extension(_AT_DESK, "order_details_widgets", "order_at_desk", (), _ORDERS),
    Extension("B2B", "draft_order_details_widgets", "draft", (), _ORDERS, "widget"),
    Extension(_("Wholesale prices"), "product_details_widgets", "product", (), _PRODUCTS, "widget"),
    Extension(
        _("B2B: customers"), "navigation_customers", "section", ("companies",), (), "app_page"
    ),
    Extension(
        _("B2B: applications"), "navigation_customers", "section", ("applications",), (), "app_page"
    ),
    Extension(
        _("B2B: exchange with 1C"),
        "navigation_orders",
        "section",
        ("exchange",),
        (),
        "app_page",
        app="onec_bridge",
    ),
)


def our_app() -> Any | None:
    """The row of ours, where it is installed and nobody switched it off in the Dashboard."""
    rows = App.objects.filter(identifier=IDENTIFIER, is_active=True, removed_at=None)
    return rows.first()


@transaction.atomic
def install(site: str) -> int:
    """Make the rows, or make them what they should be; how many places they are."""
    app, _made = App.objects.update_or_create(
        identifier=IDENTIFIER,
        defaults={
            "name": "B2B",
            "type": AppType.THIRDPARTY,
            "is_active": True,
            "is_installed": True,
            "removed_at": None,
            "app_url": f"{site.rstrip('/')}{HOME}",
        },
    )
    wanted = [each for each in EXTENSIONS if apps.is_installed(each.app)]
    app.extensions.exclude(identifier__in=[each.identifier for each in wanted]).delete()
    needed: set[Any] = set()
    for each in wanted:
        row, _made = AppExtension.objects.update_or_create(
            app=app,
            identifier=each.identifier,
            defaults={
                "label": str(each.label),
                "url": each.url(site),
                "mount": each.mount,
                "target": each.target,
                "settings": each.settings,
            },
        )
        permissions = list(_permissions(each))
        row.permissions.set(permissions)
        needed.update(permissions)
    app.permissions.set(needed)
    return len(wanted)


def site() -> str:
    """Where Saleor says that it is served."""
    return str(build_absolute_uri("/"))


def remove() -> bool:
    """Take them away; False where there are none."""
    deleted, _by_model = App.objects.filter(identifier=IDENTIFIER).delete()
    return bool(deleted)


def _permissions(extension: Extension) -> Iterator[Any]:
    for name in filter(None, (conf.desk_permission, *extension.permissions)):
        label, _dot, codename = name.partition(".")
        yield Permission.objects.get(content_type__app_label=label, codename=codename)
