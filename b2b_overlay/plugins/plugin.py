"""The overlay's Saleor plugin: hooks of a few lines each, translate, call, translate back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from saleor.core.db.connection import allow_writer
from saleor.order import OrderStatus
from saleor.plugins.base_plugin import BasePlugin

from b2b_overlay.conf import conf
from b2b_overlay.ordering import checkouts, gate, orders, shops_changes
from b2b_overlay.ordering.drafts import dropped
from b2b_overlay.pricing.retail import note_everywhere

from . import carts, drafts, gatekeeping, language, on_account, pages, visibility
from .activity import PLUGIN_ID, forget
from .shop import SaleorShop

__all__ = ["B2BPlugin"]


class B2BPlugin(BasePlugin):  # type: ignore[misc]  # Saleor has no types
    """Switched on in the Dashboard (Configuration → Plugins), for all channels at once."""

    PLUGIN_ID = PLUGIN_ID
    PLUGIN_NAME = "B2B overlay"
    PLUGIN_DESCRIPTION: ClassVar[str] = (
        "Опт поверх розницы: юрлица, договоры, свои цены, заказ под отсрочку. / "
        "Wholesale over retail: legal entities, contracts, own prices, orders on account."
    )
    CONFIGURATION_PER_CHANNEL = False
    DEFAULT_ACTIVE = False

    @classmethod
    def save_plugin_configuration(cls, *args: Any, **kwargs: Any) -> Any:
        forget()
        return super().save_plugin_configuration(*args, **kwargs)

    def checkout_created(self, checkout: Any, previous_value: Any, webhooks: Any = None) -> Any:
        return self._changed(checkout, previous_value, is_new=True)

    def checkout_updated(self, checkout: Any, previous_value: Any, webhooks: Any = None) -> Any:
        return self._changed(checkout, previous_value)

    def _changed(self, checkout: Any, previous_value: Any, *, is_new: bool = False) -> Any:
        """After every mutation of a cart, before its response is resolved."""
        if conf.enabled and carts.may_be_wholesale(checkout):
            with allow_writer(), language.spoken(checkout):
                displaced = carts.code_over_ours(checkout)
                checkouts.changed(SaleorShop(exact=False), str(checkout.pk))
                carts.refresh(checkout, displaced=displaced)
        if conf.enabled:
            with allow_writer(), language.spoken(checkout):
                visibility.drop_hidden(checkout, is_new=is_new, error=gatekeeping.as_error)
        return previous_value

    def preprocess_order_creation(
        self, checkout_info: Any, lines: Any = None, previous_value: Any = None
    ) -> Any:
        """The gate: whichever way a checkout becomes an order, it comes through here."""
        if conf.enabled:
            with allow_writer(), language.spoken(checkout_info.checkout):
                gatekeeping.demand_none(gatekeeping.refusals(checkout_info, self.requestor))
        return previous_value

    def draft_order_created(self, order: Any, previous_value: Any, webhooks: Any = None) -> Any:
        return self._drafted(order, previous_value, is_new=True)

    def draft_order_updated(self, order: Any, previous_value: Any, webhooks: Any = None) -> Any:
        """After its lines, its customer or its delivery were changed, before Saleor answers."""
        return self._drafted(order, previous_value)

    def _drafted(self, order: Any, previous_value: Any, *, is_new: bool = False) -> Any:
        if conf.enabled and order.status == OrderStatus.DRAFT:
            with language.spoken(order):
                drafts.bound(order, is_new=is_new)
        return previous_value

    def draft_order_deleted(self, order: Any, previous_value: Any, webhooks: Any = None) -> Any:
        with allow_writer():
            dropped(str(order.pk))
        return previous_value

    def order_created(self, order: Any, previous_value: Any, webhooks: Any = None) -> Any:
        """Of a checkout, or of a draft, which is a cart under its own id."""
        cart_id = str(order.checkout_token or order.pk)
        if conf.enabled and gate.is_wholesale(cart_id):
            with allow_writer(), language.spoken(order):
                orders.record(SaleorShop(), str(order.pk), cart_id)
        return previous_value

    def order_updated(self, order: Any, previous_value: Any, webhooks: Any = None) -> Any:
        """After the staff changed or cancelled it, too, before Saleor answers."""
        if conf.enabled:
            with allow_writer(), language.spoken(order):
                if shops_changes.follow(SaleorShop(), [str(order.pk)]):
                    order.refresh_from_db(fields=on_account.SAID_OF_ORDER)
        return previous_value

    def product_variant_created(self, product_variant: Any, previous_value: Any, **_: Any) -> Any:
        return self._note_retail([product_variant.pk], previous_value)

    def product_variant_updated(self, product_variant: Any, previous_value: Any, **_: Any) -> Any:
        """After prices of its channels were set, too."""
        return self._note_retail([product_variant.pk], previous_value)

    def product_updated(self, product: Any, previous_value: Any, **_: Any) -> Any:
        """After it was taken out of a channel, too."""
        return self._note_retail(product.variants.values_list("pk", flat=True), previous_value)

    def _note_retail(self, variant_ids: Iterable[int], previous_value: Any) -> Any:
        if conf.enabled:
            with allow_writer():
                note_everywhere(variant_ids)
        return previous_value

    def webhook(self, request: HttpRequest, path: str, previous_value: Any) -> HttpResponse:
        """The cabinet's pages, under ``/plugins/b2b/``. Saleor asks an inactive plugin too."""
        return pages.answer(request, path, on=self.active and conf.enabled)
