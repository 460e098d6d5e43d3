"""Turn B2B on and off for one customer, in one place, effective at once."""

from __future__ import annotations

from b2b_overlay.company import access
from b2b_overlay.company.admit import demand_desk
from b2b_overlay.company.models import Company
from b2b_overlay.shop import Shop

from . import checkouts
from .models import CheckoutTerms, WholesaleOrder

__all__ = ["switch"]


def switch(shop: Shop, by: access.User, company: Company, on: bool) -> None:
    """B2B on or off for this company. Its open carts get the prices that hold now; off, they
    are at retail, and the gate refuses them until their buyer decides."""
    demand_desk(by)
    company.is_active = on
    company.save(update_fields=["is_active"])
    carts = CheckoutTerms.objects.filter(legal_entity__company=company).exclude(
        checkout_id__in=WholesaleOrder.objects.values("checkout_id")
    )
    for checkout_id in carts.values_list("checkout_id", flat=True):
        checkouts.changed(shop, checkout_id)
